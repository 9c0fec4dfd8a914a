/** History at size, under the server's role: pages walk an index, whatever lies behind them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { HistoryRequest } from '../../src/store/ports.js'
import { historyText } from '../../src/store/postgres/history.js'
import { registry } from '../../src/resources/index.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await db.sql(
    `insert into resource_history (tenant_id, type, id, version, document, at)
     select tenant, case when n % 3 = 0 then 'Slot' else 'Location' end, 'r' || n % 4000, n / 4000 + 1, '{}', now() - n * interval '1 minute'
     from generate_series(1, 40000) n, unnest(array['a', 'b']) tenant`
  )
  await db.sql('analyze resource_history')
}, 60_000)
afterAll(() => db.drop())

const after: HistoryRequest['after'] = ['2020-01-01T00:00:00.000001Z', 'Slot', 'r7', '3']
const types = ['Location']
const CASES: [string, HistoryRequest][] = [
  ['of a resource', { types, id: 'r7', count: 20 }],
  ['of a resource, next page', { types, id: 'r7', count: 20, after }],
  ['of a type', { types, count: 20 }],
  ['of a type, next page', { types, count: 20, after: [new Date().toISOString(), ...after.slice(1)] as typeof after }],
  ['of a type, since', { types, count: 20, since: '2020-01-01T00:00:00Z' }],
  ['of all', { types: ['Location', 'Slot'], count: 20 }],
  [
    'of all, next page',
    { types: ['Location', 'Slot'], count: 20, after: [new Date().toISOString(), ...after.slice(1)] as typeof after }
  ],
  [
    'of a resource at a time',
    { types, id: 'r7', count: 20, at: { low: '2020-01-01T00:00:00Z', high: '2999-01-01T00:00:00Z' } }
  ]
]

test.each(CASES)('%s', async (_, request) => {
  const { text, values } = historyText(registry, request)
  const [row] = await db.database.query<{ 'QUERY PLAN': { Plan: object }[] }>(
    { tenant: 'a', subject: 'x' },
    { text: `explain (analyze, buffers, format json) ${text}`, values }
  )
  const plan = JSON.stringify(row!['QUERY PLAN'])
  expect(plan).not.toMatch(/Seq Scan|"Sort"/)
  const buffers = /"Shared Hit Blocks":(\d+)/.exec(plan)?.[1]
  expect(Number(buffers)).toBeLessThan(400)
})
