/** "Create a Clinical User" for another tenant, in a transaction, and for who is a practitioner already. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD, PERSONS } from '../../seeds/demo/directory.js'
import { clinicalUser, NPI } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { counts, grown, grownButTrail } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const byNpi = (npi: string): string => `Practitioner?identifier=${NPI}%7C${npi}`
const lookUp = async (npi: string): Promise<Bundle<Practitioner>> =>
  (await server.get(byNpi(npi))).body as Bundle<Practitioner>
const LOCATION = /^http:\/\/localhost:3000\/fhir\/R4\/PractitionerRole\/([0-9a-f-]{36})\/_history\/1$/
/** Tables that an account adds to, and how many rows, for a user with three identifiers, a name and an e-mail. */
const WHOLE = {
  'public.users': 1,
  'public.memberships': 1,
  'public.membership_profiles': 1,
  'public.practitioners': 1,
  'public.practitioner_roles': 1
}

describe('the target tenant', () => {
  test('may be one below the caller’s', async () => {
    const before = await counts(server.sql)
    const person = CROWD[4]!
    const answer = await server.post('PractitionerRole', clinicalUser(person, { tenant: 'demo-north' }))
    expect(answer.status).toBe(201)
    expect(grown(before, await counts(server.sql))).toMatchObject(WHOLE)
    const { id, practitioner } = answer.body as PractitionerRole
    const north = { 'X-Tenant': 't-demo-north' }
    expect((await server.get(`PractitionerRole/${id}`, north)).body).toEqual(answer.body)
    expect((await server.get(practitioner!.reference!, north)).status).toBe(200)
    expect((await server.get(`PractitionerRole/${id}`)).status).toBe(404)
    const rows = await server.sql(`select tenant_id from audit_logs where entity_id = $1`, [id])
    expect(rows).toEqual([{ tenant_id: 'demo-north' }])
  })

  test.each(['demo-au', 'nowhere'])('%s is foreign or unknown alike: 403', async tenant => {
    const before = await counts(server.sql)
    const answer = await server.post('PractitionerRole', clinicalUser(CROWD[5]!, { tenant }))
    expect(refusal(answer)).toEqual({
      status: 403,
      code: 'forbidden',
      text: 'The organization is neither your tenant nor one below it',
      expression: 'PractitionerRole.organization'
    })
    expect(grownButTrail(before, await counts(server.sql))).toEqual({})
  })

  test('may not be the one above', async () => {
    const north = await server.as('demo-north')
    const answer = await north.post('PractitionerRole', clinicalUser(CROWD[5]!, { tenant: 'demo' }))
    expect(answer.status).toBe(403)
  })
})

test('a practitioner of the tenant who has the NPI and no account is taken over', async () => {
  const { npi } = PERSONS.okafor
  const before = await counts(server.sql)
  const answer = await server.post('PractitionerRole', clinicalUser(PERSONS.okafor))
  expect(answer.status).toBe(201)
  expect((answer.body as PractitionerRole).practitioner).toEqual({ reference: 'Practitioner/dr-okafor' })
  const more = grown(before, await counts(server.sql))
  expect(more).toMatchObject({ 'public.users': 1, 'public.memberships': 1, 'public.practitioner_roles': 1 })
  expect(more).not.toHaveProperty('public.practitioners')
  expect(await lookUp(npi)).toMatchObject({ total: 1, entry: [{ resource: { id: 'dr-okafor' } }] })
  const again = await server.post(
    'PractitionerRole',
    clinicalUser(PERSONS.okafor, { login: 'b', email: 'b@x.example' })
  )
  expect(refusal(again)).toMatchObject({ status: 409, code: 'duplicate' })
})

describe('in a transaction', () => {
  const clinic = { resourceType: 'Location', status: 'active', name: 'New Clinic' }
  const bundle = (...entry: object[]): object => ({ resourceType: 'Bundle', type: 'transaction', entry })
  const post = (resource: { resourceType: string }, fullUrl: string): object => ({
    fullUrl,
    resource,
    request: { method: 'POST', url: resource.resourceType }
  })
  const CLINIC = 'urn:uuid:6a2f1c8e-6f0f-4d0c-8a58-000000000001'
  const ROLE = 'urn:uuid:6a2f1c8e-6f0f-4d0c-8a58-000000000002'

  test('an account with its clinic: all of it, linked', async () => {
    const before = await counts(server.sql)
    const role = { ...clinicalUser(CROWD[6]!, { password: 'in a bundle' }), location: [{ reference: CLINIC }] }
    const answer = await server.post('', bundle(post(role, ROLE), post(clinic, CLINIC)))
    expect(answer.status).toBe(200)
    const [stored, made] = (answer.body as Bundle).entry!
    expect((answer.body as Bundle).type).toBe('transaction-response')
    expect([stored?.response?.status, made?.response?.status]).toEqual(['201', '201'])
    expect(stored?.response?.location).toMatch(LOCATION)
    expect(stored?.resource).toMatchObject({ location: [{ reference: `Location/${made?.resource?.id}` }] })
    expect(answer.text).not.toContain('in a bundle')
    expect(grown(before, await counts(server.sql))).toMatchObject({ ...WHOLE, 'public.clinics': 1 })
  })

  test('nothing of it when one entry is refused, and the issue tells which', async () => {
    const before = await counts(server.sql)
    const role = { ...clinicalUser({ ...CROWD[7]!, family: 'Else' }), location: [{ reference: CLINIC }] }
    const answer = await server.post('', bundle(post(clinic, CLINIC), post(role, ROLE)))
    expect(refusal(answer)).toMatchObject({
      status: 422,
      expression: 'Bundle.entry[1].resource.contained[0].name'
    })
    expect(grown(before, await counts(server.sql))).toEqual({})
  })

  test('two accounts with one e-mail: neither', async () => {
    const before = await counts(server.sql)
    const [a, b] = [CROWD[8]!, CROWD[9]!].map(person => clinicalUser(person, { email: 'same@x.example' }))
    const answer = await server.post('', bundle(post(a!, CLINIC), post(b!, ROLE)))
    expect(refusal(answer)).toMatchObject({
      status: 409,
      code: 'duplicate',
      text: 'Email already in use: Bundle.entry[0] has it, too',
      expression: 'Bundle.entry[1].resource.contained[0].telecom'
    })
    expect(grownButTrail(before, await counts(server.sql))).toEqual({})
  })

  test('for another tenant than the rest', async () => {
    const role = clinicalUser(CROWD[10]!, { tenant: 'demo-north' })
    const answer = await server.post('', bundle(post(clinic, CLINIC), post(role, ROLE)))
    expect(answer.status).toBe(200)
    const [made, stored] = (answer.body as Bundle).entry!.map(({ resource }) => resource!)
    const rows = await server.sql(
      'select tenant_id from clinics where id = $1 union all select tenant_id from practitioner_roles where id = $2',
      [made!.id, stored!.id]
    )
    expect(rows).toEqual([{ tenant_id: 'demo' }, { tenant_id: 'demo-north' }])
  })
})
