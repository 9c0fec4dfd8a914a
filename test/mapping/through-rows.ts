/** Rows of resources written to the database and read from it as the store does, by another program: as JSON. */
import type { ListSpec, Row, Rows, TableSpec } from '../../src/mapping/spec.js'
import type { Sql } from '../support/owner.js'

/** A resource in rows, with the tenant and the id that it gets. */
export interface Laid {
  tenant: string
  id: string
  rows: Rows
}

export async function insertRows(sql: Sql, table: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))].map(name => `"${name}"`).join(', ')
  await sql(`insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows)
  ])
}

const children = (list: ListSpec, laid: readonly Laid[]): Row[] =>
  laid.flatMap(({ tenant, id, rows }) =>
    rows.lists[list.table]!.map((row): Row => ({ ...row, tenant_id: tenant, [list.key]: id }))
  )

export async function lay(sql: Sql, spec: TableSpec, laid: readonly Laid[]): Promise<void> {
  await insertRows(
    sql,
    spec.table,
    laid.map(({ tenant, id, rows }) => ({ ...rows.root, tenant_id: tenant, id }))
  )
  for (const list of spec.lists) await insertRows(sql, list.table, children(list, laid))
}

/** Rows by `tenant/id`. */
export async function pickUp(sql: Sql, { table, lists, joined }: TableSpec): Promise<Map<string, Rows>> {
  const object = (parts: string[]): string => `jsonb_build_object(${parts.join(', ')})`
  const found = await sql<Rows & { key: string }>(`select r.tenant_id || '/' || r.id as key, to_jsonb(r) as root,
    ${object(joined.map(each => `'${each.table}', (select to_jsonb(j) from ${each.table} j where j.tenant_id = r.tenant_id and j.${each.key} = r.${each.by})`))} as joined,
    ${object(lists.map(list => `'${list.table}', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from ${list.table} c where c.tenant_id = r.tenant_id and c.${list.key} = r.id)`))} as lists
    from ${table} r`)
  return new Map(found.map(({ key, ...rows }) => [key, rows]))
}
