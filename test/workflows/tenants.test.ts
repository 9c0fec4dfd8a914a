/** P18: a tenant is changed by PUT and PATCH; one that is not active answers nobody who works in it or below. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Organization } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { userAccount } from '../support/account.js'
import { addUser, asUser, givePassword, postLogin } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

const GARCIA = 'elena.garcia@demo.example'
const NORTH = 'Organization/t-demo-north'
let server: TestServer
let root: TestServer
let garcia: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.sql(
    `insert into tenants (id, parent_id, slug, name, country, time_zone)
     select 'far-north', 'demo-north', 'far-north', 'Far North', country, time_zone from tenants where id = 'demo-north'`
  )
  root = await server.as('demo', 'system/*.cruds create_users create_tenants')
  await givePassword(server, 'garcia')
  garcia = await asUser(server, GARCIA)
  await addUser(server, 'north', 'demo-north', { role: 'CLINIC_ADMIN' })
  await addUser(server, 'farther', 'far-north')
}, 60_000)
afterAll(() => server?.close())

const read = async (at: TestServer = root) => (await at.get(NORTH).expect(200)).body as Organization
const active = (value: boolean) => [{ op: 'replace', path: '/active', value }]
const trail = async (action: string) =>
  (await server.sql<{ detail: object }>('select detail from audit_logs where action = $1', [action])).map(
    ({ detail }) => detail
  )

describe('a change', () => {
  test('of the name by PUT: a new version, shown wherever the tenant is', async () => {
    const before = await read()
    const answer = await root.put(NORTH, { ...before, name: 'Northern Clinics' })
    expect([answer.status, answer.body]).toMatchObject([200, { name: 'Northern Clinics' }])
    const { meta, ...shown } = await read()
    expect(shown).toEqual({ ...before, name: 'Northern Clinics', meta: undefined })
    expect(Number(meta!.versionId)).toBe(Number(before.meta!.versionId) + 1)
    expect(await trail('TENANT_UPDATED')).toEqual([{ changed: 'name' }])
    const me = await server.http.get('/me').set({ Authorization: `Bearer ${garcia.token}`, 'X-Tenant': 't-demo-north' })
    expect(me.body).toMatchObject({ tenant: { id: 't-demo-north', name: 'Northern Clinics' } })
  })

  test('of slug, type and tier by PATCH; a slug that is taken is 409', async () => {
    const patch = [
      { op: 'replace', path: '/identifier/0/value', value: 'northern' },
      {
        op: 'add',
        path: '/type',
        value: [{ coding: [{ system: `${CANONICAL}/CodeSystem/tenant-type`, code: 'hospital' }] }]
      }
    ]
    const answer = await root.patch(NORTH, patch)
    expect([answer.status, answer.body]).toMatchObject([200, { identifier: [{ value: 'northern' }] }])
    const taken = await root.patch(NORTH, [{ op: 'replace', path: '/identifier/0/value', value: 'demo-au' }])
    expect(refusal(taken)).toMatchObject({ status: 409, code: 'duplicate' })
  })

  test('its administrators change the name, and no more', async () => {
    const north = await asUser(server, 'north')
    const name = (value: string) => [{ op: 'replace', path: '/name', value }]
    expect((await north.patch(NORTH, name('By its own'))).status).toBe(200)
    expect((await garcia.patch(NORTH, name('From above'))).status).toBe(200)
    for (const path of ['/identifier/0/value', '/active']) {
      const value = path === '/active' ? false : 'other'
      expect(refusal(await garcia.patch(NORTH, [{ op: 'replace', path, value }]))).toMatchObject({ status: 403 })
    }
    expect(refusal(await north.patch('Organization/t-demo', name('x')))).toMatchObject({ status: 404 })
    const reader = await server.as('demo', 'system/*.rs')
    expect(refusal(await reader.patch(NORTH, name('x')))).toMatchObject({ status: 403 })
  })

  test.each<[string, object, string]>([
    ['no name', { name: undefined }, 'Organization.name'],
    ['another parent', { partOf: { reference: 'Organization/t-demo-au' } }, 'Organization.partOf'],
    ['no parent', { partOf: undefined }, 'Organization.partOf'],
    ['a telecom', { telecom: [{ system: 'phone', value: '1' }] }, 'Organization.telecom']
  ])('to %s is refused with its place', async (_, change, expression) => {
    const before = await read()
    expect(refusal(await root.put(NORTH, { ...before, ...change }))).toMatchObject({ status: 422, expression })
    expect(await read()).toEqual(before)
  })

  test('If-Match of an older version is 412; 20 patches at once all count', async () => {
    const before = await read()
    expect((await root.put(NORTH, before, { 'If-Match': 'W/"1"' })).status).toBe(412)
    const names = Array.from({ length: 20 }, (_, n) => `North ${n}`)
    const answers = await Promise.all(names.map(value => root.patch(NORTH, [{ op: 'replace', path: '/name', value }])))
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200))
    const versions = answers.map(({ body }) => Number((body as Organization).meta!.versionId))
    expect(Math.max(...versions)).toBe(Number(before.meta!.versionId) + 20)
  })

  test('of a foreign tenant and of none are answered alike, and no tenant is deleted', async () => {
    const sent = (id: string) => root.put(`Organization/${id}`, { ...tenantOf(id), name: 'Mine' })
    const [foreign, none] = [refusal(await sent('t-demo-au')), refusal(await sent('t-nowhere'))]
    expect(foreign).toEqual({ ...none, status: 422 })
    expect(refusal(await root.delete(NORTH))).toMatchObject({ status: 422 })
  })
})

const tenantOf = (id: string): Organization => ({
  resourceType: 'Organization',
  id,
  meta: { profile: [`${CANONICAL}/StructureDefinition/tenant`] },
  identifier: [{ system: `${CANONICAL}/sid/slug`, value: 'some-slug' }]
})

describe('a tenant that is not active', () => {
  let client: TestServer
  let user: TestServer
  beforeAll(async () => {
    client = await server.as('demo-north')
    user = await asUser(server, 'farther')
    expect((await root.patch(NORTH, active(false))).body).toMatchObject({ active: false })
    await until(async () => (await client.get('Location')).status === 403)
  })

  test('refuses reads and writes of its clients and users, there and below', async () => {
    const below = { 'X-Tenant': 't-far-north' }
    const answers = [
      await client.post('Location', { resourceType: 'Location' }),
      await client.get('Location', below),
      await user.get('Location'),
      await garcia.get('Location', below),
      await garcia.post('Location', { resourceType: 'Location' }, { 'X-Tenant': 't-demo-north' })
    ]
    for (const answer of answers) expect(refusal(answer)).toMatchObject({ status: 403 })
    const account = { ...userAccount('x@x.example'), organization: { reference: NORTH } }
    expect(refusal(await root.post('PractitionerRole', account))).toMatchObject({ status: 403 })
  })

  test('gives no tokens and no logins', async () => {
    await expect(server.as('demo-north')).rejects.toThrow(/invalid_client/)
    for (const name of ['north', 'farther']) expect((await postLogin(server, name)).status).toBe(403)
  })

  test('is seen from above, where it is found as such', async () => {
    expect(await read()).toMatchObject({ active: false })
    const { body } = await root.get('Organization?active=false&_elements=id')
    expect((body as { entry: { resource: Organization }[] }).entry.map(({ resource }) => resource.id)).toEqual([
      't-demo-north'
    ])
  })

  test('is not ended from within', async () => {
    expect(refusal(await root.patch('Organization/t-demo', active(false)))).toMatchObject({
      status: 422,
      expression: 'Organization.active'
    })
  })

  test('works again when it is active again, with the tokens that have not expired', async () => {
    expect((await root.patch(NORTH, active(true))).status).toBe(200)
    await until(async () => (await client.get('Location')).status === 200)
    expect((await user.get('Location')).status).toBe(200)
    expect((await postLogin(server, 'north')).status).toBe(200)
    expect([await trail('TENANT_DEACTIVATED'), await trail('TENANT_REACTIVATED')]).toEqual([
      [{ changed: 'active' }],
      [{ changed: 'active' }]
    ])
  })
})

/** Other connections hear of the change a moment behind the answer. */
async function until(good: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await good()) return
    await new Promise(done => setTimeout(done, 20))
  }
  throw new Error('Nothing was heard of the change')
}
