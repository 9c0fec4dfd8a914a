/** Clients that publish their keys at a URL, and assertions that no process takes twice. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pino from 'pino'
import request from 'supertest'
import { openApp, type App } from '../../src/app.js'
import { isKeyUrl } from '../../src/auth/index.js'
import { readConfig } from '../../src/config.js'
import { keyServer, type KeyServer } from '../support/key-server.js'
import { ORIGIN, testServer, type TestServer } from '../support/server.js'

let server: TestServer
let twin: App
let keys: KeyServer
let count = 0

beforeAll(async () => {
  keys = await keyServer('ES384')
  server = await testServer()
  twin = await openApp(readConfig({ DATABASE_URL: server.url }), pino({ level: 'silent' }))
  await register('backend', keys.url)
}, 60_000)
afterAll(async () => {
  await keys.close()
  await twin?.close()
  await server?.close()
})

const register = (id: string, url: string) =>
  server.sql(`insert into oauth_clients (id, tenant, jwks_uri, scopes) values ($1, 'demo', $2, 'system/Location.rs')`, [
    id,
    url
  ])
const assertion = (id = 'backend', claims = {}) => {
  const now = Math.floor(Date.now() / 1000)
  const payload = { iss: id, sub: id, aud: `${ORIGIN}/oauth/token`, exp: now + 60, jti: `j${++count}`, ...claims }
  return keys.sign(payload, { typ: 'JWT' })
}
const ask = (client_assertion: string, http = server.http) =>
  http.post('/oauth/token').type('form').send({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion
  })

describe('keys at a URL', () => {
  test('verify assertions, are fetched once, and give a token that works', async () => {
    for (let n = 0; n < 3; n++) expect((await ask(await assertion())).status).toBe(200)
    expect(keys.asked()).toBe(1)
    const { access_token } = (await ask(await assertion())).body as { access_token: string }
    expect((await server.withToken(access_token).get('Location')).status).toBe(200)
  })

  test.each([
    ['gone', 500, 'down'],
    ['no keys', 200, '{"keys": "none"}'],
    ['no JSON', 200, '<html>'],
    ['too large', 200, `{"keys": [], "more": "${'x'.repeat(300_000)}"}`],
    ['moved', 302, '']
  ])('that are %s refuse the client, and tell nothing of the inside', async (what, status, body) => {
    const broken = await keyServer('ES384')
    broken.answer(status, body)
    await register(`broken-${what}`, broken.url)
    const answer = await ask(await assertion(`broken-${what}`))
    await broken.close()
    expect([answer.status, (answer.body as { error: string }).error]).toEqual([401, 'invalid_client'])
    expect(answer.text).not.toMatch(/127\.0\.0\.1|fetch|down/)
  })

  test.each([
    ['https://ehr.example/jwks.json', true],
    ['http://localhost:8080/jwks', true],
    ['http://ehr.example/jwks.json', false],
    ['http://localhost.evil.example/', false],
    ['https://user:secret@ehr.example/', false],
    ['file:///etc/passwd', false],
    ['jwks.json', false]
  ])('%s: %s', (url, allowed) => expect(isKeyUrl(url)).toBe(allowed))
})

describe('an assertion', () => {
  test('is good once, in whatever process, also when all ask at once', async () => {
    const other = request(await twin.handler(ORIGIN))
    const used = await assertion()
    const answers = await Promise.all([0, 1, 2, 3, 4, 5].map(n => ask(used, n % 2 ? other : server.http)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401])
    expect((await ask(used, other)).body).toMatchObject({ error_description: expect.stringContaining('jti') })
  })

  test('is remembered as a hash, and forgotten when it has expired', async () => {
    const rows = await server.sql<{ key: string }>('select key from used_assertions')
    expect(rows.length).toBeGreaterThan(0)
    for (const { key } of rows) expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    await server.sql(`update used_assertions set expires_at = now() - interval '1 second'`)
    await ask(await assertion())
    expect((await server.sql('select from used_assertions')).length).toBeLessThan(rows.length)
  })
})

test('revocation counts in the other process with the next request; a later token is good again', async () => {
  const other = request(await twin.handler(ORIGIN))
  const { access_token } = (await ask(await assertion())).body as { access_token: string }
  const get = (token: string) => other.get('/fhir/R4/Location').set('Authorization', `Bearer ${token}`)
  expect((await get(access_token)).status).toBe(200)
  await server.sql(`select app.revoke('backend', $1)`, [Math.floor(Date.now() / 1000)])
  expect((await get(access_token)).status).toBe(401)
  await new Promise(done => setTimeout(done, 1100))
  const later = (await ask(await assertion())).body as { access_token: string }
  expect((await get(later.access_token)).status).toBe(200)
})
