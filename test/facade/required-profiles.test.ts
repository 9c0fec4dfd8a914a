/** A tenant's configuration requires profiles: what is written must meet one of those of its type. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { userAccount } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { counts, grown } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'
const UNKNOWN = 'http://example.org/nobody-knows'
const named = { resourceType: 'Practitioner', name: [{ family: 'Reed' }] }
const whole = { ...named, identifier: [{ system: 'urn:example:staff', value: '7' }] }

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const require = (profiles: object, more: object = {}) =>
  server.http
    .put('/tenant/config/validation')
    .set('Authorization', `Bearer ${server.token}`)
    .send({ profiles, ...more })
    .expect(200)
const count = async () => (await server.sql(`select from practitioners where tenant_id = 'demo'`)).length

test('one required profile is checked as if it were claimed, with rule and place, and nothing is written', async () => {
  await server.post('Practitioner', named).expect(201)
  await require({ Practitioner: [US_CORE] })
  const before = await count()
  const answer = await server.post('Practitioner', named)
  expect(refusal(answer)).toMatchObject({ status: 422, expression: 'Practitioner.identifier' })
  expect(answer.text).toContain('identifier')
  expect(answer.body.issue[0].details.coding[0].code).toEqual(expect.any(String))
  expect((await server.post('Practitioner/$validate', named)).body.issue[0].severity).toBe('error')
  expect(await count()).toBe(before)
  const { body } = await server.post('Practitioner', whole).expect(201)
  await server.patch(`Practitioner/${body.id}`, [{ op: 'remove', path: '/identifier' }]).expect(422)
  await server.post('Location', { resourceType: 'Location', name: 'Elsewhere' }).expect(201)
})

test('of several one will do, claimed or not', async () => {
  await require({ Practitioner: [UNKNOWN, US_CORE] })
  await server.post('Practitioner', whole).expect(201)
  await server.post('Practitioner', { ...whole, meta: { profile: [US_CORE] } }).expect(201)
  const claiming = { ...named, meta: { profile: [UNKNOWN] } }
  expect(refusal(await server.post('Practitioner', claiming))).toMatchObject({ status: 422 })
  await server.post('Practitioner', { ...whole, meta: { profile: [UNKNOWN] } }).expect(201)
  const { text, expression, status } = refusal(await server.post('Practitioner', named))
  expect([status, expression]).toEqual([422, 'Practitioner'])
  expect(text).toContain(US_CORE)
  const entry = [{ resource: named, request: { method: 'POST', url: 'Practitioner' } }]
  const bundle = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(refusal(bundle)).toMatchObject({ status: 422, expression: 'Bundle.entry[0].resource' })
})

test('the Practitioner that an account contains is held to it, in a Bundle too', async () => {
  await require({ Practitioner: [US_CORE] })
  const made = (family?: string) => {
    const sent = userAccount('required@x.example')
    if (family) sent.contained[0].name = [{ family }]
    return sent
  }
  const before = await counts(server.sql)
  const place = 'PractitionerRole.contained[0].name[0].family'
  expect(refusal(await server.post('PractitionerRole', made()))).toMatchObject({ status: 422, expression: place })
  const entry = [{ resource: made(), request: { method: 'POST', url: 'PractitionerRole' } }]
  const bundle = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })
  const inBundle = 'Bundle.entry[0].resource.contained[0].name[0].family'
  expect(refusal(bundle)).toMatchObject({ status: 422, expression: inBundle })
  expect(grown(before, await counts(server.sql))).toEqual({})
  await server.post('PractitionerRole', made('Reed')).expect(201)
  await require({})
})

test('a required profile that nobody knows lets nothing through; a claimed one goes by unknown_profile', async () => {
  const claiming = { ...whole, meta: { profile: [UNKNOWN] } }
  await require({ Practitioner: [UNKNOWN] })
  expect(refusal(await server.post('Practitioner', whole)).text).toContain('not known here')
  await require({}, { unknown_profile: 'error' })
  expect(refusal(await server.post('Practitioner', claiming))).toMatchObject({
    status: 422,
    expression: 'Practitioner.meta.profile[0]'
  })
  await require({})
  await server.post('Practitioner', claiming).expect(201)
})
