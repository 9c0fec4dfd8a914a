/** Who refers to resources: over all typed reference columns of the registry, in one statement. */
import { reference } from '../../mapping/kinds.js'
import type { Field } from '../../mapping/spec.js'
import { tableSource, type Registry } from '../../search/registry.js'
import type { FactRequest } from '../ports.js'
import { name, type SqlText } from './search/sql-text.js'

type Request = Extract<FactRequest, { kind: 'referrers' }>

/** So many of each column are looked at: enough to name some, and to see that others than those of a Bundle are left. */
const MOST = 200

/** References that lie in no column of their own (in `rest`) are not looked for. */
export function referrersText(sql: SqlText, registry: Registry, { type, ids }: Request): string {
  const wanted = { type: sql.value(type), ids: `${sql.value(ids)}::text[]` }
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
  return `select coalesce(jsonb_agg(jsonb_build_object('target', f.target, 'type', f.type, 'id', f.id)), '[]')
    from (${branches.join(' union ')}) f`
}

const referencesAmong = (fields: readonly Field[]): string[] =>
  fields.filter(({ kind, from, loose }) => kind === reference && !from && !loose).map(({ column }) => column)

function branch(
  type: string,
  root: string,
  join: string,
  column: string,
  wanted: { type: string; ids: string }
): string {
  const at = join === '' ? 'r' : 'c'
  return `(select ${at}.${name(`${column}_id`)} as target, '${type}' as type, r.id from ${name(root)} r${join}
    where r.tenant_id = app.tenant_id() and ${at}.tenant_id = app.tenant_id() and r.deleted_at is null
      and ${at}.${name(`${column}_type`)} = ${wanted.type} and ${at}.${name(`${column}_id`)} = any(${wanted.ids}) limit ${MOST})`
}
