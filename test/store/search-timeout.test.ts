/** A search that the database has no time for says so, and what to do; it is no fault of the server. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { session } from '../support/owner.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ environment: { STATEMENT_TIMEOUT: '1' } })
})
afterAll(() => server?.close())

test.each([
  ['practitioners', 'Practitioner?name:contains=a&_total=accurate'],
  ['practitioners', 'PractitionerRole?practitioner.name=a'],
  ['schedules', 'Slot?status=free'],
  ['schedules', 'Practitioner?_has:PractitionerRole:practitioner:_has:Schedule:actor:_has:Slot:schedule:status=free']
])('while %s are locked, %s is 503 too-costly', async (table, query) => {
  const { sql, close } = session(server.url)
  await sql('begin')
  await sql(`lock table ${table} in access exclusive mode`)
  try {
    const answer = await server.get(query)
    expect(refusal(answer)).toMatchObject({
      status: 503,
      code: 'too-costly',
      text: expect.stringContaining('condition')
    })
  } finally {
    await close()
  }
  expect((await server.get(query)).status).toBe(200)
})
