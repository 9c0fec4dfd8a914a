/** Booking through POST, PUT, PATCH and DELETE of Appointment (S8). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Appointment, OperationOutcome, Slot } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { clinic, times, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => (c = await clinic()), 60_000)
afterAll(() => c?.close())
beforeEach(() => c.server.sql('delete from slot_seats'))

const OUTCOME = { Prefer: 'return=OperationOutcome' }
const EAST = 'schedule=Schedule/ann-east'
const WEST = 'schedule=Schedule/ann-west'
const VISIT = `${EAST}&service-type-reference=HealthcareService/visit`
const THERAPY = `${EAST}&service-type-reference=HealthcareService/therapy`
const ALL = ['09:00', '09:30', '10:00', '10:30', '11:00', '11:30']

describe('a Slot that is booked', () => {
  test('brings practitioner, Location, service and times, and is busy', async () => {
    const [slot] = await c.free(VISIT)
    const answer = await c.book([slot!.id])
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      status: 'booked',
      serviceType: [{ coding: [{ code: 's30' }] }],
      participant: [
        { actor: { display: 'M. Rossi' } },
        { actor: { reference: 'Practitioner/ann' }, status: 'accepted' },
        { actor: { reference: 'Location/east' } },
        { actor: { reference: 'HealthcareService/visit' } }
      ]
    })
    const { id, start, end } = answer.body as Appointment
    expect([Date.parse(start!), Date.parse(end!)]).toEqual([Date.parse(slot!.start), Date.parse(slot!.end)])
    expect(await c.read(id!)).toEqual(answer.body)
    const busy = (await c.server.get(`Slot/${slot!.id}`)).body as Slot
    const { meta, ...shown } = busy
    expect(meta?.versionId).toBeDefined()
    expect(shown).toEqual({ ...slot, status: 'busy' })
    const found = await c.server.get(`Slot?status=busy&${EAST}&start=${slot!.start}`)
    expect(found.body).toMatchObject({ total: 1, entry: [{ resource: busy }] })
    expect(times(await c.free(VISIT))).toEqual(ALL.slice(1))
  })

  test('is taken for the next one: 409 that says what to do', async () => {
    const [slot] = await c.free(EAST)
    await c.book([slot!.id])
    expect(refusal(await c.book([slot!.id]))).toEqual({
      status: 409,
      code: 'conflict',
      text: `Slot/${slot!.id} is taken: choose another that is free`,
      expression: 'Appointment.slot'
    })
  })

  test('takes the practitioner’s time in all clinics, and of all services, with buffers', async () => {
    const [, , slot] = await c.free(THERAPY)
    expect(slot!.start.slice(11, 16)).toBe('10:30')
    expect((await c.book([slot!.id])).status).toBe(201)
    expect(times(await c.free(WEST))).toEqual(['09:00', '09:30', '10:00', '11:30'])
    expect(times(await c.free(EAST))).toEqual(['09:00', '09:30', '10:00', '11:30'])
    const other = (await c.free(WEST)).find(({ start }) => start.includes('T10:00'))!.id!
    const inBuffer = other.replace(/\.[0-9a-z]+\.30$/, `.${(Date.parse(slot!.start) / 60_000 + 30).toString(36)}.30`)
    expect(refusal(await c.book([inBuffer]))).toMatchObject({ status: 409, code: 'conflict' })
  })

  test('keeps whom it brought while it keeps its time, and nobody joins whose time is not kept', async () => {
    const [slot] = await c.free(VISIT)
    const { id, participant } = (await c.book([slot!.id])).body as Appointment
    const patient = { actor: { reference: 'Patient/p1' }, status: 'accepted' }
    const only = await c.server.patch(`Appointment/${id}`, [{ op: 'replace', path: '/participant', value: [patient] }])
    expect(only.status).toBe(200)
    expect((await c.read(id!)).participant).toEqual([patient, ...participant.slice(1)])
    const ben = { actor: { reference: 'Practitioner/ben' }, status: 'accepted' }
    const joined = await c.server.patch(`Appointment/${id}`, [{ op: 'add', path: '/participant/-', value: ben }])
    expect(refusal(joined)).toMatchObject({
      status: 422,
      code: 'business-rule',
      expression: 'Appointment.participant[4].actor'
    })
    const left = [{ op: 'replace', path: '/status', value: 'cancelled' }]
    expect((await c.server.patch(`Appointment/${id}`, left)).status).toBe(200)
  })

  test('is free again at once when the appointment is cancelled, under the same id, and the reason stays', async () => {
    const [slot] = await c.free(EAST)
    const { body } = await c.book([slot!.id])
    const { id } = body as Appointment
    const cancelled = await c.server.put(`Appointment/${id}`, {
      ...(body as Appointment),
      status: 'cancelled',
      cancelationReason: { text: 'Ill' }
    })
    expect(cancelled.status).toBe(200)
    expect((await c.free(EAST))[0]).toEqual(slot)
    const { cancelationReason: _, ...without } = cancelled.body as Appointment
    const again = await c.server.put(`Appointment/${id}`, { ...without, comment: 'Called' })
    expect(again.body).toMatchObject({ comment: 'Called', cancelationReason: { text: 'Ill' } })
    expect((await c.book([slot!.id])).status).toBe(201)
  })

  test('is free again when the appointment is deleted', async () => {
    const [slot] = await c.free(EAST)
    const { body } = await c.book([slot!.id])
    expect((await c.server.delete(`Appointment/${(body as Appointment).id}`)).status).toBe(204)
    expect((await c.free(EAST))[0]).toEqual(slot)
  })

  test('keeps its seat while the appointment goes on', async () => {
    const [slot] = await c.free(EAST)
    const { body } = await c.book([slot!.id])
    for (const status of ['arrived', 'checked-in', 'fulfilled'] as const) {
      const patch = [{ op: 'replace', path: '/status', value: status }]
      const path = `Appointment/${(body as Appointment).id}`
      const answer = await c.server.patch(path, patch)
      expect([answer.status, (answer.body as Appointment).status]).toEqual([200, status])
      expect(times(await c.free(EAST))).toEqual(ALL.slice(1))
    }
  })

  test.each(['arrived', 'checked-in', 'fulfilled'] as const)(
    'is not lost when it is sent %s without its Slot',
    async to => {
      const [slot] = await c.free(EAST)
      const { slot: _, ...rest } = (await c.book([slot!.id])).body as Appointment
      for (const answer of [
        await c.server.put(`Appointment/${rest.id}`, { ...rest, status: to }),
        await c.server.post('Appointment', { ...rest, status: to })
      ])
        expect(refusal(answer)).toMatchObject({ status: 422, expression: 'Appointment.slot' })
      expect(times(await c.free(EAST))).toEqual(ALL.slice(1))
    }
  )
})

describe('several Slots', () => {
  test('side by side are one appointment', async () => {
    const slots = await c.free(EAST)
    const answer = await c.book([slots[1]!.id, slots[2]!.id])
    expect(answer.status).toBe(201)
    expect(times(await c.free(EAST))).toEqual(['09:00', '10:30', '11:00', '11:30'])
  })

  test('with a gap between them are refused', async () => {
    const slots = await c.free(EAST)
    expect(refusal(await c.book([slots[0]!.id, slots[2]!.id]))).toMatchObject({
      status: 422,
      expression: 'Appointment.slot'
    })
    expect(times(await c.free(EAST))).toEqual(ALL)
  })

  test('of two practitioners are a meeting of both, or nothing', async () => {
    const [ann, , other] = await c.free(EAST)
    const [ben] = await c.free('schedule=Schedule/ben-east')
    expect(refusal(await c.book([other!.id, ben!.id]))).toMatchObject({ status: 422, code: 'business-rule' })
    const answer = await c.book([ann!.id, ben!.id])
    expect(answer.status).toBe(201)
    expect((answer.body as Appointment).participant.map(({ actor }) => actor?.reference)).toEqual(
      expect.arrayContaining(['Practitioner/ann', 'Practitioner/ben'])
    )
    expect(times(await c.free(EAST))).toEqual(ALL.slice(1))
  })
})

test('a Slot with three seats is free until the third is taken, then busy', async () => {
  const BEN = 'schedule=Schedule/ben-east'
  const [slot] = await c.free(BEN)
  for (const seat of [1, 2, 3]) {
    expect(times(await c.free(BEN))).toEqual(ALL)
    expect([seat, (await c.book([slot!.id])).status]).toEqual([seat, 201])
  }
  expect(times(await c.free(BEN))).toEqual(ALL.slice(1))
  expect((await c.server.get(`Slot/${slot!.id}`)).body).toMatchObject({ status: 'busy' })
  expect(refusal(await c.book([slot!.id]))).toMatchObject({ status: 409 })
})

describe('refused', () => {
  const one = async (): Promise<string> => (await c.free(VISIT))[0]!.id!
  const bad: [string, Partial<Appointment>, string][] = [
    ['another start', { start: '2027-01-04T14:15:00Z' }, 'Appointment.start'],
    ['another end', { end: '2027-01-04T15:00:00Z' }, 'Appointment.end'],
    ['another length', { minutesDuration: 20 }, 'Appointment.minutesDuration'],
    [
      'a practitioner without a Slot',
      { participant: [{ actor: { reference: 'Practitioner/ben' }, status: 'accepted' }] },
      'Appointment.participant[0].actor'
    ],
    [
      'another place',
      { participant: [{ actor: { reference: 'Location/west' }, status: 'accepted' }] },
      'Appointment.participant[0].actor'
    ],
    [
      'a patient record',
      {
        contained: [{ resourceType: 'Patient', id: 'p' }],
        participant: [{ actor: { reference: '#p' }, status: 'accepted' }]
      },
      'Appointment.contained[0]'
    ],
    ['no Slot', { slot: [], start: '2027-01-04T14:00:00Z', end: '2027-01-04T14:30:00Z' }, 'Appointment.slot']
  ]
  test.each(bad)('%s', async (_, more, expression) => {
    const { slot, ...rest } = more
    const answer = await c.book(slot ? [] : [await one()], { ...rest, ...(slot && { slot: undefined as never }) })
    expect(refusal(answer)).toMatchObject({ status: 422, code: 'business-rule', expression })
    expect(times(await c.free(VISIT))).toEqual(ALL)
  })

  test('a Slot in the past, outside of the hours, or of nobody', async () => {
    const id = await one()
    const at = (iso: string): string => id.replace(/\.[0-9a-z]+\.30$/, `.${(Date.parse(iso) / 60_000).toString(36)}.30`)
    for (const gone of [at('2026-12-28T14:00:00Z'), at('2027-01-04T03:00:00Z'), 's.zzz.0.htdjc.30'])
      expect(refusal(await c.book([gone]))).toMatchObject({ status: 422, expression: 'Appointment.slot' })
  })

  test('a cancelled appointment does not come back', async () => {
    const { body } = await c.book([await one()])
    const path = `Appointment/${(body as Appointment).id}`
    await c.server.put(path, { ...(body as Appointment), status: 'cancelled' })
    const answer = await c.server.put(path, body as object)
    expect(refusal(answer)).toMatchObject({ status: 422, code: 'business-rule', expression: 'Appointment.status' })
    expect(times(await c.free(VISIT))).toEqual(ALL)
  })
})

test('an appointment moves to another Slot, or stays where it is', async () => {
  const slots = await c.free(EAST)
  const { body } = await c.book([slots[0]!.id])
  await c.book([slots[1]!.id])
  const moved = (to: Slot) =>
    c.server.put(`Appointment/${(body as Appointment).id}`, {
      ...(body as Appointment),
      start: to.start,
      end: to.end,
      slot: [{ reference: `Slot/${to.id}` }]
    })
  expect(refusal(await moved(slots[1]!))).toMatchObject({ status: 409 })
  expect(times(await c.free(EAST))).toEqual(ALL.slice(2))
  expect((await moved(slots[2]!)).status).toBe(200)
  expect(times(await c.free(EAST))).toEqual(['09:00', '10:30', '11:00', '11:30'])
})

test('a stored free Slot is booked, is busy, and is free again', async () => {
  const slot = { resourceType: 'Slot', schedule: { reference: 'Schedule/ann-east' }, status: 'free' }
  const created = await c.server.post('Slot', {
    ...slot,
    start: '2027-01-09T09:00:00-05:00',
    end: '2027-01-09T12:00:00-05:00'
  })
  const { id } = created.body as Slot
  const times = { start: '2027-01-09T09:00:00-05:00', end: '2027-01-09T12:00:00-05:00' }
  const booked = await c.book([id], times)
  expect(booked.status).toBe(201)
  const status = async () => ((await c.server.get(`Slot/${id}`)).body as Slot).status
  expect(await status()).toBe('busy')
  expect(refusal(await c.book([id], times))).toMatchObject({ status: 409 })
  expect(refusal(await c.server.put(`Slot/${id}`, created.body as object))).toMatchObject({ status: 409 })
  expect(refusal(await c.server.delete(`Slot/${id}`))).toMatchObject({ status: 409, code: 'conflict' })
  await c.server.delete(`Appointment/${(booked.body as Appointment).id}`)
  expect(await status()).toBe('free')
})

test('a block over what is booked is stored with a warning that names it', async () => {
  const [slot] = await c.free(EAST)
  const booked = (await c.book([slot!.id])).body as Appointment
  const block = { resourceType: 'Slot', schedule: { reference: 'Schedule/ann-east' }, status: 'busy-unavailable' }
  const answer = await c.server.post('Slot', { ...block, start: slot!.start, end: slot!.end }, OUTCOME)
  expect(answer.status).toBe(201)
  expect(answer.text).toContain(`Appointment/${booked.id}`)
  expect((answer.body as OperationOutcome).issue).toContainEqual(
    expect.objectContaining({ severity: 'warning', code: 'conflict' })
  )
  await c.server.sql(`delete from slots where status = 'busy-unavailable'`)
})

test('what is long past is a record, and takes nobody’s time', async () => {
  const times = { start: '2020-01-06T14:00:00Z', end: '2020-01-06T14:30:00Z' }
  const answer = await c.book([], { ...times, status: 'fulfilled', slot: undefined as never })
  expect(answer.status).toBe(201)
})

test('each step has an audit row with its own name', async () => {
  const slots = await c.free(EAST)
  const { body } = await c.book([slots[0]!.id])
  const { id } = body as Appointment
  await c.server.put(`Appointment/${id}`, { ...(body as Appointment), status: 'cancelled' })
  const rows = await c.server.sql(`select action from audit_logs where entity_id = $1 order by created_at`, [id])
  expect(rows.map(({ action }) => action)).toEqual(['APPOINTMENT_BOOKED', 'APPOINTMENT_CANCELLED'])
})
