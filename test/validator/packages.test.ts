/** FHIR packages: read once, refused when they cannot be used. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { checkPackages, createValidator, loadPackages } from '../../src/validator/index.js'
import { definitions, type Json } from './fixture.js'

const home = mkdtempSync(join(tmpdir(), 'locum-packages-'))
afterAll(() => rmSync(home, { recursive: true }))

const profile = (id: string, path: string, base = 'http://hl7.org/fhir/StructureDefinition/Practitioner') => ({
  ...{
    resourceType: 'StructureDefinition',
    url: `http://x.org/${id}`,
    name: id,
    status: 'active',
    kind: 'resource',
    abstract: false
  },
  ...{
    type: 'Practitioner',
    baseDefinition: base,
    derivation: 'constraint',
    differential: { element: [{ id: path, path, min: 1 }] }
  }
})

function write(name: string, resources: Json[]): void {
  const folder = join(home, name, 'package')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }))
  resources.forEach((resource, i) => writeFileSync(join(folder, `${i}.json`), JSON.stringify(resource)))
}

const load = (...names: string[]) =>
  loadPackages(names, {
    folders: [home],
    cache: join(home, 'cache'),
    check: packages => checkPackages({ definitions, conformance: [], packages })
  })

test('a profile of one package derives from one of another', () => {
  write('base', [profile('named', 'Practitioner.name')])
  write('derived', [profile('dated', 'Practitioner.birthDate', 'http://x.org/named')])
  for (let start = 0; start < 2; start++) {
    const validator = createValidator({ definitions, conformance: [], packages: load('base', 'derived') })
    const issues = validator.validate({ resourceType: 'Practitioner', meta: { profile: ['http://x.org/dated'] } })
    expect(issues.filter(({ rule }) => rule === 'cardinality').map(({ expression }) => expression)).toEqual([
      'Practitioner.name',
      'Practitioner.birthDate'
    ])
    expect(validator.profilesFor('Practitioner')).toEqual(['http://x.org/named', 'http://x.org/dated'])
  }
})

test('a package that cannot be used is refused, again and again', () => {
  write('broken', [profile('broken', 'Practitioner.nmae')])
  for (let start = 0; start < 2; start++) expect(() => load('broken')).toThrow('Practitioner.nmae')
  expect(readdirSync(join(home, 'cache')).filter(name => name.startsWith('broken'))).toEqual([])
})

test('a package that is not there', () => expect(() => load('missing')).toThrow('missing'))
