/** https://hl7.org/fhir/R4/references.html */
import { describe, expect, test } from '@jest/globals'
import { errorsOf } from './fixture.js'

const role = (practitioner: object) => ({ resourceType: 'PractitionerRole', practitioner })
const REFERENCE = 'PractitionerRole.practitioner.reference'

describe('literal references', () => {
  test.each([
    { reference: 'Practitioner/1' },
    { reference: 'Practitioner/1/_history/2' },
    { reference: 'http://x.org/fhir/Practitioner/1' },
    { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' },
    { reference: 'http://x.org/anything' },
    { reference: 'Practitioner?identifier=http://x.org|1' },
    { type: 'Practitioner', identifier: { value: '1' } },
    { display: 'Ann' }
  ])('allowed: %j', practitioner => expect(errorsOf(role(practitioner))).toEqual([]))

  test.each([
    [{ reference: 'Organization/1' }, `reference-target ${REFERENCE}`],
    [{ reference: 'http://x.org/fhir/Organization/1' }, `reference-target ${REFERENCE}`],
    [{ reference: 'Practitoner/1' }, `reference-target ${REFERENCE}`],
    [{ reference: 'Practitioner' }, `reference-form ${REFERENCE}`],
    [{ reference: 'Practitioner/a_b' }, `reference-form ${REFERENCE}`],
    [{ reference: 'Organization?identifier=x' }, `reference-target ${REFERENCE}`],
    [{ reference: 'urn:uuid:123' }, `reference-form ${REFERENCE}`],
    [{ reference: 'urn:oid:x' }, `reference-form ${REFERENCE}`],
    [{ reference: '#x' }, `ref-1 ${REFERENCE}`],
    [{ type: 'Organization', display: 'x' }, 'reference-target PractitionerRole.practitioner.type'],
    [{ reference: 'Practitioner/1', type: 'Organization' }, 'reference-target PractitionerRole.practitioner.type'],
    [{ type: 'Practitoner', display: 'x' }, 'reference-target PractitionerRole.practitioner.type']
  ])('refused: %j', (practitioner, issue) => expect(errorsOf(role(practitioner))).toEqual([issue]))
})

describe('within a Bundle', () => {
  const bundle = (type: string) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
        resource: { resourceType: type, name: type === 'Practitioner' ? [{ text: 'A' }] : 'A' },
        request: { method: 'POST', url: type }
      },
      {
        resource: role({ reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' }),
        request: { method: 'POST', url: 'PractitionerRole' }
      }
    ]
  })
  test('the type of an entry is known', () => {
    expect(errorsOf(bundle('Practitioner'))).toEqual([])
    expect(errorsOf(bundle('Organization'))).toEqual([
      'reference-target Bundle.entry[1].resource.practitioner.reference'
    ])
  })
  test('a pointer stays within its entry', () => {
    const pointing = bundle('Practitioner')
    Object.assign(pointing.entry[0]!.resource, {
      contained: [{ resourceType: 'Organization', id: 'o', name: 'O' }],
      qualification: [{ code: { text: 'x' }, issuer: { reference: '#o' } }]
    })
    pointing.entry[1]!.resource = role({ reference: '#o' })
    expect(errorsOf(pointing)).toEqual(['ref-1 Bundle.entry[1].resource.practitioner.reference'])
  })
})
