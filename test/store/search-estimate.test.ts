/** `_total=estimate`: exact while few match, near it when many do, and without a count of all of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server.sql(`insert into organizations (tenant_id, id, name, active)
    select 'demo', 'row-' || n, case when n % 10 = 0 then 'Tenth ' else 'Other ' end || n, true from generate_series(1, 15000) n`)
  await server.sql('analyze')
})
afterAll(() => server?.close())

const total = async (query: string): Promise<number> => {
  const { body, status } = await server.get(`Organization?${query}`)
  expect(status).toBe(200)
  return (body as Bundle).total!
}

test.each(['_count=2', '_count=0'])('few, with %s', async count => {
  expect(await total(`name=Tenth%2010&_total=estimate&${count}`)).toBe(await total(`name=Tenth%2010&_total=accurate`))
})

test.each(['_count=2', '_count=0'])('many, with %s', async count => {
  const [estimate, accurate] = [
    await total(`name=Other&_total=estimate&${count}`),
    await total('name=Other&_total=accurate')
  ]
  expect(accurate).toBe(13_500)
  expect(estimate).toBeGreaterThan(accurate / 2)
  expect(estimate).toBeLessThan(accurate * 2)
})

test('never fewer than were counted, whatever the statistics say', async () => {
  await server.sql(`insert into organizations (tenant_id, id, name, active)
    select 'demo', 'new-' || n, 'Unseen ' || n, true from generate_series(1, 2000) n`)
  expect(await total('name=Unseen&_total=estimate&_count=2')).toBeGreaterThan(1000)
})
