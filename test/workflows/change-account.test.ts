/** P9, P12, P13: what PUT may change on an account role and on its Practitioner, and what DELETE ends. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser, userAccount } from '../support/account.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let role: PractitionerRole
let practitioner: Practitioner

beforeAll(async () => {
  server = await testServer()
  role = (await server.post('PractitionerRole', clinicalUser(CROWD[0]!, { tags: ['VERIFIED'] })).expect(201)).body
  practitioner = (await server.get(role.practitioner!.reference!).expect(200)).body
})
afterAll(() => server.close())

const putRole = (change: object) => server.put(`PractitionerRole/${role.id}`, { ...role, ...change })
const putPractitioner = (change: object) =>
  server.put(`Practitioner/${practitioner.id}`, { ...practitioner, ...change })
const told = (body: { issue: { details: { text: string }; expression?: string[] }[] }) => body.issue[0]!

const status = (code: string) => ({
  url: 'https://locum.example/fhir/StructureDefinition/membership-status',
  valueCode: code
})
const provider = (value: boolean) => ({
  url: 'https://locum.example/fhir/StructureDefinition/is-provider',
  valueBoolean: value
})
const membership = () =>
  server.sql<{ status: string; is_provider: boolean; disabled_at: string | null }>(
    `select m.status, m.is_provider, m.disabled_at from memberships m join practitioner_roles r on r.membership_id = m.id where r.id = $1`,
    [role.id]
  )

test.each<[string, object, string]>([
  ['another practitioner', { practitioner: { reference: 'Practitioner/dr-garcia' } }, 'PractitionerRole.practitioner'],
  ['another tenant', { organization: { reference: 'Organization/t-demo-north' } }, 'PractitionerRole.organization'],
  ['without the profile', { meta: undefined }, 'PractitionerRole.meta.profile']
])('%s is refused', async (_what, change, place) => {
  const { body } = await putRole(change).expect(422)
  expect(told(body).expression).toEqual([place])
})

test('STAFF and CLINIC_ADMIN, or STAFF and the security role administrator, are refused: a membership has one role', async () => {
  const system = 'https://locum.example/fhir/CodeSystem/membership-role'
  const both = ['STAFF', 'CLINIC_ADMIN'].map(code => ({ coding: [{ system, code }] }))
  const administrator = {
    url: 'https://www.healthgorilla.com/fhir/R4/StructureDefinition/practitionalrole-security-role',
    valueCodeableConcept: { coding: [{ system: 'https://www.healthgorilla.com/security-role', code: 'administrator' }] }
  }
  const wrong = [
    { code: [...role.code!, ...both] },
    { code: [...role.code!, both[0]], extension: [...role.extension!, administrator] }
  ]
  for (const change of wrong) {
    const { body } = await putRole(change).expect(422)
    expect(told(body).expression).toEqual(['PractitionerRole.code'])
    expect(told(body).details.text).toContain('one role')
  }
  await putRole({ code: [...role.code!, both[1]], extension: [...role.extension!, administrator] }).expect(200)
  expect(
    await server.sql(
      `select membership_role from memberships m join practitioner_roles r on r.membership_id = m.id where r.id = $1`,
      [role.id]
    )
  ).toEqual([{ membership_role: 'CLINIC_ADMIN' }])
  await putRole({}).expect(200)
})

test('its own tenant is named later on: that is no change', async () => {
  const organization = { reference: 'Organization/t-demo' }
  expect((await putRole({ organization }).expect(200)).body.organization).toEqual(organization)
  const { body } = await putRole({}).expect(422)
  expect(told(body).expression).toEqual(['PractitionerRole.organization'])
  role = { ...role, organization }
})

test('the login has the e-mail and phone that are in use', async () => {
  const sent = userAccount('old@x.example')
  sent.contained[0].telecom = [
    { system: 'email', value: 'old@x.example', use: 'old', rank: 1 },
    { system: 'email', value: 'over@x.example', rank: 1, period: { end: '2020-05' } },
    { system: 'email', value: 'later@x.example', rank: 1, period: { start: '2999' } },
    { system: 'phone', value: '+1 518 555 0101', use: 'old' },
    { system: 'email', value: 'now@x.example', rank: 9, period: { start: '2020', end: '2999-01-01' } }
  ]
  await server.post('PractitionerRole', sent).expect(201)
  expect(await server.sql(`select username, phone_e164 from users where email = 'now@x.example'`)).toEqual([
    { username: 'now@x.example', phone_e164: null }
  ])
  sent.contained[0].telecom.pop()
  const { body } = await server.post('PractitionerRole', sent).expect(422)
  expect(told(body).details.text).toContain('in use')
})

test('suspending by the extension or by active, and approving again', async () => {
  const suspended = await putRole({ extension: [status('suspended'), provider(true)] }).expect(200)
  expect(suspended.body.active).toBe(false)
  expect(await membership()).toMatchObject([{ status: 'suspended' }])
  const approved = await putRole({ active: true, extension: [provider(true)] }).expect(200)
  expect(approved.body.extension).toContainEqual(status('approved'))
  expect(await membership()).toMatchObject([{ status: 'approved', is_provider: true }])
})

test('taking the provider flag back', async () => {
  await putRole({ extension: [status('approved'), provider(false)] }).expect(200)
  expect(await membership()).toMatchObject([{ is_provider: false }])
  await putRole({ extension: [status('approved')] }).expect(200)
  expect(await membership()).toMatchObject([{ is_provider: true }])
})

test('the tag NO_SUBSCRIPTIONS turns notifications off, its absence on', async () => {
  const notifications = () =>
    server.sql(
      `select u.notifications from users u join memberships m on m.user_id = u.id
       join practitioner_roles r on r.membership_id = m.id where r.id = $1`,
      [role.id]
    )
  const tag = [{ system: 'https://www.healthgorilla.com', code: 'NO_SUBSCRIPTIONS' }]
  await putRole({ meta: { ...role.meta, tag } }).expect(200)
  expect(await notifications()).toEqual([{ notifications: false }])
  await putRole({ meta: { ...role.meta, tag: undefined } }).expect(200)
  expect(await notifications()).toEqual([{ notifications: true }])
})

test('a clinical user stays the person of the directory', async () => {
  const name = [{ use: 'official', family: 'Else', given: ['Somebody'] }]
  const renamed = await putPractitioner({ name }).expect(422)
  expect(told(renamed.body)).toMatchObject({ expression: ['Practitioner.name'] })
  expect(told(renamed.body).details.text).toContain(CROWD[0]!.family)
  const unnumbered = (practitioner.identifier ?? []).filter(each => each.system !== 'http://hl7.org/fhir/sid/us-npi')
  const bare = { ...practitioner, meta: undefined, identifier: unnumbered }
  const { body } = await server.put(`Practitioner/${practitioner.id}`, bare).expect(422)
  expect(told(body).expression).toEqual(['Practitioner.identifier'])
  await putPractitioner({ gender: 'female' }).expect(200)
})

test('a non-clinical user becomes clinical with an NPI of the directory alone', async () => {
  const nonClinical = clinicalUser(CROWD[1]!, { tags: ['VERIFIED'] })
  const [administrative, clinical] = nonClinical.code![0]!.coding!
  nonClinical.code = [{ coding: [{ ...administrative!, code: 'officeManager', display: 'Office Manager' }] }]
  const [person] = nonClinical.contained
  delete person.identifier
  delete person.meta
  const { body: created } = await server.post('PractitionerRole', nonClinical).expect(201)
  const code = [{ coding: [administrative, clinical] }]
  const { body } = await server.put(`PractitionerRole/${created.id}`, { ...created, code }).expect(422)
  expect(told(body).expression).toEqual(['PractitionerRole.code'])
  const { body: own } = await server.get(created.practitioner.reference as string).expect(200)
  const identifier = [{ system: 'http://hl7.org/fhir/sid/us-npi', value: CROWD[1]!.npi }]
  await server.put(`Practitioner/${own.id}`, { ...own, identifier }).expect(200)
  await server.put(`PractitionerRole/${created.id}`, { ...created, code }).expect(200)
})

test('DELETE ends the membership; its NPI, login and e-mail can have a new account', async () => {
  await server.delete(`PractitionerRole/${role.id}`).expect(204)
  expect((await membership())[0]!.disabled_at).not.toBeNull()
  await server.get(`PractitionerRole/${role.id}`).expect(410)
  await server.delete(`PractitionerRole/${role.id}`).expect(204)
  const { body } = await server.post('PractitionerRole', clinicalUser(CROWD[0]!)).expect(201)
  expect(body.practitioner.reference).toBe(`Practitioner/${practitioner.id}`)
  const { body: same } = await server.get(body.practitioner.reference as string).expect(200)
  const ids = (same as Practitioner).identifier!.filter(({ system }) => system?.endsWith('/sid/user-id'))
  expect(ids).toHaveLength(1)
  expect(ids).not.toEqual(practitioner.identifier!.filter(({ system }) => system?.endsWith('/sid/user-id')))
})
