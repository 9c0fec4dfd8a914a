/** S4: a role with hours at one Location can be booked at once: it has exactly one Schedule, its own or the one made for it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const role = {
  resourceType: 'PractitionerRole',
  active: true,
  practitioner: { reference: 'Practitioner/dr-garcia' },
  location: [{ reference: 'Location/main' }],
  availableTime: [{ daysOfWeek: ['mon'], availableStartTime: '18:00:00', availableEndTime: '20:00:00' }]
}
const on = (day: string) => ({ ...role, availableTime: [{ ...role.availableTime[0], daysOfWeek: [day] }] })
const schedulesOf = async (id: string): Promise<number> => {
  const { body } = await server.get(`Schedule?actor=PractitionerRole/${id}&_total=accurate`)
  return body.total as number
}

test('a role with hours and one Location gets a Schedule that lists role, practitioner and Location', async () => {
  const created = await server.post('PractitionerRole', role).expect(201)
  const { body } = await server.get(`Schedule?actor=PractitionerRole/${created.body.id}`).expect(200)
  const actors = body.entry[0].resource.actor.map((actor: { reference: string }) => actor.reference)
  expect(body.total).toBe(1)
  expect(actors).toEqual([`PractitionerRole/${created.body.id}`, 'Practitioner/dr-garcia', 'Location/main'])
  const slots = await server.get(`Slot?schedule.actor=PractitionerRole/${created.body.id}&_count=1`).expect(200)
  expect(slots.body.entry).toHaveLength(1)
})

test('a change of the role makes no second one', async () => {
  const { body } = await server.post('PractitionerRole', on('tue')).expect(201)
  await server.put(`PractitionerRole/${body.id}`, { ...on('wed'), id: body.id }).expect(200)
  expect(await schedulesOf(body.id as string)).toBe(1)
})

test('none is made for a role whose Schedule comes in the same transaction', async () => {
  const entry = (fullUrl: string, resource: { resourceType: string }) => ({
    fullUrl,
    resource,
    request: { method: 'POST', url: resource.resourceType }
  })
  const urn = 'urn:uuid:4f7a2c52-0c38-4a58-9a1e-0a37c9d0a0f1'
  const schedule = { resourceType: 'Schedule', actor: [{ reference: urn }, { reference: 'Location/main' }] }
  const { body } = await server
    .post('', {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [entry(urn, role), entry('urn:uuid:4f7a2c52-0c38-4a58-9a1e-0a37c9d0a0f2', schedule)]
    })
    .expect(200)
  expect(await schedulesOf(body.entry[0].resource.id as string)).toBe(1)
})

test.each([
  ['no hours', { availableTime: undefined }],
  ['no Location', { location: undefined }],
  ['two Locations', { location: [{ reference: 'Location/main' }, { reference: 'Location/harbor' }] }],
  ['inactive', { active: false }]
])('none is made: %s', async (_why, change) => {
  const { body } = await server.post('PractitionerRole', { ...role, ...change }).expect(201)
  expect(await schedulesOf(body.id as string)).toBe(0)
})

test('none is made where the practitioner works already at that time: a warning says where', async () => {
  const { body } = await server
    .post('PractitionerRole', { ...role, availableTime: [{ allDay: true }] }, { Prefer: 'return=OperationOutcome' })
    .expect(201)
  expect(JSON.stringify(body)).toMatch(/No Schedule was made.*Schedule\/[-.\w]+ of the same practitioner/)
})

test('none is made for a member who is no provider', async () => {
  const office = { ...role, practitioner: { reference: 'Practitioner/ruth-miller' } }
  const { body } = await server.post('PractitionerRole', office).expect(201)
  expect(await schedulesOf(body.id as string)).toBe(0)
})

test('it ends with its role; one that was made or taken over by hand keeps its role', async () => {
  const { body } = await server.post('PractitionerRole', on('thu')).expect(201)
  const { body: kept } = await server.post('PractitionerRole', on('fri')).expect(201)
  const { body: found } = await server.get(`Schedule?actor=PractitionerRole/${kept.id}`).expect(200)
  const { meta: _, ...mine } = found.entry[0].resource as { id: string; meta: object }
  await server.put(`Schedule/${mine.id}`, mine).expect(200)
  await server.delete(`PractitionerRole/${body.id}`).expect(204)
  const { body: refused } = await server.delete(`PractitionerRole/${kept.id}`).expect(409)
  expect(JSON.stringify(refused)).toContain(`Schedule/${mine.id}`)
  expect([await schedulesOf(body.id as string), await schedulesOf(kept.id as string)]).toEqual([0, 1])
})
