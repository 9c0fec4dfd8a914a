import { expect, test } from '@jest/globals'
import request from 'supertest'
import { FHIR, fixture, ORIGIN } from './fixture.js'
import { fhirRoute } from '../../src/http/metrics.js'

const FORM = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' }

test('the token endpoint gives a token that opens the FHIR base, and lets nobody keep it', async () => {
  const { app } = await fixture()
  const answer = await request(app)
    .post('/oauth/token')
    .type('form')
    .send({ ...FORM, scope: 'system/*.rs' })
  expect(answer.status).toBe(200)
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' })
  expect(answer.body).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'system/*.rs' })
  const { access_token } = answer.body as { access_token: string }
  await request(app).get(`${FHIR}/Slot`).set('Authorization', `Bearer ${access_token}`).expect(200)
})

test('its errors are OAuth JSON', async () => {
  const { app, logged } = await fixture()
  const post = (type: string, body: string | object) => request(app).post('/oauth/token').type(type).send(body)
  const wrong = await post('form', { ...FORM, client_secret: 'wr0ng' }).auth('x', 'y')
  expect(wrong.body).toMatchObject({ error: 'invalid_request' })
  const refused = await post('form', { ...FORM, client_secret: 'wr0ng' })
  expect([refused.status, refused.body]).toEqual([
    401,
    { error: 'invalid_client', error_description: expect.any(String) }
  ])
  expect(refused.headers['www-authenticate']).toBe('Basic realm="locum"')
  const json = await post('json', FORM)
  expect([json.status, json.body]).toMatchObject([415, { error: 'invalid_request' }])
  const huge = await post('form', { a: 'x'.repeat(70_000) })
  expect([huge.status, huge.body]).toMatchObject([413, { error: 'invalid_request' }])
  expect((await post('form', '')).body).toMatchObject({ error: 'invalid_request' })
  expect(JSON.stringify(logged)).not.toMatch(/wr0ng|demo-secret/)
})

test('an inner failure of the token endpoint tells nothing', async () => {
  const { auth } = await fixture()
  const broken = await fixture({
    auth: { ...auth, issueToken: () => Promise.reject(new Error('connection to 10.0.0.7 refused')) }
  })
  const answer = await request(broken.app).post('/oauth/token').type('form').send(FORM)
  expect(answer.status).toBe(500)
  expect(answer.text).not.toContain('10.0.0.7')
})

test('SMART discovery, whatever is accepted', async () => {
  const { app } = await fixture()
  const answer = await request(app)
    .get(`${FHIR}/.well-known/smart-configuration`)
    .set('Accept', 'text/plain')
    .expect(200)
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
  expect(answer.body).toMatchObject({
    token_endpoint: `${ORIGIN}/oauth/token`,
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_signing_alg_values_supported: ['RS384', 'ES384'],
    code_challenge_methods_supported: ['S256'],
    capabilities: expect.arrayContaining(['client-confidential-asymmetric', 'permission-v2'])
  })
})

test('health and readiness', async () => {
  const { app } = await fixture()
  await request(app).get('/healthz').expect(200, { status: 'ok' })
  await request(app)
    .get('/readyz')
    .expect(200, { status: 'ready', checks: { database: true, migrations: true } })
  const behind = await fixture({ ready: async () => ({ database: true, migrations: false }) })
  await request(behind.app)
    .get('/readyz')
    .expect(503, { status: 'not ready', checks: { database: true, migrations: false } })
  const down = await fixture({ ready: () => Promise.reject(new Error('ECONNREFUSED 10.0.0.7')) })
  await request(down.app)
    .get('/readyz')
    .expect(503, { status: 'not ready', checks: { checks: false } })
  expect(down.logged[0]).toMatchObject({ msg: 'readiness check failed' })
})

test('metrics count requests by kind of route, never by id', async () => {
  const { app, bearer } = await fixture()
  const authorization = await bearer()
  await request(app).get(`${FHIR}/Practitioner/secret-id-1`).set('Authorization', authorization)
  await request(app).get(`${FHIR}/Practitioner/secret-id-2?name=x`)
  await request(app).get('/secret-path')
  const { text, headers } = await request(app).get('/metrics').expect(200)
  expect(headers['content-type']).toMatch(/^text\/plain/)
  const counts = text.split('\n').filter(line => line.startsWith('http_request_duration_seconds_count'))
  expect(counts.sort()).toEqual([
    'http_request_duration_seconds_count{method="GET",route="Practitioner/{id}",status="200"} 1',
    'http_request_duration_seconds_count{method="GET",route="Practitioner/{id}",status="401"} 1',
    'http_request_duration_seconds_count{method="GET",route="other",status="404"} 1'
  ])
  expect(text).toContain('process_cpu_seconds_total')
  expect(text).not.toContain('secret')
})

test.each([
  ['/fhir/R4', '{base}'],
  ['/fhir/R4/', '{base}'],
  ['/fhir/R4/metadata', 'metadata'],
  ['/fhir/R4/.well-known/smart-configuration', '.well-known/smart-configuration'],
  ['/fhir/R4/$export', '{operation}'],
  ['/fhir/R4/Slot', 'Slot'],
  ['/fhir/R4/Slot/', 'Slot'],
  ['/fhir/R4/Slot/_search', 'Slot/_search'],
  ['/fhir/R4/Slot/1', 'Slot/{id}'],
  ['/fhir/R4/Slot/1/_history/2', 'Slot/{id}/_history/{id}'],
  ['/fhir/R4/Slot/1/$x', 'Slot/{id}/{operation}'],
  ['/fhir/R4/Slot/1/2', 'other'],
  ['/fhir/R4/Slot/_x', 'other'],
  ['/fhir/R4/Nothing/1', 'other'],
  ['/fhir/R45', 'other'],
  ['/elsewhere', 'other']
])('%s counts as %s', (path, route) => {
  expect(fhirRoute(path, '/fhir/R4', name => name === 'Slot')).toBe(route)
})
