/** $find, $hold, $book, $cancel and $reschedule, as IHE and Argonaut name them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Appointment, Bundle, CapabilityStatement } from 'fhir/r4.js'
import type { Response } from 'supertest'
import { refusal } from '../support/outcome.js'
import { clinic, ours, runOut, times, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => (c = await clinic()), 60_000)
afterAll(() => c?.close())
beforeEach(() => c.server.sql('delete from slot_seats'))

const EAST = 'schedule=Schedule/ann-east'
const DAY = 'start=2027-01-04&end=2027-01-04'
const appointments = ({ body, status, text }: Response): Appointment[] => {
  if (status !== 200) throw new Error(`${status}: ${text}`)
  const { entry = [] } = body as Bundle<Appointment>
  return entry.flatMap(({ resource }) => (resource?.resourceType === 'Appointment' ? [resource] : []))
}
const find = async (query: string) => appointments(await c.server.get(`Appointment/$find?${DAY}&${query}`))
const call = (path: string, parameter: object[]) =>
  c.server.post(`Appointment/${path}`, { resourceType: 'Parameters', parameter })
const emptyParameters = { resourceType: 'Parameters' }
const sent = (resource: Appointment) => [{ name: 'appointment-resource', resource }]
const one = async (answer: Promise<Response> | Response) => appointments(await answer)[0]!
const clock = (all: readonly Appointment[]) => all.map(({ start }) => start!.slice(11, 16))

describe('$find', () => {
  test('proposes what is free, with Slot, practitioner, Location and patient', async () => {
    const answer = await c.server.get(
      `Appointment/$find?${DAY}&practitioner=Practitioner/ann&location=Location/east&_count=2&patient-reference=Patient/p1`
    )
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: 6 })
    const [first, ...more] = appointments(answer)
    expect(more.length).toBe(1)
    expect(first).toMatchObject({
      status: 'proposed',
      start: '2027-01-04T09:00:00-05:00',
      end: '2027-01-04T09:30:00-05:00',
      minutesDuration: 30,
      participant: ['Patient/p1', 'Practitioner/ann', 'Location/east'].map(reference => ({ actor: { reference } }))
    })
    expect(first!.slot).toEqual([{ reference: `Slot/${(await c.free(EAST))[0]!.id}` }])
  })

  test('by POST with Parameters as well', async () => {
    const parameter = [
      { name: 'start', valueDateTime: '2027-01-04' },
      { name: 'end', valueDateTime: '2027-01-05' },
      { name: 'practitioner', valueReference: { reference: 'Practitioner/ann' } },
      { name: 'service-type', valueCodeableConcept: { coding: [{ system: 'urn:example:services', code: 's45' }] } }
    ]
    const found = appointments(await call('$find', parameter))
    expect(new Set(clock(found))).toEqual(new Set(['09:00', '09:45', '10:30', '11:15']))
  })

  test('up to a time, or with the whole last day', async () => {
    const ends = ['2027-01-04T11:00:00-05:00', '2027-01-04', '2027-01-05']
    const found = ends.map(end => c.server.get(`Appointment/$find?start=2027-01-04&end=${end}&${EAST}`))
    expect((await Promise.all(found)).map(({ body }) => (body as Bundle).total)).toEqual([4, 6, 12])
  })

  test('several at once are free at the same time', async () => {
    const both = `schedule=ann-east&schedule=ben-east`
    const [meeting] = await find(both)
    expect(meeting!.slot!.length).toBe(2)
    const booked = await one(call('$book', sent(meeting!)))
    expect(booked.participant.map(({ actor }) => actor?.reference)).toEqual(
      expect.arrayContaining(['Practitioner/ann', 'Practitioner/ben'])
    )
    expect(clock(await find(both))).toEqual(['09:30', '10:00', '10:30', '11:00', '11:30'])
    expect(clock(await find('schedule=ben-east')).includes('09:00')).toBe(true)
    expect((await find('schedule=ann-east&schedule=ann-east')).length).toBe(5)
  })

  test('finds nothing that is held', async () => {
    const [first] = await find(EAST)
    await call('$hold', sent(first!))
    expect(clock(await find(EAST))[0]).toBe('09:30')
  })

  test.each([
    ['end=2027-01-05', 400, 'start'],
    ['start=2027-01-04&end=2027-03-04', 400, 'end'],
    ['start=2027-01-05&end=2027-01-04', 400, 'end'],
    ['start=soon&end=2027-01-04', 400, 'start'],
    [`${DAY}&colour=red`, 400, 'colour'],
    ['start=2027-01&end=2027-01-04', 400, 'start'],
    [`${DAY}&_count=many`, 400, '_count'],
    [`${DAY}&practitioner=Location/east`, 400, 'practitioner'],
    [`${DAY}&practitioner=Practitioner/ann,`, 400, 'practitioner'],
    [`${DAY}&location=Practitioner/ann`, 400, 'location'],
    [`${DAY}&schedule=Slot/x`, 400, 'schedule'],
    [`${DAY}&organization=Patient/1`, 400, 'organization'],
    [`${DAY}&healthcare-service=Patient/1`, 400, 'healthcare-service'],
    ['start=1&end=2027-01-04', 400, 'start'],
    ['start=2027-01-04&end=2027-02-30', 400, 'end'],
    ['start=2027-01-04T08:00:00Z&end=2027-01-04T24:00:00Z', 400, 'end']
  ])('refuses %s', async (query, status, expression) => {
    expect(refusal(await c.server.get(`Appointment/$find?${query}`))).toMatchObject({ status, expression })
  })
})

test('$hold, then $book: the way of most clients', async () => {
  const [proposal] = await find(EAST)
  const answer = await call('$hold', sent(proposal!))
  expect((answer.body as Bundle).entry!.length).toBe(1)
  const held = await one(answer)
  expect(held.status).toBe('pending')
  expect(new Set(held.participant.map(each => each.status))).toEqual(new Set(['needs-action']))
  expect(held.extension).toEqual([{ url: ours('held-until'), valueInstant: expect.any(String) }])
  const booked = await one(
    call('$book', [
      { name: 'appointment-reference', valueReference: { reference: `Appointment/${held.id}` } },
      { name: 'patient-reference', valueReference: { reference: 'Patient/p1' } },
      { name: 'comment', valueString: 'First visit' }
    ])
  )
  expect(booked).toMatchObject({ id: held.id, status: 'booked', comment: 'First visit' })
  expect(booked.participant.at(-1)).toEqual({ actor: { reference: 'Patient/p1' }, status: 'accepted' })
  expect(new Set(booked.participant.map(each => each.status))).toEqual(new Set(['accepted']))
  expect(await c.read(held.id!)).toEqual(booked)
})

test('$book with the record of a patient keeps who it is, and nothing else of it', async () => {
  const record = (more: object) => ({
    name: 'patient-resource',
    resource: { resourceType: 'Patient', birthDate: '1970-01-01', ...more }
  })
  const [first, second] = await find(EAST)
  const named = record({ name: [{ given: ['Mario'], family: 'Rossi' }] })
  const booked = await one(call('$book', [...sent(first!), named]))
  expect(booked.participant.filter(({ actor }) => !actor?.reference)).toEqual([
    { actor: { display: 'Mario Rossi' }, status: 'accepted' }
  ])
  expect(JSON.stringify(booked)).not.toContain('1970')
  const known = await one(call('$book', [...sent(second!), record({ id: 'p7', name: [{ text: 'M. R.' }] })]))
  expect(known.participant).toContainEqual({ actor: { reference: 'Patient/p7', display: 'M. R.' }, status: 'accepted' })
  for (const wrong of [record({}), record({ name: 'x' }), { name: 'patient-resource', resource: booked }])
    expect(refusal(await call('$book', [...sent(first!), wrong]))).toMatchObject({
      status: 400,
      expression: 'patient-resource'
    })
})

test('$hold on what was proposed and stored, $book on the instance, $cancel with a reason', async () => {
  const [proposal] = await find(EAST)
  const { id } = (await c.server.post('Appointment', proposal!)).body as Appointment
  expect((await one(call(`${id}/$hold`, []))).status).toBe('pending')
  expect((await one(call(`${id}/$book`, []))).status).toBe('booked')
  const cancelled = await one(call(`${id}/$cancel`, [{ name: 'cancelation-reason', valueString: 'Ill' }]))
  expect(cancelled).toMatchObject({ status: 'cancelled', cancelationReason: { text: 'Ill' } })
  expect(times(await c.free(EAST))[0]).toBe('09:00')
  for (const operation of ['$book', '$hold'])
    expect(refusal(await call(`${id}/${operation}`, []))).toMatchObject({
      status: 422,
      text: expect.stringMatching('^An appointment that is cancelled cannot become'),
      expression: 'Appointment.status'
    })
})

test('the same call twice, by identifier, is one booking', async () => {
  const [first, second] = await find(EAST)
  const identifier = [{ system: 'urn:example:portal', value: 'retry-1' }]
  const once = await one(call('$book', sent({ ...first!, identifier })))
  const twice = await one(call('$book', sent({ ...first!, identifier })))
  expect(twice).toEqual(once)
  expect(refusal(await call('$book', sent({ ...second!, identifier })))).toMatchObject({
    status: 409,
    code: 'duplicate'
  })
})

test('$hold, then $book with the same resource and identifier, books what is held', async () => {
  const [first, second] = await find(EAST)
  const identifier = [{ value: 'retry-2' }]
  const held = await one(call('$hold', sent({ ...first!, identifier })))
  const patient = { actor: { reference: 'Patient/p1' }, status: 'accepted' as const }
  const resource = { ...first!, identifier, participant: [...first!.participant, patient] }
  const booked = await one(call('$book', sent(resource)))
  expect(booked).toMatchObject({ id: held.id, status: 'booked' })
  expect(booked.participant).toContainEqual(patient)
  expect(await one(call('$book', sent(resource)))).toEqual(booked)
  // The value alone is not that of a system.
  const other = [{ system: 'urn:example:portal', value: 'retry-2' }]
  expect((await one(call('$book', sent({ ...second!, identifier: other })))).id).not.toBe(held.id)
})

test('$reschedule moves all or nothing', async () => {
  const [first, second] = await find(EAST)
  const booked = await one(call('$book', sent(first!)))
  await call('$book', sent(second!))
  const taken = [{ name: 'slot', valueReference: second!.slot![0]! }]
  expect(refusal(await call(`${booked.id}/$reschedule`, taken))).toMatchObject({ status: 409, code: 'conflict' })
  expect(await c.read(booked.id!)).toEqual(booked)
  const [other] = await find('schedule=Schedule/ben-east&service-type-reference=HealthcareService/visit')
  const moved = await one(call(`${booked.id}/$reschedule`, [{ name: 'slot', valueReference: other!.slot![0]! }]))
  expect(moved).toMatchObject({ id: booked.id, status: 'booked', start: expect.anything() })
  expect(moved.participant.map(({ actor }) => actor?.reference)).toEqual(
    expect.arrayContaining(['Practitioner/ben', 'HealthcareService/visit'])
  )
  expect(JSON.stringify(moved)).not.toContain('Practitioner/ann')
  expect(times(await c.free(EAST))[0]).toBe('09:00')
})

test('$reschedule into time that the appointment has itself: a longer service, half an hour later', async () => {
  const [first] = await find(EAST)
  const booked = await one(call('$book', sent(first!)))
  const longer = (await find(`${EAST}&healthcare-service=HealthcareService/therapy`)).map(({ slot }) => slot![0]!)
  // Hidden while its own time is taken.
  expect(longer.length).toBe(3)
  const ids = longer.map(({ reference }) => reference!)
  const earlier = (minutes: number): string =>
    ids[0]!.replace(/[^.]+(?=\.45$)/, at => (parseInt(at, 36) - minutes).toString(36))
  const nine = earlier(45)
  const to = async (slot: string) => call(`${booked.id}/$reschedule`, [{ name: 'slot', valueString: slot }])
  const moved = await one(to(nine))
  expect(moved).toMatchObject({ status: 'booked', end: '2027-01-04T14:45:00Z', slot: [{ reference: nine }] })
  expect(moved.participant.map(({ actor }) => actor!.reference)).toEqual(
    expect.arrayContaining(['Practitioner/ann', 'Location/east', 'HealthcareService/therapy'])
  )
  expect((await one(to(first!.slot![0]!.reference!))).participant.length).toBe(2)
  await call('$book', sent((await find(EAST))[0]!))
  expect(refusal(await to(nine))).toMatchObject({ status: 409, code: 'conflict' })
  expect(refusal(await to(earlier(120)))).toMatchObject({ status: 422 })
  expect(refusal(await to('Slot/nowhere'))).toMatchObject({ status: 404 })
})

test('$book with cancelled-appt-id does both at once, for the same time as well', async () => {
  const [first] = await find(EAST)
  const booked = await one(call('$book', sent(first!)))
  const again = await one(call('$book', [...sent(first!), { name: 'cancelled-appt-id', valueUri: booked.id }]))
  expect(again.status).toBe('booked')
  expect((await c.read(booked.id!)).status).toBe('cancelled')
})

test('a hold that ran out cannot be booked', async () => {
  const [proposal] = await find(EAST)
  const held = await one(call('$hold', sent(proposal!)))
  await runOut(c)
  expect(refusal(await call(`${held.id}/$book`, []))).toMatchObject({ status: 409, code: 'conflict' })
})

test.each([
  ['$book', [], 400],
  ['$hold', [{ name: 'appointment-reference', valueReference: { reference: 'Patient/1' } }], 400],
  ['$hold', [{ name: 'appointment-resource', resource: { resourceType: 'Patient' } }], 400],
  ['$hold', [{ name: 'seat', valueInteger: 1 }], 400],
  ['nobody/$cancel', [], 404],
  ['nobody/$reschedule', [{ name: 'slot', valueString: 's.0.0.1.30' }], 404]
])('%s with %j is refused', async (path, parameter, status) => {
  expect(refusal(await call(path, parameter)).status).toBe(status)
})

test('If-Match is of the Appointment that is meant', async () => {
  const [first] = await find(EAST)
  const { id } = await one(call('$hold', sent(first!)))
  await call(`${id}/$book`, [])
  for (const operation of ['$cancel', `$reschedule?slot=${first!.slot![0]!.reference}`]) {
    const stale = await c.server.post(`Appointment/${id}/${operation}`, emptyParameters, { 'If-Match': 'W/"1"' })
    expect(refusal(stale)).toMatchObject({ status: 412, expression: 'If-Match' })
  }
  expect((await c.read(id!)).status).toBe('booked')
  const now = await c.server.post(`Appointment/${id}/$cancel`, emptyParameters, { 'If-Match': 'W/"2"' })
  expect((await one(now)).status).toBe('cancelled')
})

test('what has ended is not moved', async () => {
  const [first, second] = await find(EAST)
  const { id } = await one(call('$book', sent(first!)))
  await call(`${id}/$cancel`, [])
  const answer = await call(`${id}/$reschedule`, [{ name: 'slot', valueReference: second!.slot![0]! }])
  expect(refusal(answer)).toMatchObject({ status: 422, code: 'business-rule', expression: 'Appointment.status' })
  expect((await c.read(id!)).slot).toEqual(first!.slot)
})

test('a token for reading only may find, and not book', async () => {
  const reader = await c.server.as('demo', 'system/*.rs')
  const [proposal] = appointments(await reader.get(`Appointment/$find?${DAY}&${EAST}`))
  const answer = await reader.post('Appointment/$book', { resourceType: 'Parameters', parameter: sent(proposal!) })
  expect(refusal(answer)).toMatchObject({ status: 403, code: 'forbidden' })
})

test('the CapabilityStatement names them', async () => {
  const { rest } = (await c.server.get('metadata')).body as CapabilityStatement
  const { operation } = rest![0]!.resource!.find(({ type }) => type === 'Appointment')!
  expect(operation!.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['find', 'hold', 'book', 'cancel', 'reschedule'])
  )
})
