import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { error, FhirError, warning } from '../../src/fhir/errors.js'
import { FHIR, fixture, issueOf, ORIGIN, type Fixture } from './fixture.js'

let http: Fixture
let bearer: string
beforeEach(async () => {
  http = await fixture()
  bearer = await http.bearer()
})
const get = (path: string) => request(http.app).get(`${FHIR}${path}`).set('Authorization', bearer)

describe('the request as interactions see it', () => {
  test.each([
    ['', '', ''],
    ['/', '', ''],
    ['/Slot/1', 'Slot/1', ''],
    ['/Slot/', 'Slot', ''],
    ['/Slot?start=ge2026-03-02&a=b%7Cc', 'Slot', 'start=ge2026-03-02&a=b%7Cc'],
    ['/Slot?', 'Slot', ''],
    ['/Practitioner/%24match?name=x?y', 'Practitioner/$match', 'name=x?y']
  ])('%s', async (url, path, query) => {
    await get(url).expect(200)
    expect(http.calls[0]!.request).toMatchObject({ method: 'GET', path, query })
    expect(http.calls[0]!.request.body).toBeUndefined()
  })

  test.each([
    ['/Slot%2F1', 404],
    ['/Slot/%zz', 400]
  ])('%s: %i', async (url, status) => {
    await get(url).expect(status)
    expect(http.calls).toHaveLength(0)
  })
})

describe('the answer', () => {
  test('status, headers and text are passed on', async () => {
    const headers = {
      ETag: 'W/"3"',
      'Last-Modified': 'Mon, 02 Mar 2026 10:00:00 GMT',
      Location: `${ORIGIN}${FHIR}/Slot/1`
    }
    http.answer({ status: 201, headers, body: '{"resourceType":"Slot","price":1.00}' })
    const answer = await get('/Slot/1')
    expect(answer.status).toBe(201)
    expect(answer.headers).toMatchObject({
      etag: 'W/"3"',
      'last-modified': headers['Last-Modified'],
      location: headers.Location
    })
    expect(answer.headers['cache-control']).toBe('private, no-cache')
    expect(answer.text).toBe('{"resourceType":"Slot","price":1.00}')
  })

  test('an answer without body', async () => {
    http.answer({ status: 204, headers: {} })
    const answer = await get('/Slot/1').expect(204)
    expect(answer.text).toBe('')
    expect(answer.headers).not.toHaveProperty('content-type')
  })

  test('HEAD is GET without the body', async () => {
    http.answer({ status: 200, headers: { ETag: 'W/"3"' }, body: '{"resourceType":"Slot"}' })
    const answer = await request(http.app).head(`${FHIR}/Slot/1`).set('Authorization', bearer).expect(200)
    expect(answer.headers).toMatchObject({ 'content-length': '23', etag: 'W/"3"' })
    expect(answer.text ?? '').toBe('')
    expect(http.calls[0]!.request.method).toBe('HEAD')
  })

  test('HEAD tells no length where GET may be compressed', async () => {
    http.answer({ status: 200, headers: {}, body: { resourceType: 'Bundle', text: 'x'.repeat(5000) } })
    const head = (encoding: string) =>
      request(http.app).head(`${FHIR}/Slot`).set('Authorization', bearer).set('Accept-Encoding', encoding).expect(200)
    expect((await head('gzip')).headers).not.toHaveProperty('content-length')
    expect((await head('')).headers).toMatchObject({ 'content-length': '5035' })
  })

  test('a version that the caller has is 304; a search has no ETag', async () => {
    http.answer({ status: 200, headers: { ETag: 'W/"3"' }, body: '{"resourceType":"Slot"}' })
    await get('/Slot/1').set('If-None-Match', 'W/"3"').expect(304, '')
    await get('/Slot/1').set('If-None-Match', 'W/"2"').expect(200)
    http.answer({ status: 200, headers: {}, body: '{"resourceType":"Bundle"}' })
    expect((await get('/Slot')).headers).not.toHaveProperty('etag')
  })

  test('long answers are compressed for those who take it', async () => {
    http.answer({ status: 200, headers: {}, body: { resourceType: 'Bundle', text: 'x'.repeat(5000) } })
    const packed = await get('/Slot').set('Accept-Encoding', 'gzip')
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect((packed.body as { text: string }).text).toHaveLength(5000)
    expect((await get('/Slot').set('Accept-Encoding', 'identity')).headers).not.toHaveProperty('content-encoding')
  })

  test('security headers on every answer, also on errors; no word about the software', async () => {
    for (const answer of [await get('/Slot'), await request(http.app).get('/nowhere')]) {
      expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' })
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
      expect(answer.headers).not.toHaveProperty('x-powered-by')
      expect(answer.headers).not.toHaveProperty('strict-transport-security')
    }
    const secure = await fixture({ origin: 'https://locum.test' })
    expect((await request(secure.app).get('/healthz')).headers['strict-transport-security']).toMatch(/max-age/)
  })
})

