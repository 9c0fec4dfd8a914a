/** Changing and ending account roles, and accounts of those who are no clinicians. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Extension, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD, PERSONS } from '../../seeds/demo/directory.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { clinicalUser, NPI, userAccount } from '../support/account.js'
import { examples } from '../support/examples.js'
import { refusal } from '../support/outcome.js'
import { counts, grown } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let role: PractitionerRole
beforeAll(async () => {
  server = await testServer()
  role = (await server.post('PractitionerRole', clinicalUser(PERSONS.gorilla, { tenant: 'demo' })))
    .body as PractitionerRole
})
afterAll(() => server?.close())

const extension = ({ extension = [] }: PractitionerRole, name: string): Extension | undefined =>
  extension.find(({ url }) => url === `${CANONICAL}/StructureDefinition/${name}`)
const without = (given: PractitionerRole, ...names: string[]): PractitionerRole => ({
  ...given,
  extension: given.extension!.filter(({ url }) => !names.some(name => url.endsWith(`/${name}`)))
})
const membership = async (reference: string): Promise<Record<string, unknown>> => {
  const rows = await server.sql(
    'select m.* from memberships m join practitioner_roles r on r.membership_id = m.id where r.id = $1',
    [reference]
  )
  return rows[0]!
}

describe('what an update of an account role may not touch', () => {
  const cases: [string, object, string, RegExp][] = [
    [
      'the practitioner',
      { practitioner: { reference: 'Practitioner/dr-lee' } },
      'PractitionerRole.practitioner',
      /must stay/
    ],
    [
      'the tenant',
      { organization: { reference: 'Organization/t-demo-north' } },
      'PractitionerRole.organization',
      /tenant/
    ],
    ['the profile', { meta: { versionId: '1' } }, 'PractitionerRole.meta.profile', /hg-user/]
  ]
  test.each(cases)('%s', async (_, change, expression, text) => {
    const before = await counts(server.sql)
    const answer = await server.put(`PractitionerRole/${role.id}`, { ...role, ...change })
    expect(refusal(answer)).toEqual({
      status: 422,
      code: 'business-rule',
      expression,
      text: expect.stringMatching(text)
    })
    const { 'public.resource_history': _read, ...more } = grown(before, await counts(server.sql))
    expect(more).toEqual({})
  })

  test('an account is not made by PUT', async () => {
    const sent = { ...userAccount('by-put@x.example'), id: 'by-put' }
    expect(refusal(await server.put('PractitionerRole/by-put', sent))).toMatchObject({ status: 422 })
  })

  test('a role without an account does not become one', async () => {
    const before = (await server.get('PractitionerRole/pt-novak-harbor')).body as PractitionerRole
    const sent = { ...before, meta: userAccount('x@x.example').meta }
    expect(refusal(await server.put('PractitionerRole/pt-novak-harbor', sent))).toMatchObject({ status: 422 })
  })
})

describe('what it may', () => {
  const put = async (sent: PractitionerRole): Promise<PractitionerRole> => {
    const answer = await server.put(`PractitionerRole/${role.id}`, sent)
    if (answer.status !== 200) throw new Error(answer.text)
    expect((await server.get(`PractitionerRole/${role.id}`)).body).toEqual(answer.body)
    return answer.body as PractitionerRole
  }

  test('active false suspends the membership, true approves it again', async () => {
    const suspended = await put({ ...without(role, 'membership-status'), active: false })
    expect(extension(suspended, 'membership-status')?.valueCode).toBe('suspended')
    expect(await membership(role.id!)).toMatchObject({ status: 'suspended' })
    const approved = await put({ ...without(suspended, 'membership-status'), active: true })
    expect(extension(approved, 'membership-status')?.valueCode).toBe('approved')
    expect(await membership(role.id!)).toMatchObject({ status: 'approved' })
  })

  test('the extension wins over active', async () => {
    const pending = { url: `${CANONICAL}/StructureDefinition/membership-status`, valueCode: 'pending' }
    const sent = without(role, 'membership-status')
    const stored = await put({ ...sent, active: true, extension: [...sent.extension!, pending] })
    expect(stored.active).toBe(false)
    expect(await membership(role.id!)).toMatchObject({ status: 'pending' })
    await put(role)
  })

  test('the membership role', async () => {
    const admin = { coding: [{ system: `${CANONICAL}/CodeSystem/membership-role`, code: 'CLINIC_ADMIN' }] }
    await put({ ...role, code: [...role.code!, admin] })
    expect(await membership(role.id!)).toMatchObject({ membership_role: 'CLINIC_ADMIN' })
    await put(role)
    expect(await membership(role.id!)).toMatchObject({ membership_role: 'STAFF' })
  })

  test('each change leaves an audit row that says what it was', async () => {
    const rows = await server.sql<{ action: string; detail: Record<string, unknown> }>(
      `select action, detail from audit_logs where entity_id = $1 and action <> 'USER_CREATED' order by created_at, id`,
      [role.id]
    )
    const user_id = expect.any(String)
    expect(rows.map(({ action, detail }) => [action, detail])).toEqual([
      ['USER_UPDATED', { user_id, status: { from: 'approved', to: 'suspended' } }],
      ['USER_UPDATED', { user_id, status: { from: 'suspended', to: 'approved' } }],
      ['USER_UPDATED', { user_id, status: { from: 'approved', to: 'pending' } }],
      ['USER_UPDATED', { user_id, status: { from: 'pending', to: 'approved' } }],
      ['ROLE_CHANGED', { user_id, membership_role: { from: 'STAFF', to: 'CLINIC_ADMIN' } }],
      ['ROLE_CHANGED', { user_id, membership_role: { from: 'CLINIC_ADMIN', to: 'STAFF' } }]
    ])
  })
})

test('the Practitioner of a member changes by itself, and its name with it', async () => {
  const before = (await server.get(role.practitioner!.reference!)).body as Practitioner
  const name = [{ ...before.name![0]!, text: 'Joe Allan Gorilla', given: ['Joe', 'Allan'] }]
  const answer = await server.put(`Practitioner/${before.id}`, { ...before, name })
  expect([answer.status, (answer.body as Practitioner).name]).toEqual([200, name])
  const other = [{ ...name[0]!, given: ['Joseph'] }]
  const refused = refusal(await server.put(`Practitioner/${before.id}`, { ...before, name: other }))
  expect(refused).toMatchObject({ status: 422, expression: 'Practitioner.name' })
  const rows = await server.sql(
    'select f.full_name from membership_profiles f join practitioners p using (tenant_id, membership_id) where p.id = $1',
    [before.id]
  )
  expect(rows).toEqual([{ full_name: 'Joe Allan Gorilla' }])
})

test('deleting the role ends the membership; the practitioner stays, and the NPI may get an account again', async () => {
  const before = await membership(role.id!)
  expect((await server.delete(`PractitionerRole/${role.id}`)).status).toBe(204)
  expect((await server.get(`PractitionerRole/${role.id}`)).status).toBe(410)
  const [ended] = await server.sql('select * from memberships where id = $1', [before.id])
  expect(ended).toMatchObject({ status: 'suspended', disabled_at: expect.anything() })
  expect((await server.get(role.practitioner!.reference!)).status).toBe(200)
  const rows = await server.sql(`select 1 from audit_logs where action = 'USER_DISABLED' and entity_id = $1`, [role.id])
  expect(rows).toHaveLength(1)
  const again = clinicalUser(PERSONS.gorilla, { login: 'joe.again', email: 'joe.again@x.example' })
  expect((await server.post('PractitionerRole', again)).body).toMatchObject({ practitioner: role.practitioner })
})

describe('who is no clinician', () => {
  test('an office manager gets an account, with the right to administer, and a phone number', async () => {
    const sent = examples('PractitionerRole').find(({ code }) => JSON.stringify(code).includes('officeManager'))!
    const answer = await server.post('PractitionerRole', sent)
    expect(answer.status).toBe(201)
    const { id } = answer.body as PractitionerRole
    expect(await membership(id!)).toMatchObject({
      membership_role: 'CLINIC_ADMIN',
      is_provider: false,
      status: 'approved'
    })
    const [user] = await server.sql(`select * from users where email = 'dana.brooks@clinic.example'`)
    expect(user).toMatchObject({ username: 'dana.brooks', phone_e164: '+15185550142', password_hash: null })
  })

  test('a user-account has its e-mail as login', async () => {
    const answer = await server.post('PractitionerRole', userAccount('Noor@Clinic.example'))
    expect(answer.status).toBe(201)
    const [user] = await server.sql(`select * from users where lower(email) = 'noor@clinic.example'`)
    expect(String(user!.username).toLowerCase()).toBe('noor@clinic.example')
  })

  test('an NPI is not asked for, and not looked at in the directory', async () => {
    const sent = userAccount('pending@clinic.example', 'Pat Pending')
    sent.contained[0].identifier = [{ system: NPI, value: CROWD[20]!.npi }]
    expect((await server.post('PractitionerRole', sent)).status).toBe(201)
  })
})

test('phone numbers are read as the target tenant’s country writes them', async () => {
  await server.sql(`insert into tenants (id, parent_id, slug, name, country, time_zone)
    values ('demo-uk', 'demo', 'demo-uk', 'Demo UK', 'GB', 'Europe/London')`)
  const sent = userAccount('uk@clinic.example')
  sent.organization = { reference: 'Organization/t-demo-uk' }
  sent.contained[0].telecom!.push({ system: 'phone', value: '020 7946 0018' })
  expect((await server.post('PractitionerRole', sent)).status).toBe(201)
  const rows = await server.sql(`select phone_e164 from users where email = 'uk@clinic.example'`)
  expect(rows).toEqual([{ phone_e164: '+442079460018' }])
})

test('in a tenant that is not active nobody gets an account', async () => {
  await server.sql(
    `insert into tenants (id, parent_id, slug, name, is_active) values ('closed', 'demo', 'closed', 'Closed', false)`
  )
  const sent = { ...userAccount('closed@clinic.example'), organization: { reference: 'Organization/t-closed' } }
  expect(refusal(await server.post('PractitionerRole', sent))).toMatchObject({ status: 403, code: 'forbidden' })
})
