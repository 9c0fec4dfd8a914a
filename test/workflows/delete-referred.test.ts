/** What others refer to is not deleted. https://hl7.org/fhir/R4/http.html#delete */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Resource } from '../../src/fhir/types.js'
import { full } from '../conformance/full.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  for (const id of ['top', 'inner', 'beside']) await put(place(id, id === 'top' ? undefined : 'top')).expect(201)
})
afterAll(() => server?.close())

const place = (id: string, within?: string): Resource => ({
  resourceType: 'Location',
  id,
  name: id,
  ...(within && { partOf: { reference: `Location/${within}` } })
})
const put = (resource: Resource, from = server) => from.put(`${resource.resourceType}/${resource.id}`, resource)
const entry = (method: string, url: string, resource?: Resource) => ({
  ...(resource && { resource }),
  request: { method, url }
})
const send = (...entries: object[]) => server.post('', { resourceType: 'Bundle', type: 'transaction', entry: entries })

test('the refusal names the referrers, and nothing is written', async () => {
  const before = await contents(server.sql)
  const refused = refusal(await server.delete('Location/top'))
  expect(refused).toMatchObject({ status: 409, code: 'conflict' })
  expect(refused.text).toContain('is referred to by Location/beside, Location/inner:')
  expect(refusal(await server.delete('Location?_id=top'))).toMatchObject({ status: 409 })
  expect(refusal(await send(entry('DELETE', 'Location/beside'), entry('DELETE', 'Location/top')))).toMatchObject({
    status: 409,
    expression: 'Bundle.entry[1].request.url'
  })
  expect(await contents(server.sql)).toEqual(before)
})

test('referrers that the same transaction changes or deletes do not count', async () => {
  const answer = await send(
    entry('DELETE', 'Location/top'),
    entry('DELETE', 'Location/inner'),
    entry('PUT', 'Location/beside', place('beside'))
  )
  expect(answer.status).toBe(200)
  await server.get('Location/top').expect(410)
})

test('one that goes on referring is refused for that', async () => {
  await put(place('root')).expect(201)
  await put(place('leaf', 'root')).expect(201)
  const answer = await send(entry('DELETE', 'Location/root'), entry('PUT', 'Location/leaf', place('leaf', 'root')))
  expect(refusal(answer)).toMatchObject({ status: 422, expression: 'Bundle.entry[1].resource.partOf.reference' })
})

test('a resource that refers to itself, and one whose referrers are gone, can go', async () => {
  await put(place('self')).expect(201)
  await put(place('self', 'self')).expect(200)
  await server.delete('Location/self').expect(204)
  await put(place('old')).expect(201)
  await put(place('young', 'old')).expect(201)
  await server.delete('Location/young').expect(204)
  await server.delete('Location/old').expect(204)
})

test('other tenants do not count, nor does a tenant that allows unresolved references', async () => {
  const other = await server.as('demo-au')
  for (const each of [place('shared'), place('user', 'shared')]) await put(each, other).expect(201)
  await put(place('shared')).expect(201)
  await server.delete('Location/shared').expect(204)
  expect(refusal(await other.delete('Location/shared'))).toMatchObject({ status: 409 })
  await server.sql(`update tenants set config = config || '{"references":"allow"}' where id = 'demo-es'`)
  const lenient = await server.as('demo-es')
  for (const each of [place('shared'), place('user', 'shared')]) await put(each, lenient).expect(201)
  await lenient.delete('Location/shared').expect(204)
})

test('every reference of a full resource holds its target', async () => {
  const targets = new Set<string>()
  for (const resource of full) {
    if (resource.resourceType === 'Schedule') break
    await put(resource).expect(201)
    for (const [, target] of JSON.stringify(resource).matchAll(
      /"reference":"((?:Organization|Location|Practitioner|HealthcareService)\/full)"/g
    ))
      targets.add(target!)
  }
  expect(targets.size).toBe(4)
  for (const target of targets) expect([target, (await server.delete(target)).status]).toEqual([target, 409])
})
