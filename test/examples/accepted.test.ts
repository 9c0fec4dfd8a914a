/** Every example is accepted by the server with the demo tenants, and is read back as it was sent. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Resource } from '../../src/fhir/types.js'
import { testServer, type TestServer } from '../support/server.js'

const examples = new URL('../../examples/', import.meta.url)
const files = readdirSync(examples, { recursive: true })
  .map(name => String(name).replaceAll('\\', '/'))
  .filter(name => name.endsWith('.json'))
  .sort()

const read = (name: string): Resource => JSON.parse(readFileSync(new URL(name, examples), 'utf8')) as Resource

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

test.each(files.filter(name => !name.startsWith('Bundle/')))('%s', async name => {
  const resource = read(name)
  const { status, body } = await server.post(resource.resourceType, resource)
  expect({ status, ...(status !== 201 && { body }) }).toEqual({ status: 201 })
  const { contained, practitioner, ...kept } = resource
  const stored = await server.get(`${resource.resourceType}/${body.id}`)
  expect(stored.body).toMatchObject(contained ? { ...kept, extension: expect.anything() } : resource)
  if (contained) expect(stored.body.practitioner).not.toEqual(practitioner)
})

test.each(files.filter(name => name.startsWith('Bundle/')))('%s', async name => {
  const { status, body } = await server.post('', read(name))
  expect({ status, ...(status !== 200 && { body }) }).toEqual({ status: 200 })
})
