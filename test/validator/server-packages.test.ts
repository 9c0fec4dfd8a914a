/** FHIR_PACKAGES: what the server validates with beside its own profiles. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import pino from 'pino'
import { openApp } from '../../src/app.js'
import { ConfigError, readConfig } from '../../src/config.js'
import { testServer } from '../support/server.js'

const home = mkdtempSync(join(tmpdir(), 'locum-server-packages-'))
afterAll(() => rmSync(home, { recursive: true }))

const URL_OF_PROFILE = 'http://example.org/StructureDefinition/dated-practitioner'
const profile = (path: string) => ({
  resourceType: 'StructureDefinition',
  url: URL_OF_PROFILE,
  name: 'Dated',
  status: 'active',
  kind: 'resource',
  abstract: false,
  type: 'Practitioner',
  baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Practitioner',
  derivation: 'constraint',
  differential: { element: [{ id: path, path, min: 1 }] }
})

function makePackage(name: string, path: string): string {
  const folder = join(home, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }))
  writeFileSync(join(folder, 'StructureDefinition-dated.json'), JSON.stringify(profile(path)))
  return folder
}

const start = (packages: string) => {
  const environment = { DATA_DIR: 'memory:', FHIR_PACKAGES: packages }
  return openApp(readConfig(environment), pino({ level: 'silent' }))
}

test("a write is held against a package's profile, and what was read of the package is kept", async () => {
  const data = join(home, 'data')
  const environment = { FHIR_PACKAGES: makePackage('dated', 'Practitioner.birthDate'), DATA_DIR: data }
  const server = await testServer({ environment })
  try {
    const practitioner = {
      resourceType: 'Practitioner',
      meta: { profile: [URL_OF_PROFILE] },
      name: [{ family: 'Vos' }]
    }
    const refused = await server.post('Practitioner', practitioner)
    expect(refused.status).toBe(422)
    expect(refused.body.issue[0].expression).toEqual(['Practitioner.birthDate'])
    const stored = await server.post('Practitioner', { ...practitioner, birthDate: '1980-02-29' })
    expect(stored.status).toBe(201)
  } finally {
    await server.close()
  }
  expect(existsSync(join(data, 'packages', 'dated-1.0.0.ndjson'))).toBe(true)
})

test('the start ends with one line when a package is missing', async () => {
  const refused = start('no.such.package')
  await expect(refused).rejects.toBeInstanceOf(ConfigError)
  await expect(refused).rejects.toThrow(/^There is no FHIR package no\.such\.package in [^\n]*$/)
})

test('the start ends with one line that names the element of a package that cannot be used', async () => {
  const refused = start(makePackage('broken', 'Practitioner.birthdate'))
  await expect(refused).rejects.toBeInstanceOf(ConfigError)
  await expect(refused).rejects.toThrow(/^[^\n]*Practitioner\.birthdate[^\n]*$/)
})
