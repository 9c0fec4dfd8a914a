/** Pages of versions, newest first, along an index. https://hl7.org/fhir/R4/http.html#history */
import type { Registry } from '../../search/registry.js'
import type { HistoryPage, HistoryPosition, HistoryRequest } from '../ports.js'
import { complete, type Found } from './assemble.js'
import { SqlText } from './search/sql-text.js'
import type { Bound, Database, Statement } from './statement.js'

interface VersionRow extends Found {
  /** `at` with all its digits. */
  position: string
}

/** One round trip; two more when a page shows a current version that foreign SQL made and nobody has read yet. */
export async function history(
  database: Database,
  bound: Bound,
  registry: Registry,
  request: HistoryRequest
): Promise<HistoryPage> {
  const rows = await database.query<VersionRow>(bound, historyText(request))
  const page = rows.slice(0, request.count)
  const bare = page.filter(({ text, deleted }) => text === null && !deleted)
  const made = new Map(
    (await complete(database, bound, registry, bare)).map(each => [
      `${each.type}/${each.id}/${each.version}`,
      each.text
    ])
  )
  // What is put together is the current version: an older one that foreign SQL passed over is lost.
  const versions = page.map(({ position: _, text, ...row }) => ({
    ...row,
    text: text ?? made.get(`${row.type}/${row.id}/${row.version}`) ?? ''
  }))
  const last = page.at(-1)
  return { versions, ...(last && rows.length > page.length && { next: positionOf(last) }) }
}

const positionOf = ({ position, type, id, version }: VersionRow): HistoryPosition => [
  position,
  type,
  id,
  String(version)
]

/** The order is that of an index: of the one resource, of the one type, or of all. */
export function historyText({ types, id, since, at, count, after }: HistoryRequest): Statement {
  const sql = new SqlText()
  const order =
    id !== undefined ? ['version'] : types.length === 1 ? ['at', 'id', 'version'] : ['at', 'type', 'id', 'version']
  const tests = ['h.tenant_id = app.tenant_id()']
  tests.push(types.length === 1 ? `h.type = ${sql.value(types[0])}` : `h.type = any(${sql.value(types)})`)
  if (id !== undefined) tests.push(`h.id = ${sql.value(id)}`)
  if (since !== undefined) tests.push(`h.at >= ${sql.value(since)}`)
  if (at) tests.push(`h.at < ${sql.value(at.high)}`, `not exists (${laterText(sql, at.low)})`)
  if (after) tests.push(`(${columns(order)}) < (${order.map(key => sql.value(after[KEYS.indexOf(key)])).join(', ')})`)
  return sql.statement(`select h.type, h.id, h.version, h.at as "updatedAt", h.deleted, h.document as text,
      to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
    from resource_history h where ${tests.join(' and ')}
    order by ${order.map(key => `h.${key} desc`).join(', ')} limit ${count + 1}`)
}

const KEYS = ['at', 'type', 'id', 'version']
const columns = (order: readonly string[]): string => order.map(key => `h.${key}`).join(', ')

/** The version had been followed by another one by then. */
const laterText = (sql: SqlText, by: string): string =>
  `select from resource_history n where n.tenant_id = h.tenant_id and n.type = h.type and n.id = h.id
    and n.version > h.version and n.at <= ${sql.value(by)}`
