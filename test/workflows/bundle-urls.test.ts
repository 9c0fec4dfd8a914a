/** What stands as url of an entry is read as a request's own path is. https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.request.url */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.put('Location/urls', { resourceType: 'Location', id: 'urls', name: 'Urls' }).expect(201)
})
afterAll(() => server?.close())

const send = (type: string, entry: object[], headers = {}) =>
  server.post('', { resourceType: 'Bundle', type, entry }, headers)
const location = { resourceType: 'Location', name: 'Urls' }
const own = { ...location, id: 'urls' }
const rename = {
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: btoa('[{"op":"test","path":"/id","value":"urls"}]')
}

describe.each(['batch', 'transaction'])('in a %s', type => {
  test.each([
    ['POST', 'Location/', location, '201'],
    ['POST', '/Location', location, '201'],
    ['POST', 'Location?_format=json', location, '201'],
    ['POST', 'Location?_format=json&_pretty=true&_summary=false', location, '201'],
    ['POST', `${BASE}/Location`, location, '201'],
    ['PUT', 'Location/urls/', own, '200'],
    ['PUT', 'Location/urls?_pretty=true', own, '200'],
    ['PUT', 'Location/%75rls', own, '200'],
    ['PUT', 'Location?_id=urls&_format=json', own, '200'],
    ['PATCH', 'Location/urls?_format=json', rename, '200'],
    ['DELETE', 'Location/never?_format=json', undefined, '204'],
    ['DELETE', 'Location?_id=never&_pretty=true', undefined, '204'],
    ['GET', 'Location/urls?_format=json', undefined, '200'],
    ['GET', 'Location/', undefined, '200'],
    ['GET', 'metadata', undefined, '200'],
    ['GET', '?_type=Location&_format=json', undefined, '200'],
    ['GET', `${BASE}?_type=Location`, undefined, '200'],
    ['GET', `${BASE}/Location/urls/_history/1?_pretty=true`, undefined, '200']
  ])('%s %s', async (method, url, resource, status) => {
    const answer = await send(type, [{ resource, request: { method, url } }])
    expect(answer.status).toBe(200)
    expect((answer.body as Bundle).entry?.map(({ response }) => response)).toMatchObject([{ status }])
  })

  test.each([
    ['GET', 'Location/%zz', undefined, 400],
    ['GET', 'Patient/1', undefined, 404],
    ['GET', 'https://elsewhere.example/fhir/Location/1', undefined, 404]
  ])('%s %s is refused', async (method, url, resource, status) => {
    const answer = await send(type, [{ resource, request: { method, url } }])
    const [entry] = (answer.body as Bundle).entry ?? []
    expect(entry?.response?.status ?? refusal(answer).status).toEqual(entry ? String(status) : status)
  })
})

test('what a batch prefers holds for its entries', async () => {
  const entry = [
    { resource: location, request: { method: 'POST', url: 'Location' } },
    { request: { method: 'GET', url: 'Location?colour=red' } }
  ]
  const { body } = await send('batch', entry, { Prefer: 'return=minimal, handling=strict' }).expect(200)
  const [made, found] = (body as Bundle).entry!
  expect([made?.response?.status, made?.resource, found?.response?.status]).toEqual(['201', undefined, '400'])
})
