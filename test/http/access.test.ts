import { beforeEach, expect, test } from '@jest/globals'
import request from 'supertest'
import { fhirError } from '../../src/fhir/errors.js'
import { FHIR, fixture, issueOf, ORIGIN, type Fixture } from './fixture.js'

let http: Fixture
beforeEach(async () => {
  http = await fixture()
})
const get = (path: string) => request(http.app).get(`${FHIR}/${path}`)

test('without a token: 401, a challenge without error, and nothing is dispatched', async () => {
  const answer = await get('Practitioner/1')
  expect(answer.status).toBe(401)
  expect(answer.headers['www-authenticate']).toBe('Bearer realm="locum"')
  expect(issueOf(answer.body).code).toBe('login')
  expect(http.calls).toHaveLength(0)
})

test('an expired token and rubbish: 401 that names the error', async () => {
  const bearer = await http.bearer()
  http.clock.forward(301)
  const expired = await get('Slot').set('Authorization', bearer)
  expect([expired.status, issueOf(expired.body).code]).toEqual([401, 'expired'])
  expect(expired.headers['www-authenticate']).toMatch(
    /^Bearer realm="locum", error="invalid_token", error_description="/
  )
  const rubbish = await get('Slot').set('Authorization', 'Bearer rubbish')
  expect([rubbish.status, issueOf(rubbish.body).code]).toEqual([401, 'unknown'])
})

test('a stranger is refused before the body is looked at', async () => {
  const answer = await request(http.app).post(`${FHIR}/Slot`).type('application/json').send('{broken')
  expect(answer.status).toBe(401)
})

test('the context carries who asks, for which tenant, and what the token allows', async () => {
  await get('Slot')
    .set('Authorization', await http.bearer('system/Slot.rs create_users'))
    .set('X-Request-Id', 'abc-1')
    .expect(200)
  const { context } = http.calls[0]!
  expect(context).toMatchObject({
    subject: 'demo',
    tenant: { id: 'demo', timeZone: 'America/New_York' },
    store: { tenant: 'demo', subject: 'demo' },
    requestId: 'abc-1',
    base: ORIGIN + FHIR
  })
  expect(context.now).toEqual(http.clock())
  expect(context.forTenant('demo-north')).toEqual({ tenant: 'demo-north', subject: 'demo' })
  expect([context.may('Slot', 's'), context.may('Slot', 'c'), context.may('Practitioner', 'r')]).toEqual([
    true,
    false,
    false
  ])
  expect([context.has('create_users'), context.has('create_tenants')]).toEqual([true, false])
})

test('X-Tenant chooses a tenant below; a foreign, unknown or inactive one is 403', async () => {
  const bearer = await http.bearer()
  await get('Slot').set('Authorization', bearer).set('X-Tenant', 't-demo-north').expect(200)
  expect(http.calls[0]!.context).toMatchObject({ tenant: { id: 'demo-north' }, store: { tenant: 'demo-north' } })
  for (const tenant of ['t-demo-au', 't-unknown', 't-closed']) {
    const answer = await get('Slot').set('Authorization', bearer).set('X-Tenant', tenant)
    expect([answer.status, issueOf(answer.body).code]).toEqual([403, 'forbidden'])
  }
  expect((await get('Slot').set('Authorization', bearer).set('X-Tenant', 'nonsense')).status).toBe(400)
  expect(http.calls).toHaveLength(1)
})

test('a refusal from below gets its challenge', async () => {
  const bearer = await http.bearer()
  http.answer(fhirError('forbidden', 'The token lacks create_users'))
  const forbidden = await get('Slot').set('Authorization', bearer)
  expect(forbidden.status).toBe(403)
  expect(forbidden.headers['www-authenticate']).toBe('Bearer realm="locum", error="insufficient_scope"')
  http.answer(fhirError('login', 'The subject was revoked'))
  const revoked = await get('Slot').set('Authorization', bearer)
  expect([revoked.status, revoked.headers['www-authenticate']]).toEqual([
    401,
    'Bearer realm="locum", error="invalid_token"'
  ])
})

test('metadata needs no token, is bound to no tenant and allows nothing; a write to it is no way in', async () => {
  await get('metadata').expect(200)
  const { context, request: handed } = http.calls[0]!
  expect(handed.path).toBe('metadata')
  expect(context).toMatchObject({ subject: '', tenant: { id: '' }, store: { tenant: '' } })
  expect([context.may('Slot', 'r'), context.has('create_users')]).toEqual([false, false])
  await request(http.app).post(`${FHIR}/metadata`).send({}).expect(401)
  await get('metadata/../Slot').expect(401)
})

test('no token and no cookie reaches the interactions', async () => {
  await get('Slot')
    .set('Authorization', await http.bearer())
    .set('Cookie', 'access_token=x')
    .set('If-Match', 'W/"1"')
  expect(http.calls[0]!.request.headers).toMatchObject({ 'if-match': 'W/"1"' })
  expect(http.calls[0]!.request.headers).not.toHaveProperty('authorization')
  expect(http.calls[0]!.request.headers).not.toHaveProperty('cookie')
})
