/** What the statements of a request touch, by EXPLAIN (ANALYZE, BUFFERS) as the server's role. */
import pg from 'pg'
import { SERVER_ROLE } from '../../migrations/schema/functions.js'
import type { Bound, Statement } from '../../src/store/postgres/statement.js'

export interface Growth {
  statements: number
  /** Pages of 8 kB, found in memory or not. */
  buffers: number
  /** Rows that scans yielded or threw away. */
  rows: number
}

interface Plan {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: Plan[]
}

/** Each statement runs once unmeasured, so that what a session reads of the catalog does not count. */
export async function growth(url: string, heard: readonly { bound: Bound; statement: Statement }[]): Promise<Growth> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`set role ${SERVER_ROLE}`)
    const total: Growth = { statements: heard.length, buffers: 0, rows: 0 }
    for (const { bound, statement } of heard) {
      // What is planned and not run touches nothing.
      if (statement.text.startsWith('explain')) continue
      await client.query('select app.bind($1, $2, null)', [bound.tenant, bound.subject])
      await client.query(statement.text, statement.values)
      const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
        `explain (analyze, buffers, format json) ${statement.text}`,
        statement.values
      )
      const { Plan: plan } = rows[0]!['QUERY PLAN'][0]!
      total.buffers += plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
      total.rows += rowsOf(plan)
    }
    return { ...total, rows: Math.round(total.rows) }
  } finally {
    await client.end()
  }
}

function rowsOf(plan: Plan): number {
  const inner = (plan.Plans ?? []).map(rowsOf).reduce((sum, rows) => sum + rows, 0)
  if (!plan['Node Type'].includes('Scan')) return inner
  const touched =
    plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Index Recheck'] ?? 0)
  return inner + touched * plan['Actual Loops']
}
