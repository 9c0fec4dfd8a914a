/** P16: after $erase nothing in the database names the person; what they did stays. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Practitioner, PractitionerRole, Schedule } from 'fhir/r4.js'
import { CROWD, PERSONS } from '../../seeds/demo/directory.js'
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

describe('free text that names the person', () => {
  const JOE = PERSONS.gorilla
  const said = 'Ask joe  GORILLA, Dr. Gorilla, or +1 (518) 555-0188; not Gorillas or Dr. Lee'
  const left = 'Ask [erased], [erased], or [erased]; not Gorillas or Dr. Lee'
  let first: PractitionerRole
  let at: { service: string; location: string; schedule: string }
  beforeAll(async () => {
    const sent = clinicalUser(JOE, { login: 'joe.erasable', email: 'joe.erasable@x.example' })
    sent.contained[0].telecom!.push({ system: 'phone', value: '+1 (518) 555-0188' })
    first = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
    const post = async (type: string, more: object): Promise<string> => {
      const { body } = await server.post(type, { resourceType: type, ...more })
      if (!body.id) throw new Error(JSON.stringify(body))
      return `${type}/${body.id}`
    }
    at = {
      service: await post('HealthcareService', {
        name: 'Walk-in',
        comment: said,
        extraDetails: said,
        telecom: [{ system: 'email', value: 'joe.erasable@x.example' }]
      }),
      location: await post('Location', { name: 'Wing of Joe Gorilla', description: said }),
      schedule: await post('Schedule', { actor: [{ reference: 'Location/main' }], comment: said })
    }
    await server
      .put(at.schedule, { ...(await server.get(at.schedule)).body, comment: 'Nobody is named here' })
      .expect(200)
    await server.sql(
      `insert into outbox (tenant_id, id, kind, payload, error)
       values ('demo', 'failed', 'invitation', '{}', '550 no such user <joe.erasable@x.example>')`
    )
  })

  test('says [erased] in their place, in no version else, and leaves what others are called', async () => {
    const namesake = { resourceType: 'Practitioner', name: [{ family: 'Gorillason', given: ['Joe'] }] }
    const other = (await server.post('Practitioner', namesake).expect(201)).body as Practitioner
    expect((await server.post(`${first.practitioner!.reference}/$erase`, '')).status).toBe(200)
    const { body: service } = await server.get(at.service)
    expect(service).toMatchObject({ comment: left, extraDetails: left, telecom: [{ value: '[erased]' }] })
    expect((await server.get(at.location)).body).toMatchObject({ name: 'Wing of [erased]', description: left })
    expect((await server.get(`Practitioner/${other.id}`)).body).toMatchObject({ name: namesake.name })
    for (const text of ['Joe Gorilla', 'joe  GORILLA', 'Dr. Gorilla,', 'joe.erasable', '555-0188', '5550188'])
      expect((await tablesWith(server.sql, text)).filter(each => !DIRECTORY.includes(each))).toEqual([])
  })

  test('a name that somebody else of the tenant has stays in texts', async () => {
    const named = (text: string) => ({ resourceType: 'Location', name: text })
    const person = { resourceType: 'Practitioner', name: [{ family: 'Twinning', given: ['Ada', 'Grace'] }] }
    const [one, two] = [
      await server.post('Practitioner', person),
      await server.post('Practitioner', { ...person, name: [{ family: 'Twinning', given: ['Ada'] }] })
    ]
    const room = (await server.post('Location', named('Dr. Twinning; Ada Twinning; Ada Grace Twinning'))).body as {
      id: string
    }
    const name = async () => ((await server.get(`Location/${room.id}`)).body as { name: string }).name
    expect((await server.post(`Practitioner/${(one.body as Practitioner).id}/$erase`, '')).status).toBe(200)
    expect(await name()).toBe('Dr. Twinning; Ada Twinning; [erased]')
    expect((await server.post(`Practitioner/${(two.body as Practitioner).id}/$erase`, '')).status).toBe(200)
    expect(await name()).toBe('[erased]; [erased]; [erased]')
  })

  test('an account that they had before is erased as well, with its login', async () => {
    const sent = clinicalUser(CROWD[33]!, { login: 'first.life', email: 'first.life@x.example' })
    const past = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
    await server.delete(`PractitionerRole/${past.id}`).expect(204)
    const again = clinicalUser(CROWD[33]!, { login: 'second.life', email: 'second.life@x.example' })
    const now = (await server.post('PractitionerRole', again).expect(201)).body as PractitionerRole
    expect(now.practitioner!.reference).toBe(past.practitioner!.reference)
    expect((await server.post(`${now.practitioner!.reference}/$erase`, '')).status).toBe(200)
    const { given, family } = CROWD[33]!
    for (const text of ['first.life', 'second.life', `${given} ${family}`])
      expect((await tablesWith(server.sql, text)).filter(each => !DIRECTORY.includes(each))).toEqual([])
  })
})
