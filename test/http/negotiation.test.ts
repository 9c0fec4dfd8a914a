import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { FHIR, fixture, issueOf, type Fixture } from './fixture.js'

let http: Fixture
let bearer: string
beforeAll(async () => {
  http = await fixture()
  bearer = await http.bearer()
})
const ask = (accept: string, query = '') =>
  request(http.app).get(`${FHIR}/Slot${query}`).set('Authorization', bearer).set('Accept', accept)

const FHIR_JSON = 'application/fhir+json; charset=utf-8'
const PLAIN_JSON = 'application/json; charset=utf-8'

describe('Accept', () => {
  test.each([
    ['', FHIR_JSON],
    ['*/*', FHIR_JSON],
    ['application/*', FHIR_JSON],
    ['application/fhir+json', FHIR_JSON],
    ['application/fhir+json; fhirVersion=4.0', FHIR_JSON],
    ['application/fhir+json;charset=utf-8', FHIR_JSON],
    ['application/fhir+xml;q=1.0, application/fhir+json;q=0.9', FHIR_JSON],
    ['application/json', PLAIN_JSON],
    ['application/json, text/plain, */*', PLAIN_JSON],
    ['application/json;q=0.5, application/fhir+json', FHIR_JSON],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', PLAIN_JSON]
  ])('%s: %s', async (accept, type) => {
    const answer = await ask(accept).expect(200)
    expect(answer.headers['content-type']).toBe(type)
    expect(answer.headers.vary).toMatch(/Accept, Authorization, X-Tenant/)
  })

  test.each([
    'application/fhir+xml',
    'text/turtle',
    'application/fhir+json;q=0',
    'application/fhir+json; fhirVersion=3.0'
  ])('%s: 406', async accept => {
    const before = http.calls.length
    const answer = await ask(accept).expect(406)
    expect(answer.headers['content-type']).toBe(FHIR_JSON)
    expect(issueOf(answer.body).text).toMatch(/JSON only/)
    expect(http.calls).toHaveLength(before)
  })
})

describe('_format beats Accept', () => {
  test.each(['json', 'application/json', 'application/fhir%2Bjson', 'application/fhir+json', 'text/json'])(
    '%s',
    async format => {
      const answer = await ask('application/fhir+xml', `?_format=${format}`).expect(200)
      expect(answer.headers['content-type']).toBe(FHIR_JSON)
    }
  )
  test.each(['xml', 'application/fhir+xml', 'ttl'])('%s: 406', async format => {
    const answer = await ask('application/json', `?_format=${format}`).expect(406)
    expect(issueOf(answer.body).expression).toEqual(['_format'])
  })
  test('also in the form of a search', async () => {
    const search = request(http.app).post(`${FHIR}/Slot/_search`).set('Authorization', bearer).type('form')
    await search.send('_format=xml').expect(406)
  })
})

test('_pretty indents the text and nothing else: 1.00 stays 1.00', async () => {
  http.answer({ status: 200, headers: {}, body: '{"value":1.00,"list":[1,{}],"text":"a{,:\\"b"}' })
  expect((await ask('*/*', '?_pretty=true')).text).toBe(
    '{\n  "value": 1.00,\n  "list": [\n    1,\n    {}\n  ],\n  "text": "a{,:\\"b"\n}'
  )
  expect((await ask('*/*')).text).toBe('{"value":1.00,"list":[1,{}],"text":"a{,:\\"b"}')
})

test('a refusal comes in the form that was asked for, and in FHIR’s own where that is none', async () => {
  const refused = (accept: string, query = '') => request(http.app).get(`${FHIR}/Slot${query}`).set('Accept', accept)
  for (const [accept, type] of [
    ['application/json', PLAIN_JSON],
    ['text/html,*/*;q=0.8', PLAIN_JSON],
    ['application/fhir+xml', FHIR_JSON],
    ['*/*', FHIR_JSON]
  ] as const) {
    const answer = await refused(accept, '?_pretty=true').expect(401)
    expect([answer.headers['content-type'], answer.text]).toEqual([type, expect.stringMatching(/^{\n {2}"/)])
    expect(issueOf(answer.body).code).toBe('login')
  }
})
