/** Who refers to resources: over all typed reference columns of the registry, and the `rest` of rows, in one statement. */
import { reference } from '../../mapping/kinds.js'
import type { Field } from '../../mapping/spec.js'
import { tableSource, type Registry } from '../../search/registry.js'
import type { FactRequest } from '../ports.js'
import { literal, name, type SqlText } from './search/sql-text.js'

type Request = Extract<FactRequest, { kind: 'referrers' }>

/** So many of each column are looked at: enough to name some. */
const MOST = 200

interface Wanted {
  type: string
  ids: string
  besides: string
}

export function referrersText(sql: SqlText, registry: Registry, { type, ids, besides }: Request): string {
  const wanted = {
    type: sql.value(type),
    ids: `${sql.value(ids)}::text[]`,
    besides: `${sql.value(besides)}::text[]`
  }
  const branches = [...registry.values()].flatMap(definition => {
    const spec = tableSource(definition)?.spec
    if (!spec) return []
    const own = referencesAmong(spec.fields).map(column => branch(definition.type, spec.table, '', column, wanted))
    const listed = spec.lists.flatMap(list =>
      referencesAmong(list.fields).map(column =>
        branch(
          definition.type,
          spec.table,
          ` join ${name(list.table)} c
        on c.tenant_id = r.tenant_id and c.${name(list.key)} = r.id`,
          column,
          wanted
        )
      )
    )
    return [...own, ...listed]
  })
  const found = [...branches, restBranch(sql, registry, { type, ids }, wanted)].join(' union ')
  return `select coalesce(jsonb_agg(jsonb_build_object('target', f.target, 'type', f.type, 'id', f.id)), '[]')
    from (${found}) f`
}

const referencesAmong = (fields: readonly Field[]): string[] =>
  fields.filter(({ kind, from, loose }) => kind === reference && !from && !loose).map(({ column }) => column)

function branch(type: string, root: string, join: string, column: string, { type: to, ids, besides }: Wanted): string {
  const at = join === '' ? 'r' : 'c'
  return `(select ${at}.${name(`${column}_id`)} as target, ${literal(type)} as type, r.id from ${name(root)} r${join}
    where r.tenant_id = app.tenant_id() and ${at}.tenant_id = app.tenant_id() and r.deleted_at is null
      and ${at}.${name(`${column}_type`)} = ${to} and ${at}.${name(`${column}_id`)} = any(${ids})
      and ${literal(type)} || '/' || r.id <> all(${besides}) limit ${MOST})`
}

/** References that no column holds: the database knows the tables that have some (app.rest_referrers). */
function restBranch(
  sql: SqlText,
  registry: Registry,
  { type, ids }: Pick<Request, 'type' | 'ids'>,
  { besides }: Wanted
): string {
  const tables = [...registry.values()].flatMap(definition => {
    const spec = tableSource(definition)?.spec
    if (!spec) return []
    const own = { type: definition.type, root: spec.table, table: spec.table, key: 'id' }
    return [own, ...spec.lists.map(({ table, key }) => ({ ...own, table, key }))]
  })
  const column = (each: 'root' | 'table' | 'key') => `${sql.value(tables.map(row => row[each]))}::text[]`
  const types = [...new Map(tables.map(row => [row.root, row.type]))]
    .map(([root, of]) => `when '${root}' then ${literal(of)}`)
    .join(' ')
  const targets = `${sql.value(ids.map(id => `${type}/${id}`))}::text[]`
  return `(select substr(n.target, ${type.length + 2}) as target, n.type, n.id from (
      select x.target, x.id, case x.root ${types} end as type
      from app.rest_referrers(${column('root')}, ${column('table')}, ${column('key')}, ${targets}, ${MOST}) x) n
    where n.type || '/' || n.id <> all(${besides}))`
}
