/** What is read by one message, at the edges that no caller of the store comes to. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Statement } from '../../src/store/postgres/statement.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let db: TestDatabase
beforeAll(async () => (db = await testDatabase()))
afterAll(() => db.drop())

test('a value that cannot be sent fails its statement only', async () => {
  const database = await openDatabase({ databaseUrl: db.url, dataDir: '', poolSize: 1 })
  const bound = { tenant: 'a', subject: 'user-a' }
  const echo = (value: unknown): Statement => ({ name: 'echo', text: 'select $1::text as value', values: [value] })
  const circle: Record<string, unknown> = {}
  circle.itself = circle
  // Prepared by the first, it goes by one message from then on.
  expect(await database.query(bound, echo('one'))).toEqual([{ value: 'one' }])
  await expect(database.query(bound, echo(circle))).rejects.toThrow(/circular/)
  expect(await database.query(bound, echo('two'))).toEqual([{ value: 'two' }])
  await database.close()
})
