/** https://hl7.org/fhir/R4/domainresource.html#invs */
import { describe, expect, test } from '@jest/globals'
import { errorsOf, validator, with_ } from './fixture.js'

const inner = { resourceType: 'Practitioner', id: 'p', name: [{ text: 'Ann' }] }
const role = { resourceType: 'PractitionerRole', practitioner: { reference: '#p' }, contained: [inner] }

describe('contained resources', () => {
  test('a referenced one', () => expect(errorsOf(role)).toEqual([]))

  test.each([
    [
      'nested',
      [{ ...inner, contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }] }],
      'dom-2 PractitionerRole.contained[0].contained'
    ],
    [
      'nested and referred to',
      [
        {
          ...inner,
          contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
          qualification: [{ code: { text: 'x' }, issuer: { reference: '#o' } }]
        }
      ],
      'dom-2 PractitionerRole.contained[0].contained'
    ],
    ['unknown type', [{ ...inner, resourceType: 'Practitoner' }], 'type PractitionerRole.contained[0]'],
    [
      'unreferenced',
      [inner, { resourceType: 'Organization', id: 'o', name: 'x' }],
      'dom-3 PractitionerRole.contained[1]'
    ],
    ['without id', [inner, { resourceType: 'Organization', name: 'x' }], 'dom-3 PractitionerRole.contained[1]'],
    ['id with #', [{ ...inner, id: '#p' }], 'value PractitionerRole.contained[0].id'],
    ['version', [{ ...inner, meta: { versionId: '1' } }], 'dom-4 PractitionerRole.contained[0].meta.versionId'],
    [
      'time',
      [{ ...inner, meta: { lastUpdated: '2024-01-01T00:00:00Z' } }],
      'dom-4 PractitionerRole.contained[0].meta.lastUpdated'
    ],
    [
      'security label',
      [{ ...inner, meta: { security: [{ code: 'R' }] } }],
      'dom-5 PractitionerRole.contained[0].meta.security'
    ],
    ['same id', [inner, inner], 'contained-id PractitionerRole.contained[1].id'],
    ['missing', undefined, 'ref-1 PractitionerRole.practitioner.reference'],
    ['another id', [{ ...inner, id: 'q' }], 'ref-1 PractitionerRole.practitioner.reference'],
    [
      'wrong type',
      [{ resourceType: 'Organization', id: 'p', name: 'x' }],
      'reference-target PractitionerRole.practitioner.reference'
    ],
    ['fault inside', [{ ...inner, gender: 'x' }], 'binding PractitionerRole.contained[0].gender'],
    ['no resource', [{ id: 'p' }], 'type PractitionerRole.contained[0]']
  ])('%s', (_name, contained, issue) => expect(errorsOf(with_(role, { contained }))).toContain(issue))

  test('one that points at its container needs no pointer to it', () => {
    const outwards = {
      resourceType: 'Provenance',
      id: 'v',
      target: [{ reference: '#' }],
      recorded: '2024-01-01T00:00:00Z',
      agent: [{ who: { display: 'x' } }]
    }
    expect(errorsOf(with_(role, { contained: [inner, outwards] }))).toEqual([])
  })

  test('types that the server does not serve are checked too', () => {
    const patient = { resourceType: 'Patient', id: 'p', gender: 'x' }
    const schedule = { resourceType: 'Schedule', actor: [{ reference: '#p' }], contained: [patient] }
    expect(errorsOf(schedule)).toEqual(['binding Schedule.contained[0].gender'])
  })

  test('time is linear in their number', () => {
    const many = (n: number) => ({
      resourceType: 'Schedule',
      actor: Array.from({ length: n }, (_, i) => ({ reference: `#p${i}` })),
      contained: Array.from({ length: n }, (_, i) => ({ ...inner, id: `p${i}` }))
    })
    const time = (resource: object) => {
      const started = performance.now()
      expect(errorsOf(resource)).toEqual([])
      return performance.now() - started
    }
    time(many(500))
    const [small, large] = [time(many(500)), time(many(10_000))]
    expect(large / Math.max(small, 1)).toBeLessThan(100)
  })
})

test('a resource without narrative is warned of, a contained one is not', () => {
  const warnings = validator.validate(role).filter(({ rule }) => rule === 'dom-6')
  expect(warnings.map(({ severity, expression }) => [severity, expression])).toEqual([['warning', 'PractitionerRole']])
})
