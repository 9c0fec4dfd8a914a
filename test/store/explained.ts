/** What a statement read of tables, as EXPLAIN ANALYZE tells it under the server's role. */
import type { Database, Statement } from '../../src/store/postgres/statement.js'

interface Node {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Node[]
}

export interface Read {
  node: string
  table: string
  rows: number
}

/** Nodes that read a table, with the rows that they read. */
function reads(node: Node): Read[] {
  const table = node['Relation Name']
  const rows = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
  return [...(table ? [{ node: node['Node Type'], table, rows }] : []), ...(node.Plans ?? []).flatMap(reads)]
}

/** Runs it for tenant `a`. */
export async function explained(database: Database, { text, values }: Statement): Promise<Read[]> {
  const statement = { text: `explain (analyze, format json) ${text}`, values }
  const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: Node }] }>({ tenant: 'a', subject: 's' }, statement)
  return reads(row!['QUERY PLAN'][0].Plan)
}

export const rowsOf = (found: readonly Read[]): number => found.reduce((sum, { rows }) => sum + rows, 0)
