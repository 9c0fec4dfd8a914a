/** Seed 003 from top to bottom, as far as it is about tenants, members and practitioners; scheduling is elsewhere. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Organization, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { clinicalUser, userAccount } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { counts, grownButTrail } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const SLUG = `${CANONICAL}/sid/slug`
const USER_ID = `${CANONICAL}/sid/user-id`
const TYPE = `${CANONICAL}/CodeSystem/tenant-type`
let server: TestServer
let root: TestServer
beforeAll(async () => {
  server = await testServer()
  root = await server.as('demo', 'system/*.cruds create_users create_tenants')
})
afterAll(() => server?.close())

const tenant = (slug: string, more: object = {}): Organization => ({
  resourceType: 'Organization',
  meta: { profile: [`${CANONICAL}/StructureDefinition/tenant`] },
  identifier: [{ system: SLUG, value: slug }],
  extension: [{ url: `${CANONICAL}/StructureDefinition/subscription-tier`, valueCode: 'professional' }],
  active: true,
  name: 'Harbour Hospital',
  type: [{ coding: [{ system: TYPE, code: 'hospital' }] }],
  ...more
})
const matches = async (path: string, at: TestServer = server) =>
  ((await at.get(path)).body as Bundle).entry?.map(({ resource }) => resource!.id) ?? []

describe('organizations are tenants', () => {
  let made: Organization
  test('one is created with name, slug, type, status and tier', async () => {
    const answer = await root.post('Organization', tenant('harbour'))
    expect(answer.status).toBe(201)
    made = answer.body as Organization
    expect(answer.headers.location).toContain(`/Organization/${made.id}/_history/1`)
    const { id, meta, ...shown } = made
    const { meta: _meta, ...sent } = tenant('harbour', { partOf: { reference: 'Organization/t-demo' } })
    expect([id, shown]).toEqual([expect.stringMatching(/^t-/), sent])
    expect(meta!.profile).toEqual(tenant('x').meta!.profile)
    expect((await root.get(`Organization/${id}`)).body).toEqual(made)
    expect(await matches(`Organization?identifier=${SLUG}|harbour`)).toEqual([id])
    const logged = await server.sql(`select action from audit_logs where entity_id = $1`, [id])
    expect(logged).toEqual([{ action: 'TENANT_CREATED' }])
  })

  test('one below it, with users of its own', async () => {
    const below = await root.post(
      'Organization',
      tenant('harbour-east', { partOf: { reference: `Organization/${made.id}` } })
    )
    expect(below.status).toBe(201)
    const id = (below.body as Organization).id!
    const sent = { ...userAccount('east@x.example'), organization: { reference: `Organization/${id}` } }
    expect((await root.post('PractitionerRole', sent)).status).toBe(201)
    expect(await matches('PractitionerRole', await server.as(id.slice(2)))).toHaveLength(1)
  })

  test('a slug that is taken, wherever, is 409; nothing stays', async () => {
    const before = await counts(server.sql)
    for (const slug of ['harbour', 'demo-es'])
      expect(refusal(await root.post('Organization', tenant(slug)))).toMatchObject({ status: 409, code: 'duplicate' })
    expect(grownButTrail(before, await counts(server.sql))).toEqual({})
  })

  const wrong: [string, object, number, string][] = [
    ['no slug', { identifier: [{ system: 'urn:x', value: 'y' }] }, 422, 'Organization.identifier'],
    [
      'a slug of another form',
      { identifier: [{ system: SLUG, value: 'Not A Slug' }] },
      422,
      'Organization.identifier[0].value'
    ],
    ['a foreign parent', { partOf: { reference: 'Organization/t-demo-es' } }, 422, 'Organization.partOf.reference'],
    ['an unknown parent', { partOf: { reference: 'Organization/t-nowhere' } }, 422, 'Organization.partOf.reference'],
    ['what it does not keep', { telecom: [{ system: 'phone', value: '1' }] }, 422, 'Organization.telecom']
  ]
  test.each(wrong)('%s is refused', async (_, change, status, expression) => {
    expect(refusal(await root.post('Organization', tenant('wrong', change)))).toMatchObject({ status, expression })
  })

  test('without the scope it is 403, and by PUT it is refused', async () => {
    expect(refusal(await server.post('Organization', tenant('mine')))).toMatchObject({ status: 403 })
    const put = await root.put('Organization/mine', { ...tenant('mine'), id: 'mine' })
    expect(refusal(put)).toMatchObject({ status: 422, expression: 'Organization.id' })
  })

  test('one that is not active answers 403 to all', async () => {
    const id = ((await root.post('Organization', tenant('closed', { active: false }))).body as Organization).id!
    expect(refusal(await root.get('Practitioner', { 'X-Tenant': id }))).toMatchObject({ status: 403 })
    const sent = { ...userAccount('in@closed.example'), organization: { reference: `Organization/${id}` } }
    expect(refusal(await root.post('PractitionerRole', sent))).toMatchObject({ status: 403 })
  })

  test('two organizations never see each other', async () => {
    const there = await server.as('demo-es')
    expect(refusal(await there.get(`Organization/${made.id}`))).toMatchObject({ status: 404 })
    expect(await matches('PractitionerRole', there)).not.toContain('dr-lee')
  })
})

describe('a user of several organizations', () => {
  const person = CROWD[60]!
  let first: PractitionerRole
  let userId: { system: string; value: string }
  const joining = (tenant?: string) => {
    const sent = clinicalUser(person, { ...(tenant && { tenant }) })
    delete sent.contained[0].extension
    sent.contained[0].identifier!.push({ ...userId })
    sent.contained[0].identifier = sent.contained[0].identifier!.filter(({ type }) => type?.text !== 'Provider Number')
    return sent
  }

  test('the practitioner of a user is found by the user, by name and by NPI', async () => {
    first = (await server.post('PractitionerRole', clinicalUser(person, { tags: ['VERIFIED'] })).expect(201)).body
    const id = first.practitioner!.reference!.split('/')[1]!
    const own = (await server.get(`Practitioner/${id}`)).body as Practitioner
    userId = own.identifier!.find(({ system }) => system === USER_ID) as typeof userId
    expect(await matches(`Practitioner?identifier=${USER_ID}|${userId.value}`)).toEqual([id])
    expect(await matches(`Practitioner?family=${person.family}&given=${person.given}`)).toContain(id)
  })

  test('elsewhere the user joins by user id, and the membership waits for them', async () => {
    const there = await server.as('demo-es')
    const answer = await there.post('PractitionerRole', joining())
    expect(answer.status).toBe(201)
    const role = answer.body as PractitionerRole
    expect(role.active).toBe(false)
    const [member] = await server.sql(
      `select status, accepted_at from memberships where tenant_id = 'demo-es' and user_id = $1`,
      [userId.value]
    )
    expect(member).toEqual({ status: 'pending', accepted_at: null })
    const approved = { ...role, active: true, extension: undefined }
    expect(refusal(await there.put(`PractitionerRole/${role.id}`, approved))).toMatchObject({
      status: 422,
      text: expect.stringContaining('/me/memberships/t-demo-es/accept')
    })
    await server.sql(`select app.accept_membership($1, 'demo-es')`, [userId.value])
    const accepted = (await there.get(`PractitionerRole/${role.id}`)).body as PractitionerRole
    expect(accepted.active).toBe(true)
    expect((await there.put(`PractitionerRole/${role.id}`, { ...accepted, active: false })).status).toBe(200)
  })

  test('who administers the user lets them in at once; a second time is 409', async () => {
    const answer = await server.post('PractitionerRole', joining('demo-north'))
    expect([answer.status, (answer.body as PractitionerRole).active]).toEqual([201, true])
    expect(refusal(await server.post('PractitionerRole', joining('demo-north')))).toMatchObject({ status: 409 })
  })

  test('nobody of that id, a login beside it, and an id of one’s own are refused', async () => {
    const unknown = joining()
    unknown.contained[0].identifier!.at(-1)!.value = 'nobody'
    expect(refusal(await server.post('PractitionerRole', unknown))).toMatchObject({ status: 422, code: 'not-found' })
    const practitioner = { resourceType: 'Practitioner', identifier: [{ system: USER_ID, value: 'mine' }] }
    expect(refusal(await server.post('Practitioner', practitioner))).toMatchObject({
      status: 422,
      expression: 'Practitioner.identifier[0]'
    })
    const both = joining()
    both.contained[0].extension = clinicalUser(person).contained[0].extension!
    expect(refusal(await server.post('PractitionerRole', both))).toMatchObject({ status: 422 })
  })

  test('their name and role may differ from one organization to the next', async () => {
    const rows = await server.sql(
      `select m.tenant_id, m.status, p.full_name from memberships m join membership_profiles p
       on p.tenant_id = m.tenant_id and p.membership_id = m.id where m.user_id = $1 order by 1`,
      [userId.value]
    )
    expect(rows.map(row => row.tenant_id)).toEqual(['demo', 'demo-es', 'demo-north'])
    expect(rows.map(row => row.status)).toEqual(['approved', 'suspended', 'approved'])
  })
})

describe('status of practitioners', () => {
  const STATUS = `${CANONICAL}/StructureDefinition/practitioner-status`
  test.each([
    ['on_leave', false],
    ['inactive', false],
    ['active', true]
  ])('%s: active is %s', async (status, active) => {
    const before = (await server.get('Practitioner/dr-okafor')).body as Practitioner
    const extension = [{ url: STATUS, valueCode: status }]
    const answer = await server.put('Practitioner/dr-okafor', { ...before, active: !active, extension })
    expect([answer.status, (answer.body as Practitioner).active]).toEqual([200, active])
    expect((await server.get('Practitioner/dr-okafor')).body).toEqual(answer.body)
    const slots = await matches('Slot?schedule=Schedule/dr-okafor-harbor&status=free&_count=1')
    expect(slots).toHaveLength(active ? 1 : 0)
  })

  test('active alone moves the status with it', async () => {
    const before = (await server.get('Practitioner/dr-okafor')).body as Practitioner
    const answer = await server.put('Practitioner/dr-okafor', { ...before, active: false })
    expect((answer.body as Practitioner).extension).toEqual([{ url: STATUS, valueCode: 'inactive' }])
  })
})
