/** Limits of tokens, logins and writes, by address and by client. */
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { FHIR, fixture, issueOf } from './fixture.js'

const FORM = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' }

test('tokens beyond the limit of an address are 429 with Retry-After, as an OperationOutcome', async () => {
  const { app } = await fixture({ tokensPerMinute: 3 })
  const ask = () => request(app).post('/oauth/token').type('form').send(FORM)
  for (let n = 0; n < 3; n++) expect((await ask()).status).toBe(200)
  const refused = await ask()
  expect([refused.status, issueOf(refused.body).code]).toEqual([429, 'throttled'])
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
  expect((await request(app).post('/auth/login').send({ username: 'a', password: 'b' })).status).toBe(429)
})

test('a client is limited from all its addresses together, behind a proxy that is trusted', async () => {
  const { app } = await fixture({ tokensPerMinute: 3, trustProxy: 1 })
  const ask = (address: string, id: string) =>
    request(app)
      .post('/oauth/token')
      .set('X-Forwarded-For', address)
      .auth(id, 'demo-secret')
      .type('form')
      .send({ grant_type: 'client_credentials' })
  for (const n of [1, 2, 3]) expect((await ask(`10.0.0.${n}`, 'demo')).status).toBe(200)
  expect((await ask('10.0.0.4', 'demo')).status).toBe(429)
  expect((await ask('10.0.0.4', 'other')).status).toBe(401)
})

test('without a trusted proxy nobody chooses an address', async () => {
  const { app } = await fixture({ tokensPerMinute: 2 })
  const ask = (address: string) =>
    request(app).post('/oauth/token').set('X-Forwarded-For', address).type('form').send(FORM)
  const answers = [await ask('10.0.0.1'), await ask('10.0.0.2'), await ask('10.0.0.3')]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
})

test('writes are limited, reads and searches by POST are not', async () => {
  const http = await fixture({ writesPerMinute: 2 })
  const bearer = await http.bearer()
  const post = (path: string, type = 'application/fhir+json', body = '{"resourceType":"Slot"}') =>
    request(http.app).post(`${FHIR}/${path}`).set({ Authorization: bearer, 'Content-Type': type }).send(body)
  expect([(await post('Slot')).status, (await post('Slot')).status, (await post('Slot')).status]).toEqual([
    200, 200, 429
  ])
  expect((await request(http.app).get(`${FHIR}/Slot`).set('Authorization', bearer)).status).toBe(200)
  expect((await post('Slot/_search', 'application/x-www-form-urlencoded', '')).status).toBe(200)
  expect(http.calls).toHaveLength(4)
})