describe('request ids', () => {
  test('a sane one is taken over, another is replaced', async () => {
    expect((await get('/Slot').set('X-Request-Id', 'abc.1-2_3')).headers['x-request-id']).toBe('abc.1-2_3')
    for (const bad of ['a b', '<x>', 'x'.repeat(65)]) {
      expect((await get('/Slot').set('X-Request-Id', bad)).headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })
})

describe('errors', () => {
  test('issues become an OperationOutcome with their status and headers', async () => {
    const issues = [
      warning('informational', 'Mind'),
      error('duplicate', 'Email already in use', 'PractitionerRole.contained[0]', 'P4')
    ]
    http.answer(new FhirError(issues, { headers: { 'Retry-After': '5' } }))
    const answer = await get('/Slot').expect(409)
    expect(answer.headers).toMatchObject({ 'retry-after': '5', 'content-type': 'application/fhir+json; charset=utf-8' })
    expect(answer.body).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [
        { severity: 'warning' },
        {
          severity: 'error',
          code: 'duplicate',
          details: { text: 'Email already in use' },
          expression: ['PractitionerRole.contained[0]']
        }
      ]
    })
  })

  test('anything else is 500 that names the request id and nothing of the inside', async () => {
    http.answer(Object.assign(new Error('relation "users" at /srv/locum/src'), { code: '42P01', status: 404 }))
    const answer = await get('/Slot').set('X-Request-Id', 'req-7').expect(500)
    expect(issueOf(answer.body)).toMatchObject({ code: 'exception', text: expect.stringContaining('req-7') })
    expect(answer.text).not.toMatch(/users|srv|42P01|Error:|at /)
    const line = http.logged.find(entry => entry.msg === 'unexpected error')
    expect(line).toMatchObject({ requestId: 'req-7', err: { message: 'relation "users" at /srv/locum/src' } })
  })

  test('outside of all paths: 404', async () => {
    for (const path of ['/', '/fhir', '/FHIR/R4/metadata', '/oauth', '/fhir/R5/Slot']) {
      const answer = await request(http.app).get(path)
      expect([answer.status, issueOf(answer.body).code]).toEqual([404, 'not-found'])
    }
  })

  test.each([
    ['delete', '/healthz', 'GET, HEAD, OPTIONS'],
    ['get', '/oauth/token', 'POST, OPTIONS'],
    ['post', '/metrics', 'GET, HEAD, OPTIONS'],
    ['put', `${FHIR}/.well-known/smart-configuration`, 'GET, HEAD, OPTIONS'],
    ['trace', `${FHIR}/Slot`, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'],
    ['trace', `${FHIR}/metadata`, 'GET, HEAD, OPTIONS']
  ] as const)('%s %s: 405', async (method, path, allow) => {
    const answer = await request(http.app)[method](path)
    expect([answer.status, answer.headers.allow]).toEqual([405, allow])
    expect(issueOf(answer.body).code).toBe('not-supported')
  })
})

describe('the log', () => {
  test('one line for a request, with names of parameters but no values, tokens or bodies', async () => {
    await get('/Practitioner?name=Gorilla&email=joe@example.org&name=Joe').set('X-Request-Id', 'req-9')
    await request(http.app)
      .post(`${FHIR}/Practitioner/_search`)
      .set('Authorization', bearer)
      .type('form')
      .send('family=Gorilla')
    const lines = http.logged.filter(line => line.msg === 'request')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatchObject({
      requestId: 'req-9',
      subject: 'demo',
      tenant: 'demo',
      method: 'GET',
      path: `${FHIR}/Practitioner`,
      parameters: ['name', 'email'],
      status: 200,
      ms: expect.any(Number)
    })
    expect(JSON.stringify(http.logged)).not.toMatch(/gorilla|joe|Bearer|eyJ/i)
  })
})
