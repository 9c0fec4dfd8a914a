/** The configuration of a tenant: by section, checked, merged, and heard of by every process at once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pino from 'pino'
import request from 'supertest'
import { openApp, type App } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { SECTIONS } from '../../src/domain/tenant-config.js'
import { asUser, givePassword } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { ORIGIN, testServer, type TestServer } from '../support/server.js'

let server: TestServer
/** Another process on the same database. */
let twin: App
let garcia: TestServer
let lee: TestServer

beforeAll(async () => {
  server = await testServer()
  twin = await openApp(readConfig({ DATABASE_URL: server.url }), pino({ level: 'silent' }))
  await givePassword(server, 'garcia', 'lee')
  garcia = await asUser(server, 'elena.garcia@demo.example')
  lee = await asUser(server, 'minh.lee@demo.example')
}, 60_000)
afterAll(async () => {
  await twin?.close()
  await server?.close()
})

type Method = 'get' | 'put' | 'patch'
const ask = (user: TestServer, method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const asked = server.http[method](`/tenant/config${path}`).set({ Authorization: `Bearer ${user.token}`, ...headers })
  return body === undefined ? asked : asked.set('Content-Type', 'application/json').send(JSON.stringify(body))
}
const get = async (path = '') => (await ask(garcia, 'get', path)).body as Record<string, never>

describe('reading', () => {
  test('shows every section, with defaults', async () => {
    const answer = await ask(lee, 'get', '')
    expect(Object.keys(answer.body as object)).toEqual(Object.keys(SECTIONS))
    expect(answer.body).toMatchObject({
      branding: {},
      features: {},
      appointments: { default_duration: 30, buffer_time_minutes: 0, planning_horizon_days: 90, auto_schedule: true },
      directory: { name_match: 'folded' },
      references: 'resolve'
    })
    expect(answer.headers.etag).toMatch(/^W\/"\d+"$/)
  })

  test.each(Object.keys(SECTIONS))('shows section %s as the whole does', async section => {
    expect(await get(`/${section}`)).toEqual((await get())[section])
  })

  test('of another section is 404, of another tenant 403, without a token 401', async () => {
    expect(refusal(await ask(garcia, 'get', '/brand'))).toMatchObject({ status: 404 })
    expect(refusal(await ask(garcia, 'get', '', undefined, { 'X-Tenant': 't-demo-au' }))).toMatchObject({ status: 403 })
    expect((await server.http.get('/tenant/config')).status).toBe(401)
    expect((await server.http.delete('/tenant/config').set('Authorization', `Bearer ${server.token}`)).status).toBe(405)
  })
})

describe('writing', () => {
  test('PATCH merges, null takes back, PUT replaces, and each leaves its trace', async () => {
    const branding = { primary_color: '#0050AA', tagline: { en: 'Near you' } }
    expect((await ask(garcia, 'patch', '', { branding, features: { billing: true } })).status).toBe(200)
    expect(
      (await ask(garcia, 'patch', '/branding', { tagline: null, logo_url: 'https://x.example/l.png' })).body
    ).toEqual({
      primary_color: '#0050AA',
      logo_url: 'https://x.example/l.png'
    })
    expect(await get('/features')).toEqual({ billing: true })
    expect((await ask(garcia, 'put', '/branding', { primary_color: '#FFFFFF' })).body).toEqual({
      primary_color: '#FFFFFF'
    })
    expect((await ask(garcia, 'put', '', { features: { labs: false } })).body).toMatchObject({
      branding: {},
      features: { labs: false }
    })
    const trail = await server.sql(
      `select subject, entity_id, detail from audit_logs where action = 'TENANT_CONFIGURED' order by created_at`
    )
    expect(trail).toEqual(
      ['branding, features', 'branding', 'branding', 'branding, features'].map(sections => ({
        subject: 'garcia',
        entity_id: 't-demo',
        detail: { sections }
      }))
    )
  })

  test.each<[string, unknown, string]>([
    ['/appointments', { buffer_time_minutes: -5 }, 'appointments.buffer_time_minutes'],
    ['/appointments', { buffer_time_minutes: '5' }, 'appointments.buffer_time_minutes'],
    ['/appointments', { buffer_minutes: 5 }, 'appointments.buffer_minutes'],
    ['/appointments', [], 'appointments'],
    ['/branding', { primary_color: 'red' }, 'branding.primary_color'],
    ['/branding', { logo_url: 'javascript:alert(1)' }, 'branding.logo_url'],
    ['/features', { billing: 'yes' }, 'features.billing'],
    ['/acl', { staff_scopes: 'system/*.cruds' }, 'acl.staff_scopes'],
    ['/directory', { name_match: 'fuzzy' }, 'directory.name_match'],
    ['/validation', { identifiers: { 'http://x.example/a~b': 'loud' } }, 'validation.identifiers.http://x.example/a~b'],
    ['/references', 'maybe', 'references'],
    ['', { appointment: {} }, 'appointment'],
    ['', { appointments: { lead_time_minutes: 1.5 } }, 'appointments.lead_time_minutes']
  ])('%s with %j is refused with its place, and nothing is written', async (path, body, expression) => {
    const before = await get()
    for (const method of ['put', 'patch'] as const)
      expect(refusal(await ask(garcia, method, path, body))).toMatchObject({ status: 422, expression })
    expect(await get()).toEqual(before)
  })

  test('needs CLINIC_ADMIN or the scope, and JSON', async () => {
    expect(refusal(await ask(lee, 'put', '/features', {}))).toMatchObject({
      status: 403,
      text: expect.stringMatching(/^Cannot manage this clinic/)
    })
    const reader = await server.as('demo', 'system/*.rs')
    expect((await ask(reader, 'put', '/features', {})).status).toBe(403)
    expect((await ask(server, 'put', '/features', {})).status).toBe(200)
    const put = server.http.put('/tenant/config/features').set('Authorization', `Bearer ${garcia.token}`)
    expect((await put.set('Content-Type', 'application/json').send('{broken')).status).toBe(400)
  })

  test('what cannot be stored, and a path that cannot be read, are told', async () => {
    expect(refusal(await ask(garcia, 'patch', '/features', { 'a\0b': true }))).toMatchObject({
      status: 400,
      code: 'value'
    })
    for (const path of ['/tenant/config/%ff', '/tenant/stats/%', '/invitation/%ff'])
      expect(refusal(await server.http.get(path))).toMatchObject({ status: 400, code: 'invalid' })
  })

  test('with If-Match of an older version is 412; many merges at once all count', async () => {
    const { etag } = (await ask(garcia, 'put', '/features', { start: true })).headers
    expect((await ask(garcia, 'patch', '/features', { a: true }, { 'If-Match': etag! })).status).toBe(200)
    expect((await ask(garcia, 'patch', '/features', { b: true }, { 'If-Match': etag! })).status).toBe(412)
    await Promise.all(Array.from({ length: 8 }, (_, n) => ask(garcia, 'patch', '/features', { [`f${n}`]: true })))
    expect(Object.keys(await get('/features'))).toHaveLength(10)
  })
})

