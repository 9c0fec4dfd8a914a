/** The audit trail as AuditEvents: what is in it, who may read it, and that nobody changes it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { AuditEvent, Bundle } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser, NPI } from '../support/account.js'
import { asUser, givePassword, postLogin } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

const GARCIA = 'elena.garcia@demo.example'
const PASSWORD = 'sEcret-of-the-new-user'
const USER_ID = 'https://locum.example/fhir/sid/user-id'
const person = CROWD[0]!
let server: TestServer
let garcia: TestServer
let role: string

beforeAll(async () => {
  server = await testServer()
  await givePassword(server, 'garcia', 'lee')
  garcia = await asUser(server, GARCIA)
  await postLogin(server, GARCIA, 'wrong')
  const account = clinicalUser(person, { login: 'new.login', password: PASSWORD, email: 'new.user@clinic.example' })
  const created = await garcia.post('PractitionerRole', account)
  if (created.status !== 201) throw new Error(created.text)
  role = (created.body as { id: string }).id
  expect(
    (await garcia.post('PractitionerRole', clinicalUser(CROWD[1]!, { login: 'x', email: 'new.user@clinic.example' })))
      .status
  ).toBe(409)
  const lee = await asUser(server, 'minh.lee@demo.example')
  await lee.delete('Location/main')
  const entry = [{ request: { method: 'DELETE', url: 'Location/harbor' } }]
  await lee.post('', { resourceType: 'Bundle', type: 'batch', entry })
  await lee.get('Location', { 'X-Tenant': 't-demo-es' })
  await until(async () => (await found('subtype=ACCESS_DENIED')).length === 3)
  await until(async () => (await found('subtype=LOGIN_FAILED')).length === 1)
}, 60_000)
afterAll(() => server?.close())

async function found(query: string, as = garcia): Promise<AuditEvent[]> {
  const answer = await as.get(`AuditEvent?${query}&_count=200`, { Prefer: 'handling=strict' })
  if (answer.status !== 200) throw new Error(answer.text)
  const { entry = [] } = answer.body as Bundle<AuditEvent>
  return entry.flatMap(({ resource, search }) => (search?.mode === 'match' ? [resource!] : []))
}
const actions = async (query: string) => (await found(query)).map(({ subtype }) => subtype![0]!.code).sort()

async function until(good: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100 && !(await good()); tries++) await new Promise(done => setTimeout(done, 20))
}

test('an entry says who did what, with ids, and names of now', async () => {
  const [event] = await found(`subtype=USER_CREATED&entity=PractitionerRole/${role}`)
  expect(event).toEqual({
    resourceType: 'AuditEvent',
    id: expect.any(String),
    meta: expect.anything(),
    type: expect.objectContaining({ code: 'rest' }),
    subtype: [{ system: 'https://locum.example/fhir/CodeSystem/audit-action', code: 'USER_CREATED' }],
    action: 'C',
    recorded: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    outcome: '0',
    agent: [
      {
        who: {
          reference: 'Practitioner/dr-garcia',
          identifier: { system: USER_ID, value: 'garcia' },
          display: 'Elena García, MD'
        },
        name: 'Elena García, MD',
        requestor: true
      }
    ],
    source: { observer: { display: 'Locum' } },
    entity: [
      {
        what: { reference: `PractitionerRole/${role}`, type: 'PractitionerRole' },
        detail: expect.arrayContaining([{ type: 'is_provider', valueString: 'true' }])
      }
    ]
  })
  expect((await garcia.get(`AuditEvent/${event!.id}`)).body).toEqual(event)
  expect((await server.post('AuditEvent/$validate', event!)).body).not.toMatchObject({
    issue: [{ severity: 'error' }]
  })
  await server.sql(`update membership_profiles set full_name = 'Elena Garcia-Ruiz' where membership_id = 'garcia'`)
  const [later] = await found(`_id=${event!.id}`)
  expect(later!.agent[0]!.name).toBe('Elena Garcia-Ruiz')
})

describe('it is found by', () => {
  test.each([
    ['subtype=LOGIN', ['LOGIN', 'LOGIN']],
    ['subtype=LOGIN_FAILED', ['LOGIN_FAILED']],
    ['outcome=4', ['ACCESS_DENIED', 'ACCESS_DENIED', 'ACCESS_DENIED', 'DUPLICATE_REFUSED', 'LOGIN_FAILED']],
    ['outcome=4&entity-type=Location', ['ACCESS_DENIED', 'ACCESS_DENIED', 'ACCESS_DENIED']],
    ['entity=Location/harbor', ['ACCESS_DENIED']],
    ['action=C', ['USER_CREATED']],
    ['type=110114&outcome=0', ['LOGIN', 'LOGIN']],
    ['date=lt2020-01-01', []],
    [`agent:identifier=${USER_ID}|garcia&outcome=4`, ['DUPLICATE_REFUSED', 'LOGIN_FAILED']],
    ['agent=garcia&outcome=4', ['DUPLICATE_REFUSED', 'LOGIN_FAILED']],
    ['agent=nobody,demo', []],
    ['agent=Practitioner/garcia', []],
    ['agent=Practitioner/dr-lee&outcome=4', ['ACCESS_DENIED', 'ACCESS_DENIED', 'ACCESS_DENIED']],
    ['agent.family=Lee&outcome=4', ['ACCESS_DENIED', 'ACCESS_DENIED', 'ACCESS_DENIED']]
  ])('%s', async (query, expected) => {
    expect(await actions(query)).toEqual(expected)
  })

  test('date, newest first, page by page', async () => {
    const all = await found('_sort=-date&date=ge2020-01-01')
    const times = all.map(({ recorded }) => recorded)
    expect(times).toEqual([...times].sort().reverse())
    expect(all.length).toBeGreaterThan(6)
    const first = (await garcia.get('AuditEvent?_sort=-date&_count=4')).body as Bundle
    const next = first.link!.find(({ relation }) => relation === 'next')!.url.split('/fhir/R4/')[1]!
    const second = (await garcia.get(next)).body as Bundle
    const ids = [...first.entry!, ...second.entry!].map(({ resource }) => resource!.id)
    expect(ids).toEqual(
      all
        .slice(0, 8)
        .map(({ id }) => id)
        .slice(0, ids.length)
    )
  })

  test('the names of its agents by _include', async () => {
    const answer = await garcia.get('AuditEvent?subtype=USER_CREATED&_include=AuditEvent:agent')
    const { entry } = answer.body as Bundle
    expect(entry!.map(({ resource }) => resource!.resourceType)).toEqual(['AuditEvent', 'Practitioner'])
  })
})

describe('who may', () => {
  test('STAFF may not read it, directly or around a corner', async () => {
    const lee = await asUser(server, 'minh.lee@demo.example')
    for (const path of ['AuditEvent', `AuditEvent?_id=x`, 'Practitioner?_has:AuditEvent:agent:outcome=4'])
      expect(refusal(await lee.get(path))).toMatchObject({ status: 403 })
    const around = (await lee.get('Practitioner?_id=dr-garcia&_revinclude=AuditEvent:agent')).body as Bundle
    expect(around.entry!.map(({ resource }) => resource!.resourceType)).toEqual(['Practitioner'])
  })

  test('another tenant finds nothing of it', async () => {
    const other = await server.as('demo-au')
    const [event] = await found('subtype=USER_CREATED')
    expect((await other.get(`AuditEvent/${event!.id}`)).status).toBe(404)
    expect(await found(`_id=${event!.id}`, other)).toEqual([])
    expect(await found(`entity=PractitionerRole/${role}`, other)).toEqual([])
  })

  test('nobody writes it', async () => {
    const [event] = await found('subtype=USER_CREATED')
    for (const answer of [
      await server.post('AuditEvent', event!),
      await server.put(`AuditEvent/${event!.id}`, event!),
      await server.delete(`AuditEvent/${event!.id}`)
    ])
      expect(refusal(answer)).toMatchObject({ status: 405 })
  })
})

test('no secret and no more of a person than ids are in it', async () => {
  const rows = JSON.stringify(await server.sql('select * from audit_logs'))
  for (const text of [PASSWORD, 'new.login', 'new.user@', person.family, person.npi, GARCIA, NPI, 'argon2'])
    expect(rows).not.toContain(text)
})
