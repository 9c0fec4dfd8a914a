/** Each version can be read where the answer to its write said: https://hl7.org/fhir/R4/http.html#vread */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

const below = (location: string): string => location.slice(BASE.length + 1)

test('versions, the deletion among them, and who may see them', async () => {
  const first = await server.post('Organization', { resourceType: 'Organization', name: 'One' }).expect(201)
  const id = first.body.id as string
  const second = await server.put(`Organization/${id}`, { ...first.body, name: 'Two' }).expect(200)
  for (const written of [first, second]) {
    const { body, headers } = await server.get(below(written.headers.location as string)).expect(200)
    expect(body).toEqual(written.body)
    expect(headers.etag).toBe(written.headers.etag)
  }
  await server.delete(`Organization/${id}`).expect(204)
  await server.get(`Organization/${id}/_history/3`).expect(410)
  await server.get(`Organization/${id}/_history/2`).expect(200)
  const other = await server.as('demo-au')
  await other.get(`Organization/${id}/_history/2`).expect(404)
  const unable = await server.as('demo', 'system/Slot.rs')
  await unable.get(`Organization/${id}/_history/2`).expect(403)
})

test('the document of a version stays, also when the rows cannot tell the next from it', async () => {
  const first = await server.post('Location', { resourceType: 'Location', name: 'One', status: 'active' }).expect(201)
  const id = first.body.id as string
  const { text } = await server.get(`Location/${id}/_history/1`).expect(200)
  const other = { resourceType: 'Location', id, status: 'active', name: 'One' }
  const second = await server.put(`Location/${id}`, other).expect(200)
  expect(second.headers.etag).toBe('W/"2"')
  expect((await server.get(`Location/${id}/_history/1`)).text).toBe(text)
})

test('a version that foreign SQL made', async () => {
  const { body } = await server.post('Organization', { resourceType: 'Organization', name: 'One' }).expect(201)
  await server.sql(`update organizations set name = 'Changed' where id = $1`, [body.id])
  const { body: version } = await server.get(`Organization/${body.id}/_history/2`).expect(200)
  expect(version).toMatchObject({ name: 'Changed', meta: { versionId: '2' } })
})

test.each([
  'Organization/nobody/_history/1',
  'Practitioner/dr-garcia/_history/99',
  'Practitioner/dr-garcia/_history/x'
])('%s is not there', async path => {
  await server.get(path).expect(404)
})

test('a version of the directory is its current one', async () => {
  await server.get('Practitioner/npi-1234567893/_history/1').expect(200)
})

test('versions are read, not written', async () => {
  await server.delete('Practitioner/dr-garcia/_history/1').expect(405)
})
