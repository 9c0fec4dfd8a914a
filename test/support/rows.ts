/** All that the database holds: to see that nothing was written, or that something is nowhere. */
import type { Sql } from './owner.js'

const TEXTS = `coalesce(string_agg(t::text, E'\\n' order by t::text), '')`

/** The trail of refusals, which is written behind the answer, does not count. */
const lasting = (table: string): string =>
  table === 'public.audit_logs' ? `where t.action not in ('ACCESS_DENIED', 'DUPLICATE_REFUSED')` : ''

/** `expression` over the rows `t` of each table. */
async function eachTable<T>(
  sql: Sql,
  expression: string,
  only = (_table: string): string => ''
): Promise<Record<string, T>> {
  const tables = await sql<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'app')`
  )
  const selects = tables.map(
    ({ name }) => `select '${name}' as name, (select ${expression} from ${name} t ${only(name)}) as value`
  )
  const rows = await sql<{ name: string; value: T }>(`${selects.join(' union all ')} order by name`)
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

/** How many rows each table has. */
export const counts = (sql: Sql): Promise<Record<string, number>> => eachTable(sql, 'count(*)', lasting)

/** Each table's content in short: equal when nothing was written. */
export const contents = (sql: Sql): Promise<Record<string, string>> =>
  eachTable(sql, `count(*) || ' ' || md5(${TEXTS})`, lasting)

/** Names of the tables in which a text stands. */
export async function tablesWith(sql: Sql, text: string): Promise<string[]> {
  const texts = Object.entries(await eachTable<string>(sql, TEXTS))
  return texts.filter(([, rows]) => rows.includes(text)).map(([table]) => table)
}

/** Rows that each table has more than before; tables without a difference are left out. */
export function grown(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const differences = Object.entries(after).map(([table, count]) => [table, count - (before[table] ?? 0)] as const)
  return Object.fromEntries(differences.filter(([, count]) => count !== 0))
}

/** As {@link grown}, but for the trail of refusals, which is written behind the answer. */
export function grownButTrail(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const { 'public.audit_logs': _refusals, ...rest } = grown(before, after)
  return rest
}
