/** Statements that come again are prepared by name; those that say so are planned anew. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { prepare } from '../../src/store/postgres/prepared.js'
import type { Statement } from '../../src/store/postgres/statement.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())

const bound = { tenant: 'a', subject: 's' }
const times = async (count: number, statement: Statement): Promise<void> => {
  for (let n = 0; n < count; n++) await t.database.query(bound, statement)
}
const preparedWith = (mark: string): Promise<{ uses: number }[]> =>
  t.database.query(bound, {
    text: `select generic_plans + custom_plans as uses from pg_prepared_statements where statement like $1`,
    values: [`% as ${mark}`],
    replan: true
  })

test('the fourth time, by name; a statement that is to be planned anew, never', async () => {
  await times(3, { text: 'select $1::text as thrice', values: ['x'] })
  await times(5, { text: 'select $1::text as often', values: ['x'] })
  await times(5, { text: 'select $1::text as anew', values: ['x'], replan: true })
  expect(await preparedWith('thrice')).toEqual([])
  expect(await preparedWith('often')).toEqual([{ uses: 2 }])
  expect(await preparedWith('anew')).toEqual([])
})

test('a prepared statement of a tenant sees the rows of whoever is bound', async () => {
  await t.sql(`insert into organizations (tenant_id, id) values ('a', 'of-a'), ('b', 'of-b')`)
  const statement = { text: 'select id from organizations', values: [] }
  for (let n = 0; n < 8; n++)
    for (const tenant of ['a', 'b'])
      expect(await t.database.query({ tenant, subject: 's' }, statement)).toEqual([{ id: `of-${tenant}` }])
})

test('so many texts get a name and no more; rare ones are forgotten', () => {
  const named = prepare()
  const use = (text: string): string | undefined => named({ text, values: [] }).name
  for (let n = 0; n < 3; n++) use('rare')
  for (let n = 0; n < 1000; n++) use(`once ${n}`)
  expect(use('rare')).toBeUndefined()
  const names = Array.from({ length: 300 }, (_, n) => [1, 2, 3, 4].map(() => use(`often ${n}`)).at(-1))
  expect(names.filter(name => name !== undefined)).toHaveLength(250)
  expect(new Set(names.slice(0, 250)).size).toBe(250)
  expect(use('often 7')).toBe(names[7])
})
