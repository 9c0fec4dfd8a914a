/** Bookings among the entries of a transaction, and criteria that ask for free Slots. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { clinic, runOut, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => (c = await clinic()), 60_000)
afterAll(() => c?.close())

const appointment = (slot: string, status = 'booked') => ({
  resourceType: 'Appointment',
  status,
  slot: [{ reference: `Slot/${slot}` }],
  participant: [{ actor: { display: 'M. Rossi' }, status: 'accepted' }]
})
const post = (resource: { resourceType: string }) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType }
})
const put = (resource: { resourceType: string; id: string }) => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` }
})
const send = (...entry: object[]) => c.server.post('', { resourceType: 'Bundle', type: 'transaction', entry })

test('of two that take one Slot the second is named, and neither is booked', async () => {
  const [slot] = await c.free('schedule=Schedule/ann-east')
  const before = await contents(c.server.sql)
  const location = post({ resourceType: 'Location', name: 'Beside' } as never)
  const answer = await send(location, post(appointment(slot!.id!)), post(appointment(slot!.id!)))
  expect(refusal(answer)).toMatchObject({
    status: 409,
    code: 'conflict',
    expression: expect.stringMatching(/^Bundle\.entry\[2\]\.resource\b/)
  })
  expect(await contents(c.server.sql)).toEqual(before)
})

test('a Slot that is not offered is told at its entry', async () => {
  const [slot, other] = await c.free('schedule=Schedule/ann-east')
  const odd = other!.id!.replace(/\.30$/, '.7')
  expect(refusal(await send(post(appointment(slot!.id!)), post(appointment(odd))))).toMatchObject({
    status: 422,
    expression: 'Bundle.entry[1].resource.slot'
  })
})

test('a hold that ran out is told at its entry', async () => {
  const [slot, other] = await c.free('schedule=Schedule/ann-east')
  const held = (await c.server.post('Appointment', appointment(slot!.id!, 'pending')).expect(201)).body
  await runOut(c)
  await c.server.sql(`update appointments set status = 'pending' where id = $1`, [held.id])
  const confirmed = put({ ...held, status: 'booked' })
  const refused = refusal(await send(post(appointment(other!.id!)), confirmed))
  expect(refused.status).toBe(409)
  expect(refused.expression).toMatch(/^Bundle\.entry\[1\]\.resource\b/)
})

const EAST = { resourceType: 'Schedule', actor: [{ reference: 'PractitionerRole/ann-east' }] }
const FREE = 'actor=PractitionerRole/ann-east&_has:Slot:schedule:status=free'
const NAME = [{ op: 'add', path: '/comment', value: 'x' }]
test.each<[string, () => Promise<Parameters<typeof refusal>[0]>]>([
  ['update', async () => c.server.put(`Schedule?${FREE}`, EAST)],
  ['create', async () => c.server.post('Schedule', EAST, { 'If-None-Exist': FREE })],
  ['patch', async () => c.server.patch(`Schedule?${FREE}`, NAME)],
  ['delete', async () => c.server.delete(`Schedule?${FREE}`)],
  [
    'reference',
    async () =>
      c.server.post('Schedule', {
        ...EAST,
        actor: [{ reference: 'Location?_has:Schedule:actor:_has:Slot:schedule:status=free' }]
      })
  ]
])('%s by criteria that only free Slots can meet is refused, as they would match nothing', async (_what, ask) => {
  const before = await contents(c.server.sql)
  expect(refusal(await ask())).toMatchObject({
    status: 400,
    code: 'not-supported',
    text: expect.stringContaining('free Slots')
  })
  expect(await contents(c.server.sql)).toEqual(before)
})
