/** Statistics behind many writes, before autovacuum comes. That searches need them: test/workflows/conditional-references.test.ts. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { keepStatistics } from '../../src/store/postgres/statistics.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

test('they are taken each time the number of written resources has doubled, and failures are of no consequence', async () => {
  let taken = 0
  const counted = keepStatistics(async () => {
    taken += 1
    throw new Error('busy')
  })
  const after = async (count?: number) => (await counted(Promise.resolve(), count), taken)
  for (let n = 1; n < 25; n++) expect(await after()).toBe(0)
  expect(await after()).toBe(1)
  expect(await after(24)).toBe(1)
  expect(await after(1)).toBe(2)
  expect(await after(1000)).toBe(3)
  expect(await after(1000)).toBe(3)
})

const known = async (table: string): Promise<number> =>
  (await db.sql<{ rows: number }>(`select reltuples as rows from pg_class where oid = '${table}'::regclass`))[0]!.rows
const fill = (from: number, to: number) =>
  db.sql(`insert into organizations (tenant_id, id, name) select 'a', 'o' || n, 'Name ' || n
    from generate_series(${from}, ${to}) n`)
const take = () => db.database.system({ text: 'select app.take_statistics()', values: [] })

test('the door looks at what has grown, and leaves the rest to autovacuum', async () => {
  await db.sql('alter table organizations set (autovacuum_enabled = off)')
  await fill(1, 1000)
  expect(await known('organizations')).toBe(-1)
  await take()
  expect(await known('organizations')).toBe(1000)
  await fill(1001, 1200)
  await take()
  expect(await known('organizations')).toBe(1000)
  await fill(1201, 4000)
  await take()
  expect(await known('organizations')).toBe(4000)
  expect(await known('clinics')).toBe(-1)
})
