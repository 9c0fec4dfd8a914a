/** Made-up resources of the served types, odd forms on purpose: what a client may send and must get back as it was. */
import fc from 'fast-check'
import { CANONICAL, type Json, type JsonObject, type Resource } from '../../src/fhir/types.js'

type Arb = fc.Arbitrary<Json>
type Elements = Record<string, Arb>

const OURS = `${CANONICAL}/StructureDefinition`
const some = (arb: Arb, maxLength = 3): Arb => fc.array(arb, { minLength: 1, maxLength })
/** An object with some of the elements, and with at least one. */
const object = (elements: Elements): fc.Arbitrary<JsonObject> =>
  fc.record(elements, { requiredKeys: [] }).filter(each => Object.keys(each).length > 0)

const text: Arb = fc.oneof(
  fc.constantFrom(
    'Ana',
    'van der Berg',
    'Ångström',
    '  two  blanks ',
    '100%_\\',
    "O'Hara",
    '日本',
    '😀',
    'a"b',
    '{}',
    'null'
  ),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
)
const id = fc.constantFrom('1', 'a-b.C', 'npi-1234567893', 't-demo')
const code = fc.constantFrom('a', 'b-c', 'official', 'mon')
const system = fc.constantFrom(
  'http://x.example/a',
  'http://x.example/b',
  'urn:oid:1.2.3',
  'http://hl7.org/fhir/sid/us-npi'
)
const day = fc
  .date({ min: new Date('1890-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
  .map(each => each.toISOString().slice(0, 10))
const partialDate = fc.oneof(
  day,
  day.map(each => each.slice(0, 7)),
  day.map(each => each.slice(0, 4))
)
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
  .map(parts => parts.map(part => String(part).padStart(2, '0')).join(':'))
const time = fc.oneof(
  clock,
  clock.map(each => `${each}.5`)
)
const instant = fc
  .tuple(day, clock, fc.constantFrom('', '.0', '.120', '.123456'), fc.constantFrom('Z', '+00:00', '-05:00', '+05:45'))
  .map(([date, at, fraction, zone]) => `${date}T${at}${fraction}${zone}`)
const dateTime = fc.oneof(partialDate, instant)
const decimal = fc.oneof(fc.constantFrom(0, -71.0565, 42.5, 1e-7, 1000000), fc.integer({ min: -180, max: 180 }))

const foreign: Arb = fc.oneof(
  fc.record({ url: fc.constantFrom('http://x.example/e', 'http://x.example/f'), valueString: text }),
  fc.record({
    url: fc.constant('http://x.example/nested'),
    extension: fc.constant([{ url: 'daysOfWeek', valueCode: 'mon' }] as Json)
  })
)
/** The element, at times with extensions of others. */
const element = (elements: Elements): fc.Arbitrary<JsonObject> =>
  object({ ...elements, id, extension: some(foreign, 2) })

const period = element({ start: dateTime, end: dateTime })
const coding = element({ system, code, display: text, version: text, userSelected: fc.boolean() })
const codeableConcept = element({
  coding: some(coding),
  text,
  _text: fc.constant({ extension: [{ url: 'http://x.example/e', valueCode: 'x' }] })
})
const identifier = element({
  use: code,
  type: codeableConcept,
  system,
  value: text,
  period,
  assigner: fc.oneof(
    element({ display: text }),
    element({ reference: fc.constant('Organization/f-lab'), display: text })
  )
})
const reference = (...types: string[]): fc.Arbitrary<JsonObject> =>
  element({
    reference: fc.oneof(
      fc.tuple(fc.constantFrom(...types), id).map(([type, at]) => `${type}/${at}`),
      fc.constantFrom('#p', 'https://other.example/fhir/Patient/1', `${types[0]}/1/_history/2`, 'urn:uuid:0', 'odd')
    ),
    type: fc.constantFrom(...types),
    identifier,
    display: text
  })
const telecom = element({ system: code, value: text, use: code, rank: fc.integer({ min: 1, max: 9 }), period })
const address = element({
  use: code,
  type: code,
  text,
  line: some(text),
  city: text,
  district: text,
  state: text,
  postalCode: text,
  country: text,
  _city: fc.constant({ extension: [{ url: 'http://x.example/e', valueString: 'x' }] }),
  period
})
const gaps: Elements = {
  given: fc.constantFrom<Json>(['Ana', null], [null, 'Mia'], ['Ana', 'Mia']),
  _given: fc.constant<Json>([{ id: 'g1' }, null])
}
const humanName = fc.oneof(
  element({ use: code, text, family: text, given: some(text), prefix: some(text, 2), suffix: some(text, 2), period }),
  element({ family: text, ...gaps })
)
const hours = (start: string, end: string): Arb =>
  element({ daysOfWeek: some(code, 4), allDay: fc.boolean(), [start]: time, [end]: time })
const absence = element({ description: text, during: period })

const extension = (url: string, value: string, arb: Arb): Arb => fc.record({ url: fc.constant(url), [value]: arb })
const nested = (url: string, parts: Arb[]): Arb =>
  fc.record({ url: fc.constant(url), extension: fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 7 }) })
const duration = fc.constantFrom<Json>(
  { value: 30, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' },
  { value: 0.5, unit: 'hour', system: 'http://unitsofmeasure.org', code: 'h' },
  { value: 45, unit: 'minutes' },
  { value: 2, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' }
)
const closure = nested(`${OURS}/closure`, [
  extension('period', 'valuePeriod', period),
  extension('description', 'valueString', text)
])
const positive = fc.integer({ min: 1, max: 500 })
const scheduleHours = nested(`${OURS}/schedule-hours`, [
  extension('daysOfWeek', 'valueCode', code),
  fc.record({ url: fc.constant('daysOfWeek'), _valueCode: fc.constant<Json>({ id: 'x' }) }),
  extension('daysOfWeek', 'valueCode', code),
  extension('start', 'valueTime', time),
  extension('end', 'valueTime', time),
  extension('minutes', 'valuePositiveInt', positive),
  extension('capacity', 'valuePositiveInt', positive),
  extension('appointmentType', 'valueCodeableConcept', codeableConcept),
  foreign
])

/** A resource with some of the elements, with extensions of ours and of others in any order. */
const resource = (resourceType: string, ours: Arb[], elements: Elements): fc.Arbitrary<Resource> =>
  object({
    ...elements,
    meta: element({ profile: fc.constant<Json>(['http://x.example/p']), source: system, tag: some(coding) }),
    implicitRules: system,
    language: code,
    text: fc.constant<Json>({ status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }),
    contained: fc.constant<Json>([{ resourceType: 'Patient', id: 'p', extension: [{ url: 'http://x.example/e' }] }]),
    extension: some(fc.oneof(foreign, ...ours), 6),
    modifierExtension: some(foreign),
    identifier: some(identifier)
  }).map(each => ({ resourceType, id: 'made-up', ...each }) as Resource)

const endpoint = some(reference('Endpoint'))
export const arbitraries: Readonly<Record<string, fc.Arbitrary<Resource>>> = {
  Practitioner: resource(
    'Practitioner',
    [extension(`${OURS}/practitioner-status`, 'valueCode', fc.constantFrom('active', 'on_leave')), closure],
    {
      active: fc.boolean(),
      name: some(humanName),
      telecom: some(telecom),
      address: some(address),
      gender: code,
      birthDate: partialDate,
      _birthDate: fc.constant<Json>({
        extension: [{ url: 'http://x.example/time', valueDateTime: '1970-01-01T08:00:00Z' }]
      }),
      photo: fc.constant<Json>([{ url: 'http://x.example/photo' }]),
      qualification: some(
        element({ identifier: some(identifier), code: codeableConcept, period, issuer: reference('Organization') })
      ),
      communication: some(codeableConcept)
    }
  ),
  PractitionerRole: resource(
    'PractitionerRole',
    [
      extension(`${OURS}/membership-status`, 'valueCode', fc.constantFrom('approved', 'suspended')),
      extension(`${OURS}/is-provider`, 'valueBoolean', fc.boolean())
    ],
    {
      active: fc.boolean(),
      period,
      practitioner: reference('Practitioner'),
      organization: reference('Organization'),
      code: some(codeableConcept),
      specialty: some(codeableConcept),
      location: some(
        object({
          reference: fc.constantFrom('Location/1', '#l'),
          display: text,
          extension: some(
            fc.oneof(
              foreign,
              nested(`${OURS}/clinic-assignment`, [
                extension('period', 'valuePeriod', period),
                extension('primary', 'valueBoolean', fc.boolean())
              ])
            ),
            2
          )
        })
      ),
      healthcareService: some(reference('HealthcareService')),
      telecom: some(telecom),
      availableTime: some(hours('availableStartTime', 'availableEndTime')),
      notAvailable: some(absence),
      availabilityExceptions: text,
      endpoint
    }
  ),
  Organization: resource('Organization', [], {
    active: fc.boolean(),
    type: some(codeableConcept),
    name: text,
    _name: fc.constant<Json>({ id: 'n' }),
    alias: fc.oneof(some(text), fc.constant<Json>([null, 'Old'])),
    _alias: fc.constant<Json>([{ id: 'a' }]),
    telecom: some(telecom),
    address: some(address),
    partOf: reference('Organization'),
    contact: some(element({ purpose: codeableConcept, name: humanName, address })),
    endpoint
  }),
  Location: resource(
    'Location',
    [extension('http://hl7.org/fhir/StructureDefinition/timezone', 'valueCode', fc.constant('Europe/Madrid')), closure],
    {
      status: code,
      operationalStatus: coding,
      name: text,
      alias: some(text),
      description: text,
      mode: code,
      type: some(codeableConcept),
      telecom: some(telecom),
      address,
      physicalType: codeableConcept,
      position: element({ longitude: decimal, latitude: decimal, altitude: decimal }),
      managingOrganization: reference('Organization'),
      partOf: reference('Location'),
      hoursOfOperation: some(hours('openingTime', 'closingTime')),
      availabilityExceptions: text,
      endpoint
    }
  ),
  HealthcareService: resource(
    'HealthcareService',
    [
      extension(`${OURS}/service-duration`, 'valueDuration', duration),
      extension(`${OURS}/service-price`, 'valueMoney', element({ value: decimal, currency: fc.constant('EUR') })),
      extension(`${OURS}/buffer-before`, 'valueDuration', duration),
      extension(`${OURS}/buffer-after`, 'valueDuration', duration),
      extension(`${OURS}/service-alias`, 'valueString', text),
      extension(`${OURS}/service-provider`, 'valueReference', reference('PractitionerRole'))
    ],
    {
      active: fc.boolean(),
      providedBy: reference('Organization'),
      category: some(codeableConcept),
      type: some(codeableConcept),
      specialty: some(codeableConcept),
      location: some(reference('Location')),
      name: text,
      comment: text,
      telecom: some(telecom),
      coverageArea: some(reference('Location')),
      serviceProvisionCode: some(codeableConcept),
      eligibility: some(element({ code: codeableConcept, comment: text })),
      program: some(codeableConcept),
      characteristic: some(codeableConcept),
      appointmentRequired: fc.boolean(),
      availableTime: some(hours('availableStartTime', 'availableEndTime')),
      notAvailable: some(absence),
      endpoint
    }
  ),
  Schedule: resource(
    'Schedule',
    [
      extension(`${OURS}/slot-minutes`, 'valuePositiveInt', positive),
      extension(`${OURS}/slot-capacity`, 'valuePositiveInt', positive),
      scheduleHours
    ],
    {
      active: fc.boolean(),
      serviceCategory: some(codeableConcept),
      serviceType: some(codeableConcept),
      specialty: some(codeableConcept),
      actor: some(reference('PractitionerRole', 'Location')),
      planningHorizon: period,
      comment: text
    }
  ),
  Slot: resource('Slot', [], {
    serviceCategory: some(codeableConcept),
    serviceType: some(codeableConcept),
    specialty: some(codeableConcept),
    appointmentType: codeableConcept,
    schedule: reference('Schedule'),
    status: code,
    start: instant,
    end: instant,
    overbooked: fc.boolean(),
    comment: text
  })
}
