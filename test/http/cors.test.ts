/** Browser apps of other origins, and what OPTIONS says. https://fetch.spec.whatwg.org/#http-cors-protocol */
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { FHIR, fixture, type Fixture } from './fixture.js'

const APP = 'https://app.example'
const PREFLIGHT = {
  'Access-Control-Request-Method': 'PUT',
  'Access-Control-Request-Headers': 'authorization,content-type,if-match'
}
const allowed = ({ headers }: { headers: Record<string, string> }) =>
  Object.keys(headers).filter(name => name.startsWith('access-control-'))

let off: Fixture, named: Fixture, open: Fixture
beforeAll(async () => {
  off = await fixture()
  named = await fixture({ corsOrigins: [APP, 'http://localhost:8080'] })
  open = await fixture({ corsOrigins: ['*'] })
})

const paths = [`${FHIR}/Slot`, `${FHIR}/metadata`, '/oauth/token', '/me', '/openapi.json', '/nowhere']

describe('without a setting nobody is let in', () => {
  test.each(paths)('%s', async path => {
    expect(allowed(await request(off.app).get(path).set('Origin', APP))).toEqual([])
    expect(allowed(await request(off.app).options(path).set('Origin', APP).set(PREFLIGHT))).toEqual([])
  })
})

describe('an origin that is named', () => {
  test.each(paths)('may ask first: %s', async path => {
    const { status, headers, text } = await request(named.app).options(path).set('Origin', APP).set(PREFLIGHT)
    expect([status, text, headers['access-control-allow-origin']]).toEqual([204, '', APP])
    expect(headers['access-control-allow-methods']?.split(', ')).toEqual(
      expect.arrayContaining(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
    )
    for (const name of ['Authorization', 'Content-Type', 'If-Match', 'If-None-Exist', 'Prefer', 'X-Tenant'])
      expect(headers['access-control-allow-headers']).toContain(name)
  })

  test('reads answers and refusals, with the headers that FHIR needs', async () => {
    const bearer = await named.bearer()
    const answers = [
      await request(named.app).get(`${FHIR}/Slot`).set({ Origin: APP, Authorization: bearer }),
      await request(named.app).get(`${FHIR}/Slot`).set('Origin', APP),
      await request(named.app).post('/oauth/token').set('Origin', APP).type('form').send({})
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 400])
    for (const { headers } of answers) {
      expect(headers).toMatchObject({
        'access-control-allow-origin': APP,
        'access-control-allow-credentials': 'true',
        vary: expect.stringContaining('Origin')
      })
      for (const name of ['ETag', 'Location', 'Last-Modified', 'X-Request-Id'])
        expect(headers['access-control-expose-headers']).toContain(name)
    }
  })

  test('lets no other one in, nor one that looks like it', async () => {
    for (const origin of ['https://evil.example', `${APP}.evil.example`, 'http://app.example', 'null']) {
      const answer = await request(named.app).options(`${FHIR}/Slot`).set('Origin', origin).set(PREFLIGHT)
      expect([origin, allowed(answer)]).toEqual([origin, []])
      expect(answer.headers.vary).toContain('Origin')
    }
  })

  test('writes with the cookie of a login from our own origin only', async () => {
    const cookie = `access_token=${(await named.bearer()).slice('Bearer '.length)}`
    const sent = request(named.app).post(`${FHIR}/Slot`).set({ Origin: APP, Cookie: cookie })
    expect((await sent.type('application/fhir+json').send('{}')).status).toBe(403)
  })
})

test('all origins are let in by *, without cookies', async () => {
  const { headers } = await request(open.app).get(`${FHIR}/metadata`).set('Origin', 'https://any.example')
  expect(headers['access-control-allow-origin']).toBe('*')
  expect(headers['access-control-allow-credentials']).toBeUndefined()
})
