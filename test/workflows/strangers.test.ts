/** What strangers sent when they tried to break the server: each found a fault once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CANONICAL } from '../../src/fhir/types.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser, NPI, userAccount } from '../support/account.js'
import { addUser, asUser } from '../support/login.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('more parameters than any search needs are refused', async () => {
  const { body } = await server.get(`Practitioner?${'name=a&'.repeat(60)}`).expect(400)
  expect(body.issue[0].code).toBe('too-costly')
})

test.each(['__proto__', 'hasOwnProperty', 'toString', 'constructor'])('%s is no search parameter', async name => {
  for (const type of ['Practitioner', 'Slot']) {
    const { body } = await server.get(`${type}?${name}=1&_count=1`).expect(200)
    const outcome = body.entry.at(-1).resource
    expect(outcome.issue[0].expression).toEqual([name])
    expect(body.link[0].url).not.toContain(name)
  }
})

test('U+0000 in a name is refused where one logs in or asks for a token', async () => {
  const login = await server.http.post('/auth/login').send({ username: 'a\0', password: 'x' })
  expect([login.status, login.text]).toEqual([400, expect.stringContaining('U+0000')])
  const token = () => server.http.post('/oauth/token').type('form')
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const assertion = {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${part({ alg: 'ES384' })}.${part({ iss: 'a\0', sub: 'a\0' })}.AA`
  }
  for (const asked of [
    token().send({ grant_type: 'client_credentials', client_id: 'a\0', client_secret: 'x' }),
    token().send({ grant_type: 'client_credentials' }).auth('a\0', 'x'),
    token().send({ grant_type: 'client_credentials', ...assertion })
  ]) {
    const { status, body } = await asked
    expect([status, body]).toEqual([400, { error: 'invalid_request', error_description: expect.any(String) }])
  }
})

test('half of a surrogate pair is refused', async () => {
  const { body } = await server.post('Organization', '{"resourceType":"Organization","name":"a\\ud800"}').expect(400)
  expect(body.issue[0].code).toBe('value')
  await server.post('Organization', '{"resourceType":"Organization","name":"a\\ud83d\\ude00"}').expect(201)
})

test.each(['hg-practitioner-password/', 'HG-PRACTITIONER-PASSWORD', 'practitioner-password'])(
  'a misspelt password extension (%s) is not stored',
  async name => {
    const role = clinicalUser(CROWD[0]!)
    const url = `https://www.healthgorilla.com/fhir/R4/StructureDefinition/${name}`
    role.contained[0].extension!.push({ url, valueString: 'hush-hush' })
    const { text } = await server.post('PractitionerRole', role).expect(422)
    expect(text).not.toContain('hush-hush')
  }
)

test('an absolute reference to this server is the relative one', async () => {
  const start = '2026-12-07T11:00:00-05:00'
  const schedule = { reference: `${BASE}/Schedule/dr-garcia-main` }
  const slot = { resourceType: 'Slot', status: 'busy', schedule, start, end: '2026-12-07T11:30:00-05:00' }
  const { body } = await server.post('Slot', slot).expect(201)
  expect(body.schedule.reference).toBe('Schedule/dr-garcia-main')
})

test('includes and chains show nothing that the token may not read', async () => {
  const narrow = await server.as('demo', 'system/PractitionerRole.rs')
  const { body } = await narrow.get('PractitionerRole?_include=PractitionerRole:practitioner').expect(200)
  const types = new Set(body.entry.map((entry: { resource: { resourceType: string } }) => entry.resource.resourceType))
  expect([...types]).toEqual(['PractitionerRole'])
  await narrow.get('PractitionerRole?practitioner.name=garcia').expect(403)
})

test('an account that adopts a practitioner keeps what both sides know', async () => {
  const person = CROWD[1]!
  const known = {
    resourceType: 'Practitioner',
    identifier: [{ system: NPI, value: person.npi }],
    name: [{ family: person.family, given: [person.given] }],
    birthDate: '1970-02-03'
  }
  const { body: before } = await server.post('Practitioner', known).expect(201)
  const { body: role } = await server.post('PractitionerRole', clinicalUser(person)).expect(201)
  expect(role.practitioner.reference).toBe(`Practitioner/${before.id}`)
  const { body: after } = await server.get(`Practitioner/${before.id}`).expect(200)
  const codes = after.identifier.map((each: { type?: { coding: { code: string }[] } }) => each.type?.coding[0]?.code)
  expect(after.birthDate).toBe('1970-02-03')
  expect(codes).toEqual([undefined, 'AN', 'PRN'])
  expect(after.telecom).toHaveLength(1)
  expect(after.name[0].family).toBe(person.family)
})

test('a changed active counts where the extension is as it was', async () => {
  const { body: role } = await server.get('PractitionerRole/dr-garcia-main').expect(200)
  const { body } = await server.put('PractitionerRole/dr-garcia-main', { ...role, active: false }).expect(200)
  expect(body.active).toBe(false)
  const slots = await server.get('Slot?schedule.actor=PractitionerRole/dr-garcia-main&status=free').expect(200)
  expect(slots.body.entry ?? []).toEqual([])
})

test('ADMIN and unknown access roles cannot be granted', async () => {
  const system = 'https://locum.example/fhir/CodeSystem'
  const wrong = [
    { system: `${system}/membership-role`, code: 'ADMIN' },
    { system: `${system}/access-role`, code: 'godmode' }
  ]
  for (const coding of wrong) {
    const role = { ...userAccount('stranger@clinic.example'), code: [{ coding: [coding] }] }
    await server.post('PractitionerRole', role).expect(422)
  }
})

test('a second NPI, somebody else’s, is refused at the creation and after it', async () => {
  const role = clinicalUser(CROWD[3]!)
  const other = { system: NPI, value: CROWD[4]!.npi }
  const { body: refused } = await server
    .post('PractitionerRole', {
      ...role,
      contained: [{ ...role.contained[0], identifier: [...role.contained[0].identifier!, other] }]
    })
    .expect(422)
  expect(refused.issue[0].expression).toEqual(['PractitionerRole.contained[0].identifier'])
  const { body: created } = await server.post('PractitionerRole', role).expect(201)
  const { body: person } = await server.get(created.practitioner.reference as string).expect(200)
  const two = { ...person, identifier: [...person.identifier, other] }
  await server.put(`Practitioner/${person.id}`, two).expect(422)
})

test('an account contains nothing but its Practitioner', async () => {
  const role = clinicalUser(CROWD[2]!)
  const [person] = role.contained
  person.qualification = [{ code: { text: 'MD' }, issuer: { reference: '#school' } }]
  const contained = [person, { resourceType: 'Organization', id: 'school', name: 'School' }]
  const { body } = await server.post('PractitionerRole', { ...role, contained }).expect(422)
  expect(body.issue[0].expression).toEqual(['PractitionerRole.contained'])
})

test('requests of a Bundle have the form of the standard', async () => {
  const request = { method: 'PUT', url: 'Organization/a', ifMatch: 5 }
  const entry = [{ resource: { resourceType: 'Organization', id: 'a', name: 'A' }, request }]
  const { body } = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(400)
  expect(body.issue[0].expression).toEqual(['Bundle.entry[0].request.ifMatch'])
})

test('an invitation that nobody accepted ends no session of the invited', async () => {
  await addUser(server, 'guest', 'demo')
  const guest = await asUser(server, 'guest')
  const there = await server.as('demo-es')
  const sent = userAccount('left.out@x.example')
  const identifier = [{ system: `${CANONICAL}/sid/user-id`, value: 'guest' }]
  sent.contained[0] = { resourceType: 'Practitioner', id: 'user', name: [{ text: 'A Guest' }], identifier }
  const { body } = await there.post('PractitionerRole', sent).expect(201)
  await there.post(`${body.practitioner.reference}/$disable`, '').expect(200)
  await guest.get('Location?_count=1').expect(200)
})
