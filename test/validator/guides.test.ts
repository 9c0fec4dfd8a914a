/** Examples that the guides AU Base and Plan-Net publish have no error against what they claim. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import { checkPackages, createValidator, loadPackages } from '../../src/validator/index.js'
import { definitions, profiles } from './fixture.js'

const GUIDES = { 'hl7.fhir.au.base': 100, 'hl7.fhir.us.davinci-pdex-plan-net': 45 }
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const cache = mkdtempSync(join(tmpdir(), 'locum-guides-'))
afterAll(() => rmSync(cache, { recursive: true }))

const packages = loadPackages(Object.keys(GUIDES), {
  folders: [MODULES],
  cache,
  check: fresh => checkPackages({ definitions, conformance: profiles, packages: fresh })
})
const validator = createValidator({ definitions, conformance: profiles, packages })

describe.each(Object.entries(GUIDES))('%s', (guide, atLeast) => {
  const folder = join(MODULES, guide, 'example')
  const files = readdirSync(folder).filter(name => name.endsWith('.json') && !name.startsWith('.'))
  test('publishes examples', () => expect(files.length).toBeGreaterThan(atLeast))
  test.each(files)('%s', name => {
    const issues = validator.validate(JSON.parse(readFileSync(join(folder, name), 'utf8')), { unknownProfile: 'error' })
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  })
})
