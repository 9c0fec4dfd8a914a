/** What is answered beside the status: after what the client prefers, and in entries of Bundles. https://hl7.org/fhir/R4/http.html#ops */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, BundleEntry, OperationOutcome } from 'fhir/r4.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const OUTCOME = { Prefer: 'return=OperationOutcome' }
const IDENTIFIED = { resourceType: 'Location', name: 'Told', identifier: [{ system: 'urn:example', value: 'told' }] }
/** Without the advice that there is no narrative. */
const place = (id: string) => ({
  ...{ ...IDENTIFIED, id },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Told</div>' }
})
const textOf = (outcome: unknown) => (outcome as OperationOutcome | undefined)?.issue[0]?.details?.text
const entriesOf = async (type: string, headers: Record<string, string>, ...entry: object[]): Promise<BundleEntry[]> => {
  const answer = await server.post('', { resourceType: 'Bundle', type, entry }, headers)
  expect(answer.status).toBe(200)
  return (answer.body as Bundle).entry!
}

test('a create that was not needed, an update and a delete say what became of them', async () => {
  const made = await server.put('Location/told', place('told'), OUTCOME)
  expect([made.status, textOf(made.body)]).toEqual([201, 'Location/told was created'])
  const changed = await server.put('Location/told', { ...place('told'), name: 'Changed' }, OUTCOME)
  expect([changed.status, textOf(changed.body)]).toEqual([200, 'Location/told was updated'])
  const known = { ...OUTCOME, 'If-None-Exist': 'identifier=urn:example|told' }
  const again = await server.post('Location', place('told'), known)
  expect([again.status, textOf(again.body)]).toEqual([200, 'Location/told is there already'])
  const gone = await server.delete('Location?identifier=urn:example|told', OUTCOME)
  expect([gone.status, gone.headers.etag, textOf(gone.body)]).toEqual([200, 'W/"3"', 'Location/told was deleted'])
  const none = await server.delete('Location/told', OUTCOME)
  expect([none.status, textOf(none.body)]).toEqual([200, 'There was nothing to delete'])
  for (const Prefer of ['return=minimal', 'return=representation'])
    expect((await server.delete('Location/told', { Prefer })).status).toBe(204)
})

test.each([
  ['return=minimal', undefined],
  ['Return="Minimal"', undefined],
  ['handling=strict; return = minimal', undefined],
  ['return=operationoutcome', 'OperationOutcome'],
  ['return=representation, return=minimal', 'Location'],
  ['return=minimalistic', 'Location'],
  ['x-return=minimal', 'Location']
])('Prefer: %s is answered with %s', async (Prefer, resourceType) => {
  const { body } = await server.put('Location/preferred', place('preferred'), { Prefer })
  expect((body as { resourceType?: string } | undefined)?.resourceType).toBe(resourceType)
})

test.each(['batch', 'transaction'])('in a %s the outcome is the entry’s, and no resource', async type => {
  const [made, gone] = await entriesOf(
    type,
    OUTCOME,
    { resource: place(type), request: { method: 'PUT', url: `Location/${type}` } },
    { request: { method: 'DELETE', url: 'Location/never' } }
  )
  expect([made!.resource, textOf(made!.response!.outcome)]).toEqual([undefined, `Location/${type} was created`])
  expect([gone!.resource, gone!.response!.status]).toEqual([undefined, type === 'batch' ? '200' : '204'])
})

test.each(['batch', 'transaction'])('in a %s each resource is named, with its version and time', async type => {
  const id = `named-${type}`
  await server.put(`Location/${id}`, place(id)).expect(201)
  const requests = [
    { resource: { ...place(id), name: 'New' }, request: { method: 'PUT', url: `Location/${id}` } },
    { resource: IDENTIFIED, request: { method: 'POST', url: 'Location' } },
    { request: { method: 'GET', url: `${BASE}/Location/${id}?_pretty=true` } },
    { request: { method: 'GET', url: `/Location/${id}/_history/1` } },
    { request: { method: 'GET', url: `Location?_id=${id}` } },
    { request: { method: 'HEAD', url: `Location/${id}` } }
  ]
  const [put, post, read, vread, searched, head] = await entriesOf(type, {}, ...requests)
  expect(put!.fullUrl).toBe(`${BASE}/Location/${id}`)
  expect(post!.fullUrl).toBe(`${BASE}/Location/${post!.resource!.id}`)
  for (const each of [read!, vread!]) expect(each.fullUrl).toBe(`${BASE}/Location/${id}`)
  expect([read, vread].map(each => each!.response!.etag)).toEqual(['W/"2"', 'W/"1"'])
  for (const { response } of [put!, post!, read!, vread!])
    expect(Date.now() - Date.parse(response!.lastModified!)).toBeLessThan(60_000)
  expect([head!.fullUrl, head!.resource, head!.response!.etag]).toEqual([undefined, undefined, 'W/"2"'])
  expect([searched!.fullUrl, searched!.resource!.resourceType]).toEqual([undefined, 'Bundle'])
})

test('a search has no version that a client could know', async () => {
  for (const path of ['Location?_count=1', 'Location/_history?_count=1'])
    expect((await server.get(path, { 'If-None-Match': '*' })).status).toBe(200)
  expect((await server.get('Location/main', { 'If-None-Match': '*' })).status).toBe(304)
})