describe('what the server does with it', () => {
  test('a change counts in another process at once, by the API and by foreign SQL', async () => {
    const other = request(await twin.handler(ORIGIN))
    const features = async () => {
      const answer = await other.get('/me').set('Authorization', `Bearer ${garcia.token}`)
      return (answer.body as { features: unknown }).features
    }
    for (const round of [1, 2, 3]) {
      await ask(garcia, 'put', '/features', { [`round${round}`]: true })
      expect(await soon(features, { [`round${round}`]: true })).toBe(true)
    }
    await server.sql(`update tenants set config = '{"features": {"sql": true}}' where id = 'demo'`)
    expect(await soon(features, { sql: true })).toBe(true)
    await server.sql(`update tenants set is_active = false where id = 'demo-north'`)
    const north = () =>
      other.get('/fhir/R4/Location').set({ Authorization: `Bearer ${garcia.token}`, 'X-Tenant': 't-demo-north' })
    expect((await north()).status).toBe(403)
    await server.sql(`update tenants set is_active = true where id = 'demo-north'`)
    expect(await soon(async () => (await north()).status, 200)).toBe(true)
  })

  test('STAFF may what acl says', async () => {
    const location = { resourceType: 'Location', name: 'By staff' }
    expect((await lee.post('Location', location)).status).toBe(403)
    await ask(garcia, 'put', '/acl', { staff_scopes: 'user/*.rs user/Location.c' })
    expect(await soon(async () => (await lee.post('Location', location)).status, 201)).toBe(true)
    await ask(garcia, 'put', '/acl', { staff_scopes: 'user/Slot.rs' })
    expect(await soon(async () => (await lee.get('Location')).status, 403)).toBe(true)
    await ask(garcia, 'put', '/acl', {})
    expect(await soon(async () => (await lee.get('Location')).status, 200)).toBe(true)
  })

  test('openings keep the lead time of appointments', async () => {
    await server.sql(`update tenants set config = '{}' where id = 'demo'`)
    const later = async () => {
      const answer = await server.get('Slot?schedule=Schedule/dr-garcia-main&status=free&_count=1')
      const { entry } = answer.body as { entry: { resource: { start: string } }[] }
      return Date.parse(entry[0]!.resource.start) > Date.now() + 29 * 86_400_000
    }
    expect(await later()).toBe(false)
    await ask(garcia, 'patch', '/appointments', { lead_time_minutes: 30 * 1440 })
    expect(await soon(later, true)).toBe(true)
  })
})

/** Whether it comes to be within a second. */
async function soon(look: () => Promise<unknown>, wanted: unknown): Promise<boolean> {
  for (let tries = 0; tries < 50; tries++) {
    if (JSON.stringify(await look()) === JSON.stringify(wanted)) return true
    await new Promise(done => setTimeout(done, 20))
  }
  return false
}
