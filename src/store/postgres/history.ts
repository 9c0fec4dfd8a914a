/** Pages of versions, newest first, along an index. https://hl7.org/fhir/R4/http.html#history */
import { tableSource, type Registry } from '../../search/registry.js'
import type { Condition } from '../../search/plan.js'
import type { HistoryPage, HistoryPosition, HistoryRequest } from '../ports.js'
import { complete, type Found } from './assemble.js'
import { conditionTests } from './search/condition.js'
import { openRoot, selectFrom, type Scope } from './search/root.js'
import { SqlText } from './search/sql-text.js'
import type { Bound, Database, Statement } from './statement.js'

interface VersionRow extends Found {
  /** `at` with all its digits. */
  position: string
  created: boolean
}

/** One round trip; two more when a page shows a current version that foreign SQL made and nobody has read yet. */
export async function history(
  database: Database,
  bound: Bound,
  registry: Registry,
  request: HistoryRequest
): Promise<HistoryPage> {
  if (request.count === 0) return { versions: [], total: await count(database, bound, registry, request) }
  const rows = await database.query<VersionRow>(bound, historyText(registry, request))
  const more = rows.length > request.count
  const page = rows.slice(0, request.count)
  if (request.backward) page.reverse()
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
  const [first, last] = [page[0], page.at(-1)]
  return {
    versions,
    ...(last && (request.backward || more) && { next: positionOf(last) }),
    ...(first && (request.backward ? more : request.after) && { previous: positionOf(first) })
  }
}

async function count(database: Database, bound: Bound, registry: Registry, request: HistoryRequest): Promise<number> {
  const sql = new SqlText()
  const tests = testsOf({ sql, registry }, request)
  const text = `select count(*) as total from resource_history h where ${tests.join(' and ')}`
  const [row] = await database.query<{ total: number | string }>(bound, sql.statement(text))
  return Number(row!.total)
}

const positionOf = ({ position, type, id, version }: VersionRow): HistoryPosition => [
  position,
  type,
  id,
  String(version)
]

/** The order is that of an index: of the one resource, of the one type, or of all. */
export function historyText(registry: Registry, request: HistoryRequest): Statement {
  const { types, id, count, after, backward = false } = request
  const sql = new SqlText()
  const order =
    id !== undefined ? ['version'] : types.length === 1 ? ['at', 'id', 'version'] : ['at', 'type', 'id', 'version']
  const tests = testsOf({ sql, registry }, request)
  const beyond = backward ? '>' : '<'
  if (after)
    tests.push(`(${columns(order)}) ${beyond} (${order.map(key => sql.value(after[KEYS.indexOf(key)])).join(', ')})`)
  return sql.statement(`select h.type, h.id, h.version, h.at as "updatedAt", h.deleted, h.document as text, ${CREATED} as created,
      to_char(h.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position
    from resource_history h where ${tests.join(' and ')}
    order by ${order.map(key => `h.${key}${backward ? '' : ' desc'}`).join(', ')} limit ${count + 1}`)
}

/** The first version, and the one behind a deletion: looked up by key, for the page's versions alone. */
const CREATED = `not h.deleted and (h.version = 1 or coalesce((select p.deleted from resource_history p
      where p.tenant_id = h.tenant_id and p.type = h.type and p.id = h.id and p.version = h.version - 1), false))`

function testsOf(scope: Scope, { types, id, within = {}, since, at }: HistoryRequest): string[] {
  const { sql } = scope
  const tests = ['h.tenant_id = app.tenant_id()']
  tests.push(types.length === 1 ? `h.type = ${sql.value(types[0])}` : `h.type = any(${sql.value(types)})`)
  if (id !== undefined) tests.push(`h.id = ${sql.value(id)}`)
  if (since !== undefined) tests.push(`h.at >= ${sql.value(since)}`)
  if (at) tests.push(`h.at < ${sql.value(at.high)}`, `not exists (${laterText(sql, at.low)})`)
  for (const [type, where] of Object.entries(within)) {
    const standing = `h.id in (${standingText(scope, type, where)})`
    tests.push(types.length === 1 ? standing : `(h.type <> ${sql.value(type)} or ${standing})`)
  }
  return tests
}

/** Ids of what meets the conditions; what only shows rows of elsewhere has no versions. */
function standingText(scope: Scope, type: string, where: readonly Condition[]): string {
  const source = tableSource(scope.registry.get(type)!)
  if (!source) return "''"
  const root = openRoot(scope.sql, source)
  return selectFrom(root, root.id, conditionTests(scope, root, where))
}

const KEYS = ['at', 'type', 'id', 'version']
const columns = (order: readonly string[]): string => order.map(key => `h.${key}`).join(', ')

/** The version had been followed by another one by then. */
const laterText = (sql: SqlText, by: string): string =>
  `select from resource_history n where n.tenant_id = h.tenant_id and n.type = h.type and n.id = h.id
    and n.version > h.version and n.at <= ${sql.value(by)}`
