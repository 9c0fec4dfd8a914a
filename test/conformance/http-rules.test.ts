/** What the standard says of wrong requests: each with its status and issue code. https://hl7.org/fhir/R4/http.html */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Test } from 'supertest'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let before: unknown
const place = (more: object = {}) => ({ resourceType: 'Location', name: 'Rule', ...more })
beforeAll(async () => {
  server = await testServer()
  for (const id of ['gone', 'stands', 'twin-1', 'twin-2']) await server.put(`Location/${id}`, place({ id })).expect(201)
  await server.delete('Location/gone').expect(204)
  before = await contents(server.sql)
})
afterAll(() => server?.close())

const post = (type: string, body: string) =>
  server.http
    .post('/fhir/R4/Location')
    .set({ Authorization: `Bearer ${server.token}`, 'Content-Type': type })
    .send(body)
const JSON_TYPE = 'application/fhir+json'
const patch = (...operations: object[]) => server.patch('Location/stands', operations)
const bundle = (type: string, entry: unknown = []) => server.post('', { resourceType: 'Bundle', type, entry })
const put = (more: object, headers?: Record<string, string>) => server.put('Location/stands', place(more), headers)
const STANDS = { id: 'stands' }
const STRICT = { Prefer: 'handling=strict' }

test.each<[string, () => Test, number, string]>([
  ['read of what never was', () => server.get('Location/never'), 404, 'not-found'],
  ['read of an id that is none', () => server.get('Location/a_b'), 404, 'not-found'],
  ['read of what was deleted', () => server.get('Location/gone'), 410, 'deleted'],
  ['vread of a version that is not there', () => server.get('Location/stands/_history/9'), 404, 'not-found'],
  ['vread of a deletion', () => server.get('Location/gone/_history/2'), 410, 'deleted'],
  ['history of what never was', () => server.get('Location/never/_history'), 404, 'not-found'],
  ['a type that is not served', () => server.get('Patient/1'), 404, 'not-found'],
  ['an operation that there is not', () => server.post('Location/$everything', {}), 404, 'not-found'],
  ['a method that the path does not take', () => server.put('metadata', {}), 405, 'not-supported'],
  ['XML that is asked for', () => server.get('Location', { Accept: 'application/fhir+xml' }), 406, 'not-supported'],
  ['XML that is sent', () => post('application/fhir+xml', '<Location/>'), 415, 'not-supported'],
  ['a body that is no JSON', () => post(JSON_TYPE, '{"resourceType": '), 400, 'invalid'],
  ['a body that is no object', () => post(JSON_TYPE, '[]'), 400, 'structure'],
  ['no body', () => post(JSON_TYPE, ''), 400, 'required'],
  ['another type than the path', () => server.post('Location', { resourceType: 'Organization' }), 400, 'invalid'],
  ['an element that there is not', () => server.post('Location', place({ colour: 'red' })), 400, 'structure'],
  ['a code that is not in its value set', () => server.post('Location', place({ status: 'x' })), 422, 'code-invalid'],
  [
    'a reference to nothing',
    () => server.post('Location', place({ partOf: { reference: 'Location/never' } })),
    422,
    'not-found'
  ],
  [
    'an entry of a Bundle, where there is none',
    () => server.post('Location', place({ partOf: { reference: 'urn:uuid:0195b6e8-7c1d-7a30-9c59-3f0d6c1a0001' } })),
    422,
    'not-found'
  ],
  ['an update without id', () => put({}), 400, 'invalid'],
  ['an update of another id', () => put({ id: 'other' }), 400, 'invalid'],
  ['a version that is not the one that stands', () => put(STANDS, { 'If-Match': 'W/"9"' }), 412, 'conflict'],
  ['If-Match that cannot be read', () => put(STANDS, { 'If-Match': 'nine' }), 400, 'invalid'],
  [
    'a conditional update of several',
    () => server.put('Location?name=Rule&_id=twin-1,twin-2', place()),
    412,
    'multiple-matches'
  ],
  [
    'a conditional create that several match',
    () => server.post('Location', place(), { 'If-None-Exist': 'name=Rule' }),
    412,
    'multiple-matches'
  ],
  ['a conditional delete of several', () => server.delete('Location?_id=twin-1,twin-2'), 412, 'multiple-matches'],
  [
    'a patch of another media type',
    () =>
      server.http
        .patch('/fhir/R4/Location/stands')
        .set({ Authorization: `Bearer ${server.token}`, 'Content-Type': JSON_TYPE })
        .send('{}'),
    415,
    'not-supported'
  ],
  ['a patch that is none', () => patch({ op: 'paint', path: '/name' }), 400, 'structure'],
  ['a patch whose test fails', () => patch({ op: 'test', path: '/name', value: 'x' }), 422, 'processing'],
  ['a patch of what is not there', () => patch({ op: 'remove', path: '/alias' }), 422, 'processing'],
  ['a patch of what never was', () => server.patch('Location/never', []), 404, 'not-found'],
  ['a patch of what was deleted', () => server.patch('Location/gone', []), 410, 'deleted'],
  ['a parameter that there is not, strictly', () => server.get('Location?colour=red', STRICT), 400, 'not-supported'],
  ['a modifier that there is not', () => server.get('Location?name:loud=x'), 400, 'invalid'],
  ['a value that is none', () => server.get('Location?_lastUpdated=soon'), 400, 'value'],
  ['a page link that was altered', () => server.get('Location?_cursor=abc'), 400, 'value'],
  ['a chain of more steps than allowed', () => server.get(`Location?${'partof.'.repeat(9)}name=x`), 400, 'too-costly'],
  ['a Bundle of another type', () => bundle('collection'), 400, 'value'],
  ['a Bundle without requests', () => bundle('batch', [{}]), 400, 'required'],
  ['entries that are no list', () => bundle('transaction', {}), 400, 'structure'],
  [
    'a link to no entry',
    () =>
      bundle('transaction', [
        { request: { method: 'POST', url: 'Location' }, resource: place({ partOf: { reference: 'urn:uuid:0' } }) }
      ]),
    422,
    'not-found'
  ]
])('%s', async (_, ask, status, code) => {
  expect(refusal(await ask())).toMatchObject({ status, code })
  expect(await contents(server.sql)).toEqual(before)
})

test('a delete of what is not there, or not any more, is none', async () => {
  for (const id of ['never', 'gone']) await server.delete(`Location/${id}`).expect(204)
})

test('no token, and one that does not allow it', async () => {
  const stranger = await server.http.get('/fhir/R4/Location')
  expect(refusal(stranger)).toMatchObject({ status: 401, code: 'login' })
  const reader = await server.as('demo', 'system/Location.rs')
  expect(refusal(await reader.post('Location', place()))).toMatchObject({ status: 403, code: 'forbidden' })
})
