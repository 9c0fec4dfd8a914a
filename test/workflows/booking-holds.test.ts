/** Holds: Appointments that are pending keep their Slots for a while, and no longer (S8). */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Appointment, Bundle, Slot } from 'fhir/r4.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { refusal } from '../support/outcome.js'
import { clinic, ours, runOut, times, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => (c = await clinic()), 60_000)
afterAll(() => c?.close())
beforeEach(() => c.server.sql('delete from slot_seats'))

const EAST = 'schedule=Schedule/ann-east'
const hold = async (slots: (string | undefined)[]) =>
  (await c.book(slots, { status: 'pending' })).body as Appointment & { id: string }
const until = ({ extension }: Appointment) => extension?.find(({ url }) => url === ours('held-until'))?.valueInstant
const status = async (path: string) => ((await c.server.get(path)).body as Slot | Appointment).status

test('a pending Appointment holds its Slot for ten minutes by the database’s clock', async () => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  const left = Date.parse(until(held)!) - Date.now()
  expect(left).toBeGreaterThan(9.8 * 60_000)
  expect(left).toBeLessThan(10.2 * 60_000)
  expect(await status(`Slot/${slot!.id}`)).toBe('busy-tentative')
  expect(times(await c.free(EAST))).not.toContain('09:00')
  expect((await c.server.get(`Slot?status=busy-tentative&${EAST}&start=${slot!.start}`)).body).toMatchObject({
    total: 1
  })
  expect(refusal(await c.book([slot!.id]))).toMatchObject({ status: 409, code: 'conflict' })
})

test('it becomes booked: the hold is gone, the Slot busy', async () => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  const booked = await c.server.put(`Appointment/${held.id}`, { ...held, status: 'booked' })
  expect(booked.status).toBe(200)
  expect(until(booked.body as Appointment)).toBeUndefined()
  await runOut(c)
  expect(await status(`Slot/${slot!.id}`)).toBe('busy')
  expect(await status(`Appointment/${held.id}`)).toBe('booked')
})

test('it runs out by itself: the Slot is free in reads and searches, the Appointment cancelled', async () => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  await runOut(c)
  expect(await c.free(EAST)).toContainEqual(slot)
  expect(await status(`Slot/${slot!.id}`)).toBe('free')
  expect((await c.server.get(`Appointment/${held.id}`)).body).toMatchObject({
    status: 'cancelled',
    cancelationReason: { coding: [{ code: 'hold-expired' }] }
  })
  expect((await c.server.get('Slot?status=busy-tentative')).body).toMatchObject({ total: 0 })
})

test.each(['/_history', ''])('its history%s says so, whoever looks there first', async path => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  await runOut(c)
  const { body } = await c.server.get(`Appointment${path === '' ? '' : `/${held.id}`}/_history`)
  expect((body as Bundle<Appointment>).entry![0]!.resource).toMatchObject({ id: held.id, status: 'cancelled' })
})

test('whoever books needs no reader before: a hold that ran out is none', async () => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  await runOut(c)
  expect((await c.book([slot!.id])).status).toBe(201)
  expect(await status(`Appointment/${held.id}`)).toBe('cancelled')
})

test('a hold that ran out is not booked any more, whether the Slot is free or not', async () => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  await runOut(c)
  const booked = () => c.server.put(`Appointment/${held.id}`, { ...held, status: 'booked' })
  expect(refusal(await booked())).toMatchObject({ status: 409, code: 'conflict' })
  expect(await status(`Slot/${slot!.id}`)).toBe('free')
  expect(refusal(await booked())).toMatchObject({ status: 422, code: 'business-rule' })
})

test('the client cannot lengthen it', async () => {
  const [slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  const extension = [{ url: ours('held-until'), valueInstant: '2030-01-01T00:00:00Z' }]
  const longer = await c.server.put(`Appointment/${held.id}`, { ...held, extension })
  expect(until(longer.body as Appointment)).toBe(until(held))
})

test('the tenant says how long: a hold of a second is over after that second', async () => {
  await c.server.sql(`update appointments set held_until = null; update slot_seats set held_until = null`)
  const [, , , slot] = await c.free(EAST)
  const held = await hold([slot!.id])
  await c.server.sql(`update slot_seats set held_until = now() + interval '300 ms' where appointment_id = $1`, [
    held.id
  ])
  await c.server.sql(`update appointments set held_until = now() + interval '300 ms' where id = $1`, [held.id])
  expect(await status(`Slot/${slot!.id}`)).toBe('busy-tentative')
  await sleep(350)
  expect(await status(`Slot/${slot!.id}`)).toBe('free')
})

test('with one seat of three held the Slot is free for two more, then tentative', async () => {
  const BEN = 'schedule=Schedule/ben-east'
  const [slot] = await c.free(BEN)
  await hold([slot!.id])
  expect((await c.book([slot!.id])).status).toBe(201)
  expect(await status(`Slot/${slot!.id}`)).toBe('free')
  expect((await c.book([slot!.id])).status).toBe(201)
  expect(await status(`Slot/${slot!.id}`)).toBe('busy-tentative')
  await runOut(c)
  expect(await status(`Slot/${slot!.id}`)).toBe('free')
  expect((await c.book([slot!.id])).status).toBe(201)
  expect(await status(`Slot/${slot!.id}`)).toBe('busy')
})
