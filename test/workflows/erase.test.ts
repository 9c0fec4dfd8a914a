/** P16: after $erase nothing in the database names the person; what they did stays. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Practitioner, PractitionerRole, Schedule } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { tablesWith } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const PERSON = CROWD[30]!
const TRACES = ['erase.me', 'Erasmus Q. Erasable', '+15185550177', '77 Forget Lane', 'LIC-77-ERASE']
const DIRECTORY = ['public.npi_directory', 'public.npi_practitioners']
let server: TestServer
let role: PractitionerRole
beforeAll(async () => {
  server = await testServer()
  const sent = clinicalUser(PERSON, { login: 'erase.me.login', email: 'erase.me@x.example' })
  sent.contained[0].telecom!.push({ system: 'phone', value: '+1 518 555 0177' })
  role = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
})
afterAll(() => server?.close())

const traces = async (): Promise<string[]> => {
  const found = await Promise.all(TRACES.map(text => tablesWith(server.sql, text)))
  const numbers = (await tablesWith(server.sql, PERSON.npi)).filter(table => !table.includes('npi_'))
  return [...new Set([...found.flat(), ...numbers])].sort()
}

test('the person leaves traces all over', async () => {
  const { reference } = role.practitioner!
  const before = (await server.get(reference!)).body as Practitioner
  const more = {
    telecom: [...before.telecom!, { system: 'phone', value: '+15185550177' }],
    address: [{ line: ['77 Forget Lane'], city: 'Albany' }],
    name: [...before.name!, { use: 'nickname', text: 'Erasmus Q. Erasable', family: 'Erasable' }],
    qualification: [{ code: { text: 'MD' }, identifier: [{ value: 'LIC-77-ERASE' }] }]
  }
  const changed = await server.put(reference!, { ...before, ...more })
  if (changed.status !== 200) throw new Error(changed.text)
  const display = 'Dr. Erasmus Q. Erasable'
  const schedule: Schedule = {
    resourceType: 'Schedule',
    active: true,
    actor: [
      { reference: reference!, display },
      { reference: `PractitionerRole/${role.id}`, display },
      { reference: 'Location/main', display: 'Main Street' }
    ]
  }
  const location = [{ reference: 'Location/main' }]
  await server
    .put(`PractitionerRole/${role.id}`, { ...role, location, practitioner: { reference, display } })
    .expect(200)
  const made = (await server.post('Schedule', schedule).expect(201)).body as Schedule
  expect((await traces()).length).toBeGreaterThan(8)
  // The name beside the reference goes, the one of the place stays.
  expect((await server.post(`${reference}/$erase`, '')).status).toBe(200)
  const { actor } = (await server.get(`Schedule/${made.id}`)).body as Schedule
  expect(actor.map(each => each.display)).toEqual([undefined, undefined, 'Main Street'])
})

test('nothing is left of them, in no table, and in no version', async () => {
  expect((await traces()).filter(table => !DIRECTORY.includes(table))).toEqual([])
  const names = (await tablesWith(server.sql, `${PERSON.given} ${PERSON.family}`)).filter(
    each => !DIRECTORY.includes(each)
  )
  expect(names).toEqual([])
  const { id, resourceType, meta, ...left } = (await server.get(role.practitioner!.reference!)).body as Practitioner
  expect({ id, resourceType, versionId: meta?.versionId }).toMatchObject({ id: expect.any(String) })
  expect(left).toEqual({
    active: false,
    identifier: [{ system: 'https://locum.example/fhir/sid/user-id', value: expect.any(String) }]
  })
})

test('ids, role and trail stay; the login has ended', async () => {
  const stored = (await server.get(`PractitionerRole/${role.id}`)).body as PractitionerRole
  expect(stored).toMatchObject({ active: false, practitioner: { reference: role.practitioner!.reference } })
  const actions = await server.sql<{ action: string }>(
    `select distinct action from audit_logs where entity_id = any($1) order by 1`,
    [[role.id, role.practitioner!.reference!.split('/')[1]]]
  )
  expect(actions.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['USER_CREATED', 'USER_DISABLED', 'USER_ERASED'])
  )
  const [user] = await server.sql(
    `select u.* from users u join memberships m on m.user_id = u.id join practitioner_roles r on r.membership_id = m.id
     where r.id = $1`,
    [role.id]
  )
  expect(user).toMatchObject({ username: null, email: null, phone_e164: null, disabled_at: expect.anything() })
})

test('a second time is 200 as well; strangers and the unknown are not told apart', async () => {
  expect((await server.post(`${role.practitioner!.reference}/$erase`, '')).status).toBe(200)
  for (const id of ['nobody', 'dr-nguyen'])
    expect(refusal(await server.post(`Practitioner/${id}/$erase`, ''))).toMatchObject({ status: 404 })
  const reader = await server.as('demo', 'system/*.cruds')
  expect(refusal(await reader.post('Practitioner/dr-lee/$erase', ''))).toMatchObject({ status: 403 })
})

test('who is a member elsewhere keeps the login there', async () => {
  const sent = clinicalUser(CROWD[31]!, { email: 'two.homes@x.example' })
  const first = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
  const person = (await server.get(first.practitioner!.reference!)).body as Practitioner
  const userId = person.identifier!.find(({ system }) => system?.endsWith('/sid/user-id'))!
  const there = clinicalUser(CROWD[31]!, { tenant: 'demo-north' })
  there.contained[0].identifier!.push(userId)
  delete there.contained[0].extension
  const second = await server.post('PractitionerRole', there)
  expect([second.status, (second.body as PractitionerRole).active]).toEqual([201, true])
  expect((await server.post(`${first.practitioner!.reference}/$erase`, '')).status).toBe(200)
  const [user] = await server.sql(`select disabled_at, email from users where id = $1`, [userId.value])
  expect(user).toEqual({ disabled_at: null, email: 'two.homes@x.example' })
  const north = await server.as('demo-north')
  expect((await north.get((second.body as PractitionerRole).practitioner!.reference!)).body).toMatchObject({
    telecom: [{ value: expect.any(String) }]
  })
})
