/** https://hl7.org/fhir/R4/bundle.html#bundle-unique */
import { describe, expect, test } from '@jest/globals'
import { errorsOf, validator, type Json } from './fixture.js'

const practitioner = { resourceType: 'Practitioner', id: '1', active: true }
const bundle = (type: string, ...entry: Json[]): Json => ({ resourceType: 'Bundle', type, entry })
const warningsOf = (resource: Json): string[] =>
  validator
    .validate(resource)
    .filter(({ severity, rule }) => severity === 'warning' && rule !== 'dom-6')
    .map(({ rule, expression }) => `${rule} ${expression}`)

describe('fullUrl', () => {
  const FULL_URL = 'full-url Bundle.entry[0].fullUrl'
  test.each([
    'http://x.org/fhir/Practitioner/1',
    'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
    'http://x.org/doctors/9'
  ])('%s', fullUrl => expect(errorsOf(bundle('searchset', { fullUrl, resource: practitioner }))).toEqual([]))

  test.each(['Practitioner/1', 'http://x.org/fhir/Practitioner/2', 'http://x.org/fhir/Organization/1'])(
    'refused: %s',
    fullUrl => expect(errorsOf(bundle('searchset', { fullUrl, resource: practitioner }))).toEqual([FULL_URL])
  )
  test('another id is a warning where the published examples have it', () => {
    const entry = { fullUrl: 'http://x.org/fhir/Practitioner/2', resource: practitioner }
    expect(errorsOf(bundle('collection', entry))).toEqual([])
    expect(warningsOf(bundle('collection', entry))).toEqual([FULL_URL])
  })
  test('it should be there, but for what is to be created and for what a search says of itself', () => {
    expect(warningsOf(bundle('collection', { resource: practitioner }))).toEqual(['full-url Bundle.entry[0]'])
    const request = { method: 'POST', url: 'Practitioner' }
    expect(warningsOf(bundle('transaction', { resource: practitioner, request }))).toEqual([])
    const told = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'informational' }] }
    expect(warningsOf(bundle('searchset', { resource: told, search: { mode: 'outcome' } }))).toEqual([])
  })
})

describe('references between entries', () => {
  const role = (reference: string) => ({ resource: { resourceType: 'PractitionerRole', practitioner: { reference } } })
  const post = { request: { method: 'POST', url: 'PractitionerRole' } }
  const PLACE = 'reference-bundle Bundle.entry[0].resource.practitioner.reference'
  const nowhere = role('urn:uuid:c757873d-ec9a-4326-a141-556f43239520')
  test('a temporary identity names an entry', () => {
    expect(errorsOf(bundle('transaction', { ...nowhere, ...post }))).toEqual([PLACE])
    expect(warningsOf(bundle('collection', { fullUrl: 'http://x.org/r', ...nowhere }))).toEqual([PLACE])
    expect(errorsOf(nowhere.resource)).toEqual([])
  })
})
