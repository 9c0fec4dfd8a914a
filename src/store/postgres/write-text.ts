/** The statements of a commit. Names of tables and columns come from specs and rules, values only as parameters. */
import { writeJson } from '../../fhir/digits.js'
import type { Row, Rows, TableSpec } from '../../mapping/spec.js'
import type { ResourceWrite, RowWrite } from '../ports.js'
import { documentHalves } from './assemble.js'
import { name } from './search/sql-text.js'
import type { Statement } from './statement.js'
import type { Group } from './root-statements.js'
import type { Insert } from './together.js'

/** Tables that all tenants share. */
const SHARED: ReadonlySet<string> = new Set(['users'])

/** Groups in order of first appearance. */
export function inOneTable<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

const columnsOf = (rows: readonly Row[]): string[] =>
  (rows.length === 1 ? Object.keys(rows[0]!) : [...new Set(rows.flatMap(row => Object.keys(row)))]).sort()

const texts = new Map<string, string>()

/** `insert ... select` of rows as JSON: one statement, typed by the table itself. Of each there is one text. */
function insertText(table: string, columns: readonly string[]): string {
  const key = `${table} ${columns.join()}`
  const text = texts.get(key) ?? newInsertText(table, columns)
  texts.set(key, text)
  return text
}

function newInsertText(table: string, columns: readonly string[]): string {
  const own = SHARED.has(table) ? [] : ['tenant_id']
  return `insert into ${name(table)} (${[...own, ...columns.map(name)].join(', ')})
    select ${[...own.map(() => 'app.tenant_id()'), ...columns.map(column => `x.${name(column)}`)].join(', ')}
    from json_populate_recordset(null::${name(table)}, $1) x`
}

export function insertRows(table: string, rows: readonly Row[]): Statement {
  return { text: insertText(table, columnsOf(rows)), values: [writeJson(rows)] }
}

/**
 * Columns that only an insert sets (membership_id) are left as they are where the row stands already. Each write is a
 * version, also one that the rows cannot tell from the last (1.0 and 1.00): a version's document stays as it was.
 */
export function upsertRoots(table: string, rows: readonly Row[]): Statement {
  const columns = columnsOf(rows)
  const set = columns
    .filter(column => column !== 'id' && column !== 'membership_id')
    .map(column => `${name(column)} = excluded.${name(column)}`)
  return {
    text: `${insertText(table, columns)} on conflict (tenant_id, id) do update set ${[...set, 'deleted_at = null', `changed_in = '0'`].join(', ')}`,
    values: [writeJson(rows)]
  }
}

export const softDelete = (table: string, ids: readonly string[]): Statement => ({
  name: `delete-${table}`,
  text: `update ${name(table)} set deleted_at = now() where tenant_id = app.tenant_id() and id = any($1::text[])`,
  values: [ids]
})

/** Child rows are replaced as a whole; `older` are the roots that may have some. */
export function replaceLists(
  { lists: specs }: TableSpec,
  roots: readonly { id: string; lists: Rows['lists'] }[],
  older: readonly string[]
): (Statement | Insert)[] {
  const cleared = older.length > 0 ? specs.map(({ table, key }) => deleteChildren(table, key, older)) : []
  const inserted = specs.flatMap(({ table, key }): Insert[] => {
    const rows = roots.flatMap(({ id, lists }) => (lists[table] ?? []).map((row): Row => ({ ...row, [key]: id })))
    return rows.length > 0 ? [{ ...insertRows(table, rows), stage: 'children' }] : []
  })
  return [...cleared, ...inserted]
}

const deleteChildren = (table: string, key: string, ids: readonly string[]): Statement => ({
  name: `clear-${table}`,
  text: `delete from ${name(table)} where tenant_id = app.tenant_id() and ${name(key)} = any($1::text[])`,
  values: [ids]
})

/** Updates one row of a tenant's table by its key (`id` unless told). */
export function updateRows({ table, row, key = 'id' }: RowWrite): Statement {
  const columns = Object.keys(row).filter(column => column !== key)
  return {
    text: `update ${name(table)} t set ${columns.map(column => `${name(column)} = x.${name(column)}`).join(', ')}
      from json_populate_record(null::${name(table)}, $1) x where t.tenant_id = app.tenant_id() and t.${name(key)} = x.${name(key)}`,
    values: [JSON.stringify(row)]
  }
}

/** Calls a SECURITY DEFINER function of schema `app`. */
export function callDoor({ table, row }: RowWrite): Statement {
  const values = Object.values(row)
  return { text: `select app.${name(table)}(${values.map((_, index) => `$${index + 1}`).join(', ')})`, values }
}

/**
 * The documents of the versions just made; the database fills in version and time, and answers with the text. `n` of an
 * answer is the group's place.
 */
export function historyRows(groups: readonly Group[], by: string): Statement {
  const parts = groups.map(({ spec: { table } }, n) => `h${n} as (${historyText(table, 2 * n + 2)})`)
  const answers = groups.map((_, n) => `select ${n} as n, h${n}.* from h${n}`)
  const values = groups.flatMap(({ type, writes }) => [JSON.stringify(writes.map(documentOf)), type])
  return { text: `with ${parts.join(', ')} ${answers.join(' union all ')}`, values: [by, ...values] }
}

function documentOf({ id, resource }: ResourceWrite): { id: string; head: string | null; tail: string | null } {
  const [head, tail] = resource ? documentHalves({ ...resource, id }) : [null, null]
  return { id, head, tail }
}

const historyText = (
  table: string,
  at: number
): string => `insert into resource_history as h (tenant_id, type, id, version, deleted, by, at, document)
  select r.tenant_id, $${at + 1}, r.id, r.version, r.deleted_at is not null, $1, r.updated_at,
    d.head || '"versionId":"' || r.version || '","lastUpdated":"'
      || to_char(r.updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || '"' || d.tail
  from json_to_recordset($${at}) as d(id text, head text, tail text)
  join ${name(table)} r on r.tenant_id = app.tenant_id() and r.id = d.id
  on conflict (tenant_id, type, id, version) do update set document = excluded.document, by = excluded.by, deleted = excluded.deleted
  returning h.id, h.version, h.at, h.document, h.deleted`
