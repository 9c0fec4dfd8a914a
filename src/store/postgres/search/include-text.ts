/** Resources that others refer to, or that refer to others: one statement for all includes of a level. */
import type { Include } from '../../../search/plan.js'
import type { Registry } from '../../../search/registry.js'
import { documentJoin, foundColumns } from './page.js'
import {
  keysOfView,
  openRoot,
  placeScope,
  referencePlaces,
  rowSources,
  tableOf,
  type Root,
  type RowSource
} from './root.js'
import { among, and, column, name, type SqlText } from './sql-text.js'
import { typeTest } from './value-test.js'

/** Ids by type: the resources that the includes start from. */
export type Frontier = ReadonlyMap<string, readonly string[]>

/** At most `limit` rows of FoundRow's columns; undefined when no include applies to these types. */
export function includeText(
  sql: SqlText,
  registry: Registry,
  includes: readonly Include[],
  from: Frontier,
  limit: number
): string | undefined {
  const selects = includes.flatMap(include =>
    include.reverse ? reverse(sql, registry, include, from) : forward(sql, registry, include, from)
  )
  if (selects.length === 0) return undefined
  return `with p as (${selects.join(' union all ')} limit ${limit})
select p.type, p.prefix, p.id, p.version, p.updated_at, p.shown, h.document, array[]::text[] as keys from p
${documentJoin('p')}`
}

/** What the frontier's resources of the include's source refer to. */
function forward(sql: SqlText, registry: Registry, { source, param, target }: Include, from: Frontier): string[] {
  const ids = from.get(source) ?? []
  const targets = target === undefined ? (param.targets ?? []) : [target]
  return targets.flatMap(type =>
    rowSources(registry.get(type)).flatMap(found => {
      const referred = rowSources(registry.get(source)).flatMap(each => referredFrom(sql, each, ids, param.name, type))
      return referred.length > 0 ? [selectFound(sql, type, found, referred.join(' union all '))] : []
    })
  )
}

/** Ids of `type` that the source's resources among `ids` refer to by the parameter. */
function referredFrom(sql: SqlText, source: RowSource, ids: readonly string[], param: string, type: string): string[] {
  const root = openRoot(sql, source)
  const keys = keysAmong(source, ids)
  if (keys.length === 0) return []
  return referencePlaces(root, param, type).map(place => {
    const alias = sql.alias()
    const tests = [
      ...placeScope(sql, source, place, alias),
      ...among(sql, column(alias, place.key), keys),
      ...typeTest(alias, place, type)!
    ]
    return `select ${column(alias, place.id)} from ${name(place.table)} ${alias} where ${and(tests)}`
  })
}

/** What refers to the frontier's resources. */
function reverse(sql: SqlText, registry: Registry, { source, param, target }: Include, from: Frontier): string[] {
  const types = (param.targets ?? []).filter(type => target === undefined || type === target)
  return types.flatMap(type => {
    const ids = from.get(type) ?? []
    if (ids.length === 0) return []
    return rowSources(registry.get(source)).flatMap(each => {
      const root = openRoot(sql, each)
      return referencePlaces(root, param.name, type).map(place => {
        const own = place.table === tableOf(each)
        const alias = own ? root.alias : sql.alias()
        const tests = [
          ...placeScope(sql, each, place, alias),
          ...among(sql, column(alias, place.id), ids),
          ...typeTest(alias, place, type)!
        ]
        const holders = `select ${column(alias, place.key)} from ${name(place.table)} ${alias} where ${and(tests)}`
        return found(source, root, own ? tests : [`${root.key} in (${holders})`])
      })
    })
  })
}

/** The rows of a source whose ids `referred` yields. */
function selectFound(sql: SqlText, type: string, source: RowSource, referred: string): string {
  const root = openRoot(sql, source)
  const keys = source.kind === 'view' ? keysOfView(sql, source, referred) : referred
  return found(type, root, [`${root.key} in (${keys})`])
}

const found = (type: string, root: Root, tests: readonly string[]): string =>
  `select ${foundColumns(type, root)} from ${root.from} where ${and([...root.scope, ...tests])}`

function keysAmong(source: RowSource, ids: readonly string[]): string[] {
  const prefix = source.kind === 'view' ? source.prefix : ''
  return ids.filter(id => id.startsWith(prefix)).map(id => id.slice(prefix.length))
}
