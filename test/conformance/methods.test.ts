/** HEAD and OPTIONS on all that the OpenAPI description has. https://hl7.org/fhir/R4/http.html#head */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testServer, type TestServer } from '../support/server.js'

type Paths = Record<string, Record<string, unknown>>

let server: TestServer
let paths: Paths
beforeAll(async () => {
  server = await testServer()
  paths = ((await server.http.get('/openapi.json')).body as { paths: Paths }).paths
})
afterAll(() => server?.close())

/** Of each type something that is there, where the demo has one. */
const IDS: Record<string, string> = { Practitioner: 'dr-lee', Location: 'main', Organization: 't-demo' }
const target = (path: string): string =>
  path
    .slice(1)
    .replace('{id}', IDS[path.split('/')[1]!] ?? 'none')
    .replace('{version}', '1')
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

test('HEAD answers like GET, without a body', async () => {
  for (const [path, methods] of Object.entries(paths)) {
    const url = `/fhir/R4/${target(path)}${path === '/' ? '?_type=Location' : ''}`
    if (!methods.get) continue
    const ask = (method: 'get' | 'head') => server.http[method](url).set('Authorization', `Bearer ${server.token}`)
    const [got, head] = [await ask('get'), await ask('head')]
    const told = ({ status, headers }: typeof got) => [url, status, headers['content-type'], headers.etag]
    expect(told(head)).toEqual(told(got))
    expect(head.text).toBeFalsy()
  }
})

test('OPTIONS says which methods there are, to everybody', async () => {
  for (const [path, methods] of Object.entries(paths)) {
    const answer = await server.http.options(`/fhir/R4/${target(path)}`)
    const declared = METHODS.filter(method => method in methods).map(method => method.toUpperCase())
    const told = answer.headers.allow?.split(', ').filter(method => method !== 'HEAD' && method !== 'OPTIONS')
    expect([path, answer.status, told]).toEqual([path, 204, declared])
    expect(answer.headers.allow).toContain('OPTIONS')
    expect(answer.headers['accept-patch']).toBe('patch' in methods ? 'application/json-patch+json' : undefined)
  }
  expect((await server.http.options('/fhir/R4/Patient')).status).toBe(404)
  const plain = await server.http.options('/openapi.json')
  expect([plain.status, plain.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS'])
})

test('a method that the path does not take is 405 before its body is looked at', async () => {
  for (const [path, methods] of Object.entries(paths))
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      if (method in methods) continue
      const asked = server.http[method](`/fhir/R4/${target(path)}`).set('Authorization', `Bearer ${server.token}`)
      const answer = await asked.type(path.length % 2 ? 'text/plain' : 'application/fhir+json').send('')
      expect([method, path, answer.status, answer.headers.allow]).toEqual([method, path, 405, expect.anything()])
      expect(answer.headers.allow?.split(', ')).toContain('OPTIONS')
    }
})

test('which patches are taken is told to who sends another', async () => {
  const sent = server.http.patch('/fhir/R4/Location/main').set('Authorization', `Bearer ${server.token}`)
  const answer = await sent.type('application/fhir+json').send('{}')
  expect([answer.status, answer.headers['accept-patch']]).toEqual([415, 'application/json-patch+json'])
})
