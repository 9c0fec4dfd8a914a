/** Slots that clients store (S8): extra openings side by side, blocks over what is booked anywhere, their history. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Appointment, Bundle, OperationOutcome, Slot } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { clinic, times, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => {
  c = await clinic()
  await c.server.sql(
    `update tenants set config = jsonb_set(config, '{appointments,buffer_time_minutes}', '15') where id = 'demo'`
  )
}, 60_000)
afterAll(() => c?.close())
beforeEach(() => c.server.sql(`delete from slot_seats; delete from slots`))

const at = (time: string) => `2027-01-09T${time}:00-05:00`
const slot = (status: string, start: string, end: string, schedule = 'ann-east') => ({
  resourceType: 'Slot',
  schedule: { reference: `Schedule/${schedule}` },
  status,
  start,
  end
})
const store = async (...from: Parameters<typeof slot>): Promise<string> => {
  const answer = await c.server.post('Slot', slot(...from))
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.id as string
}
const stored = (from: string, to: string) => store('free', at(from), at(to))

test('side by side they are one appointment, and only behind it time is kept free', async () => {
  const [first, second, third] = [
    await stored('09:00', '09:30'),
    await stored('09:30', '10:00'),
    await stored('10:00', '10:30')
  ]
  expect((await c.book([second, first], { start: at('09:00'), end: at('10:00') })).status).toBe(201)
  const [blocked] = await c.server.sql(
    `select lower(range_agg(blocked)) as since, upper(range_agg(blocked)) as until from slots where occupies`
  )
  expect(blocked).toEqual({ since: '2027-01-09T14:00:00.000Z', until: '2027-01-09T15:15:00.000Z' })
  expect(refusal(await c.book([third], { start: at('10:00'), end: at('10:30') }))).toMatchObject({ status: 409 })
})

test('what overlaps a booking or a block is not shown as free, and is again once that is gone', async () => {
  const free = async () => {
    const answer = await c.server.get('Slot?status=free&schedule=ann-east&start=2027-01-09&_total=accurate')
    const { entry = [], total } = answer.body as Bundle<Slot>
    expect(total).toBe(entry.length)
    return entry.map(({ resource }) => resource!.id)
  }
  const first = await stored('09:00', '10:00')
  const second = await stored('09:30', '10:30')
  const third = await store('free', at('09:30'), at('10:30'), 'ann-west')
  expect(await free()).toEqual([first, second])
  const booked = await c.book([third], { start: at('09:30'), end: at('10:30') })
  expect(await free()).toEqual([])
  await c.server.post(`Appointment/${booked.body.id}/$cancel`, { resourceType: 'Parameters' })
  await store('busy', at('10:00'), at('10:10'))
  expect(await free()).toEqual([])
})

test('what lies beyond the horizon cannot be booked', async () => {
  const [start, end] = ['2028-01-08T09:00:00-05:00', '2028-01-08T10:00:00-05:00']
  const far = await store('free', start, end)
  expect(refusal(await c.book([far], { start, end }))).toMatchObject({ status: 422, expression: 'Appointment.slot' })
})

test('one behind the hours goes with the last opening of the day', async () => {
  const last = (await c.free('schedule=Schedule/ann-east')).at(-1)!
  const extra = await store('free', '2027-01-04T12:00:00-05:00', '2027-01-04T12:30:00-05:00')
  const answer = await c.book([last.id, extra], { start: last.start, end: '2027-01-04T12:30:00-05:00' })
  expect(answer.status).toBe(201)
  // The last but one would end less than a quarter of an hour before it.
  expect(times(await c.free('schedule=Schedule/ann-east')).at(-1)).toBe('10:30')
})

test('a block tells of what is booked in all clinics of the practitioner, and of nothing else', async () => {
  const [first, second] = await c.free('schedule=Schedule/ann-west')
  const { id } = (await c.book([first!.id])).body as Appointment
  const told = async (start: string, end: string): Promise<string[]> => {
    const answer = await c.server.post('Slot', slot('busy-unavailable', start, end), {
      Prefer: 'return=OperationOutcome'
    })
    const { issue } = answer.body as OperationOutcome
    return issue
      .filter(({ severity, code }) => severity === 'warning' && code === 'conflict')
      .map(each => each.details!.text!)
  }
  expect(await told('2027-01-04T09:15:00-05:00', '2027-01-04T09:20:00-05:00')).toEqual([
    expect.stringContaining(`Appointment/${id} on 2027-01-04T09:00:00-05:00`)
  ])
  expect(await told(second!.start, second!.end)).toEqual([])
  expect(await told('2027-01-03T09:00:00-05:00', first!.start)).toEqual([])
})

test('what is taken is refused at once, though somebody is changing the practitioner just now', async () => {
  const [east] = await c.free('schedule=Schedule/ann-east')
  const [west] = await c.free('schedule=Schedule/ann-west')
  const extra = await stored('09:00', '10:00')
  const times = { start: at('09:00'), end: at('10:00') }
  for (const [id, more] of [[east!.id], [extra, times]] as const) expect((await c.book([id], more)).status).toBe(201)
  await c.server.sql(`begin; select from practitioners where id = 'ann' for update`)
  const late = await Promise.all([c.book([east!.id]), c.book([west!.id]), c.book([extra], times)])
  await c.server.sql('rollback')
  expect(late.map(answer => refusal(answer).text)).toEqual(
    [east!.id, west!.id, extra].map(id => `Slot/${id} is taken: choose another that is free`)
  )
})

test('they have versions: created, booked, free again, deleted', async () => {
  const id = await stored('09:00', '10:00')
  const booked = (await c.book([id], { start: at('09:00'), end: at('10:00') })).body as Appointment
  await c.server.delete(`Appointment/${booked.id}`).expect(204)
  await c.server.delete(`Slot/${id}`).expect(204)
  const { body } = await c.server.get(`Slot/${id}/_history`).expect(200)
  const versions = (body as Bundle<Slot>).entry!.map(({ resource, request }) => resource?.status ?? request!.method)
  expect(versions[0]).toBe('DELETE')
  expect(versions.at(-1)).toBe('free')
  expect((await c.server.get(`Slot/${id}`)).status).toBe(410)
})
