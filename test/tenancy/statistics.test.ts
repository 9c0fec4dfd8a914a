/** Statistics of a tenant: what they count, held against the rows that they count. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { asUser, givePassword } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
}, 60_000)
afterAll(() => server?.close())

const stats = (user: TestServer, path: string) =>
  server.http.get(`/tenant/stats/${path}`).set('Authorization', `Bearer ${user.token}`)

test('practitioners by specialty, status and gender: of providers only', async () => {
  await server.sql(`update practitioners set status = 'on_leave' where tenant_id = 'demo' and id = 'dr-lee'`)
  await server.sql(`update practitioners set active = false where tenant_id = 'demo' and id = 'sam-taylor'`)
  const { body } = await stats(server, 'practitioners')
  // Ruth Miller of the office has an account, and is no provider.
  expect(body).toEqual({
    total: 5,
    by_status: [
      { key: 'active', count: 3 },
      { key: 'inactive', count: 1 },
      { key: 'on_leave', count: 1 }
    ],
    by_gender: [
      { key: 'female', count: 2 },
      { key: 'male', count: 2 },
      { key: null, count: 1 }
    ],
    by_specialty: [
      { key: null, display: null, count: 2 },
      { key: 'http://snomed.info/sct|394537008', display: 'Pediatric specialty', count: 1 },
      { key: 'http://snomed.info/sct|394582007', display: 'Dermatology', count: 1 },
      { key: 'http://snomed.info/sct|419772000', display: 'Family practice', count: 1 }
    ]
  })
  const au = await server.as('demo-au')
  expect((await stats(au, 'practitioners')).body).toMatchObject({ total: 1 })
})

test('appointments by practitioner, between two instants', async () => {
  await server.sql(`insert into appointments (tenant_id, id, status, start_at, end_at)
    values ('demo', 'a1', 'booked', '2026-03-02T10:00Z', '2026-03-02T10:30Z'), ('demo', 'a2', 'cancelled', '2026-03-03T10:00Z', '2026-03-03T10:30Z'),
      ('demo', 'a3', 'fulfilled', '2026-04-02T10:00Z', '2026-04-02T11:00Z'), ('demo-au', 'a1', 'booked', '2026-03-02T10:00Z', '2026-03-02T10:30Z')`)
  await server.sql(`insert into appointment_participants (tenant_id, appointment_id, position, actor_type, actor_id)
    values ('demo', 'a1', 0, 'Practitioner', 'dr-garcia'), ('demo', 'a1', 1, 'PractitionerRole', 'dr-garcia-main'),
      ('demo', 'a2', 0, 'PractitionerRole', 'dr-garcia-main'), ('demo', 'a3', 0, 'Practitioner', 'dr-okafor'), ('demo', 'a3', 1, 'Location', 'main')`)
  const busiest = async (query = '') =>
    ((await stats(server, `appointments${query}`)).body as { practitioners: Record<string, unknown>[] }).practitioners
  expect((await busiest()).slice(0, 3)).toEqual([
    {
      practitioner: { reference: 'Practitioner/dr-garcia' },
      name: 'Elena García, MD',
      total: 2,
      by_status: { booked: 1, cancelled: 1 },
      booked_minutes: 30
    },
    {
      practitioner: { reference: 'Practitioner/dr-okafor' },
      name: expect.stringContaining('Okafor'),
      total: 1,
      by_status: { fulfilled: 1 },
      booked_minutes: 60
    },
    expect.objectContaining({ total: 0, by_status: {}, booked_minutes: 0 })
  ])
  expect((await busiest('?from=2026-03-03&to=2026-04-01')).slice(0, 2)).toMatchObject([
    { total: 1, by_status: { cancelled: 1 }, booked_minutes: 0 },
    { total: 0 }
  ])
  for (const day of ['soon', '2026-02-30', '0000-01-01', '2026-13-01', '2026-02-30T10:00:00Z'])
    expect(refusal(await stats(server, `appointments?from=${day}`))).toMatchObject({ status: 400, expression: 'from' })
})

test('are for CLINIC_ADMIN', async () => {
  await givePassword(server, 'garcia', 'lee')
  expect((await stats(await asUser(server, 'elena.garcia@demo.example'), 'practitioners')).status).toBe(200)
  expect((await stats(await asUser(server, 'minh.lee@demo.example'), 'practitioners')).status).toBe(403)
  expect((await stats(server, 'patients')).status).toBe(404)
})
