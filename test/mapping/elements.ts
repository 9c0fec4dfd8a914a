/** Made-up elements, odd forms on purpose: what a client may send and must get back as it was. */
import fc from 'fast-check'
import { CANONICAL, type Json, type JsonObject } from '../../src/fhir/types.js'

export type Arb = fc.Arbitrary<Json>
export type Elements = Record<string, Arb>

export const OURS = `${CANONICAL}/StructureDefinition`
export const some = (arb: Arb, maxLength = 3): Arb => fc.array(arb, { minLength: 1, maxLength })
/** An object with some of the elements, and with at least one. */
export const object = (elements: Elements): fc.Arbitrary<JsonObject> =>
  fc.record(elements, { requiredKeys: [] }).filter(each => Object.keys(each).length > 0)

export const text: Arb = fc.oneof(
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
export const code = fc.constantFrom('a', 'b-c', 'official', 'mon')
export const system = fc.constantFrom(
  'http://x.example/a',
  'http://x.example/b',
  'urn:oid:1.2.3',
  'http://hl7.org/fhir/sid/us-npi'
)
const day = fc
  .date({ min: new Date('1890-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
  .map(each => each.toISOString().slice(0, 10))
export const partialDate = fc.oneof(
  day,
  day.map(each => each.slice(0, 7)),
  day.map(each => each.slice(0, 4))
)
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }))
  .map(parts => parts.map(part => String(part).padStart(2, '0')).join(':'))
export const time = fc.oneof(
  clock,
  clock.map(each => `${each}.5`)
)
export const instant = fc
  .tuple(day, clock, fc.constantFrom('', '.0', '.120', '.123456'), fc.constantFrom('Z', '+00:00', '-05:00', '+05:45'))
  .map(([date, at, fraction, zone]) => `${date}T${at}${fraction}${zone}`)
const dateTime = fc.oneof(partialDate, instant)
export const decimal = fc.oneof(fc.constantFrom(0, -71.0565, 42.5, 1e-7, 1000000), fc.integer({ min: -180, max: 180 }))

export const foreign: Arb = fc.oneof(
  fc.record({ url: fc.constantFrom('http://x.example/e', 'http://x.example/f'), valueString: text }),
  fc.record({
    url: fc.constant('http://x.example/nested'),
    extension: fc.constant([{ url: 'daysOfWeek', valueCode: 'mon' }] as Json)
  })
)
/** The element, at times with extensions of others. */
export const element = (elements: Elements): fc.Arbitrary<JsonObject> =>
  object({ ...elements, id, extension: some(foreign, 2) })

export const period = element({ start: dateTime, end: dateTime })
export const coding = element({ system, code, display: text, version: text, userSelected: fc.boolean() })
export const codeableConcept = element({
  coding: some(coding),
  text,
  _text: fc.constant({ extension: [{ url: 'http://x.example/e', valueCode: 'x' }] })
})
export const identifier = element({
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
export const reference = (...types: string[]): fc.Arbitrary<JsonObject> =>
  element({
    reference: fc.oneof(
      fc.tuple(fc.constantFrom(...types), id).map(([type, at]) => `${type}/${at}`),
      fc.constantFrom('#p', 'https://other.example/fhir/Patient/1', `${types[0]}/1/_history/2`, 'urn:uuid:0', 'odd')
    ),
    type: fc.constantFrom(...types),
    identifier,
    display: text
  })
export const telecom = element({ system: code, value: text, use: code, rank: fc.integer({ min: 1, max: 9 }), period })
export const address = element({
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
export const humanName = fc.oneof(
  element({ use: code, text, family: text, given: some(text), prefix: some(text, 2), suffix: some(text, 2), period }),
  element({ family: text, ...gaps })
)
export const hours = (start: string, end: string): Arb =>
  element({ daysOfWeek: some(code, 4), allDay: fc.boolean(), [start]: time, [end]: time })
export const absence = element({ description: text, during: period })

export const extension = (url: string, value: string, arb: Arb): Arb =>
  fc.record({ url: fc.constant(url), [value]: arb })
export const nested = (url: string, parts: Arb[]): Arb =>
  fc.record({ url: fc.constant(url), extension: fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 7 }) })
export const duration = fc.constantFrom<Json>(
  { value: 30, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' },
  { value: 0.5, unit: 'hour', system: 'http://unitsofmeasure.org', code: 'h' },
  { value: 45, unit: 'minutes' },
  { value: 2, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' }
)
export const closure = nested(`${OURS}/closure`, [
  extension('period', 'valuePeriod', period),
  extension('description', 'valueString', text)
])
export const positive = fc.integer({ min: 1, max: 500 })
export const scheduleHours = nested(`${OURS}/schedule-hours`, [
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
