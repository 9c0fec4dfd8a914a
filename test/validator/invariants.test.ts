/** Constraints of the types: native ones, and any other by fhirpath. */
import { describe, expect, test } from '@jest/globals'
import { errorsOf, validator } from './fixture.js'

const appointment = {
  resourceType: 'Appointment',
  status: 'booked',
  start: '2024-01-01T10:00:00Z',
  end: '2024-01-01T10:30:00Z',
  participant: [{ actor: { reference: 'Location/1' }, status: 'accepted' }]
}
const audit = {
  resourceType: 'AuditEvent',
  type: { code: 'rest' },
  recorded: '2024-01-01T00:00:00Z',
  agent: [{ requestor: true }],
  source: { observer: { display: 'x' } }
}
const extended = (value: object) => ({ resourceType: 'Practitioner', extension: [{ url: 'http://x.org/e', ...value }] })
const VALUE = 'Practitioner.extension[0].value'

describe('native', () => {
  test.each([
    [
      'per-1',
      { resourceType: 'PractitionerRole', period: { start: '2024-02', end: '2024-01-31' } },
      'PractitionerRole.period'
    ],
    ['cpt-2', { resourceType: 'Practitioner', telecom: [{ value: '1' }] }, 'Practitioner.telecom[0]'],
    ['org-1', { resourceType: 'Organization', active: true }, 'Organization'],
    [
      'org-2',
      { resourceType: 'Organization', name: 'x', address: [{ text: 'y' }, { use: 'home' }] },
      'Organization.address[1]'
    ],
    ['org-3', { resourceType: 'Organization', name: 'x', telecom: [{ use: 'home' }] }, 'Organization.telecom[0]'],
    ['app-1', { ...appointment, participant: [{ status: 'accepted' }] }, 'Appointment.participant[0]'],
    ['app-2', { ...appointment, status: 'proposed', end: undefined }, 'Appointment'],
    ['app-3', { ...appointment, start: undefined, end: undefined }, 'Appointment'],
    ['app-4', { ...appointment, cancelationReason: { text: 'x' } }, 'Appointment'],
    ['sev-1', { ...audit, entity: [{ name: 'x', query: 'AAAA' }] }, 'AuditEvent.entity[0]'],
    ['att-1', { resourceType: 'Practitioner', photo: [{ data: 'AAAA' }] }, 'Practitioner.photo[0]'],
    ['qty-3', extended({ valueQuantity: { value: 1, code: 'h' } }), VALUE],
    ['drt-1', extended({ valueDuration: { value: 1, code: 'h', system: 'http://x.org' } }), VALUE],
    ['rng-2', extended({ valueRange: { low: { value: 2 }, high: { value: 1 } } }), VALUE],
    ['rat-1', extended({ valueRatio: { numerator: { value: 1 } } }), VALUE],
    ['ext-1', extended({}), 'Practitioner.extension[0]'],
    ['ext-1', extended({ valueString: 'x', extension: [{ url: 'a', valueString: 'y' }] }), 'Practitioner.extension[0]'],
    ['bdl-1', { resourceType: 'Bundle', type: 'collection', total: 1 }, 'Bundle'],
    [
      'bdl-2',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ resource: { resourceType: 'Basic', code: { text: 'x' } }, search: { mode: 'match' } }]
      },
      'Bundle'
    ],
    [
      'bdl-3',
      {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [{ resource: { resourceType: 'Basic', code: { text: 'x' } } }]
      },
      'Bundle'
    ],
    [
      'bdl-4',
      {
        resourceType: 'Bundle',
        type: 'batch-response',
        entry: [{ resource: { resourceType: 'Basic', code: { text: 'x' } } }]
      },
      'Bundle'
    ],
    [
      'bdl-5',
      { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: 'http://x.org/1' }] },
      'Bundle.entry[0]'
    ],
    [
      'bdl-7',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [1, 2].map(() => ({
          fullUrl: 'http://x.org/1',
          resource: { resourceType: 'Basic', code: { text: 'x' } }
        }))
      },
      'Bundle'
    ],
    [
      'bdl-8',
      {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ fullUrl: 'http://x.org/_history/1', resource: { resourceType: 'Basic', code: { text: 'x' } } }]
      },
      'Bundle.entry[0].fullUrl'
    ],
    [
      'bdl-9',
      {
        resourceType: 'Bundle',
        type: 'document',
        timestamp: '2024-01-01T00:00:00Z',
        entry: [{ resource: { resourceType: 'Composition' } }]
      },
      'Bundle'
    ],
    [
      'bdl-12',
      {
        resourceType: 'Bundle',
        type: 'message',
        entry: [{ resource: { resourceType: 'Basic', code: { text: 'x' } } }]
      },
      'Bundle'
    ],
    [
      'inv-1',
      {
        resourceType: 'Parameters',
        parameter: [{ name: 'x', valueString: 'y', part: [{ name: 'z', valueString: 'y' }] }]
      },
      'Parameters.parameter[0]'
    ]
  ])('%s', (rule, resource, expression) =>
    expect(errorsOf(JSON.parse(JSON.stringify(resource)))).toContain(`${rule} ${expression}`)
  )

  test.each([
    ['open end', { start: '2024' }],
    ['same day', { start: '2024-01-01', end: '2024-01-01' }],
    ['start in the month of the end', { start: '2024-01-31', end: '2024-01' }],
    ['zones', { start: '2024-01-01T10:00:00+10:00', end: '2024-01-01T01:00:00Z' }]
  ])('a good period: %s', (_name, period) => expect(errorsOf({ resourceType: 'PractitionerRole', period })).toEqual([]))
})

describe('by fhirpath', () => {
  const timing = (repeat: object) => ({ ...extended({ valueTiming: { repeat } }) })
  test.each([
    ['tim-1', { duration: 1 }],
    ['tim-4', { duration: -1, durationUnit: 'h' }],
    ['tim-9', { offset: 5 }]
  ])('%s', (rule, repeat) => expect(errorsOf(timing(repeat))).toContain(`${rule} ${VALUE}.repeat`))
  test('a good timing', () => expect(errorsOf(timing({ frequency: 1, period: 1, periodUnit: 'd' }))).toEqual([]))
})

describe('one issue per fault', () => {
  test('a constraint that reads a faulty element is silent', () => {
    expect(errorsOf({ resourceType: 'PractitionerRole', period: { start: '2024-13', end: '2023' } })).toEqual([
      'value PractitionerRole.period.start'
    ])
    expect(errorsOf({ resourceType: 'Practitioner', telecom: [{ sytem: 'phone', value: '1' }] })).toEqual([
      'unknown-element Practitioner.telecom[0].sytem'
    ])
  })
  test('two faults are two issues', () => {
    const resource = { ...appointment, status: 'x', participant: [{ status: 'accepted' }] }
    expect(errorsOf(resource)).toEqual(['binding Appointment.status', 'app-1 Appointment.participant[0]'])
  })
  test('text says where and what', () => {
    const issue = validator
      .validate({ resourceType: 'Organization', active: true })
      .find(({ rule }) => rule === 'org-1')!
    expect(issue).toMatchObject({ severity: 'error', code: 'invariant', stage: 'rule', expression: 'Organization' })
    expect(issue.text).toMatch(/^Organization: .*name/)
  })
})
