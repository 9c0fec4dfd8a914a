/** The rows of a source as SQL: where a resource's id lies, which rows are the tenant's and alive. */
import type { Place, PlaceOf } from '../../../search/definition.js'
import {
  placesIn,
  type Registry,
  type ResourceDefinition,
  type TableSource,
  type ViewSource
} from '../../../search/registry.js'
import { and, column, LAST, literal, name, type SqlText } from './sql-text.js'

/** Sources whose resources lie in rows; computed ones are searched elsewhere. */
export type RowSource = TableSource | ViewSource

export const rowSources = (definition: ResourceDefinition | undefined): RowSource[] =>
  definition?.sources.filter((source): source is RowSource => source.kind !== 'computed') ?? []

export const tableOf = (source: RowSource): string => (source.kind === 'table' ? source.spec.table : source.table)
export const keyOf = (source: RowSource): string => (source.kind === 'table' ? 'id' : source.key)

/** What a statement is made with. */
export interface Scope {
  sql: SqlText
  registry: Registry
}

/** A source in a FROM clause. */
export interface Root {
  source: RowSource
  alias: string
  from: string
  /** SQL of the key that child tables refer to. */
  key: string
  /** SQL of the resource's id. */
  id: string
  /** Keeps to live rows of the bound tenant: said beside the policy, so that the planner has it early. */
  scope: string[]
}

export function openRoot(sql: SqlText, source: RowSource): Root {
  const alias = sql.alias()
  const key = column(alias, keyOf(source))
  const common = { source, alias, key, from: `${name(tableOf(source))} ${alias}` }
  if (source.kind === 'view') return { ...common, id: `(${literal(source.prefix)} || ${key})`, scope: [] }
  return { ...common, id: key, scope: [...tenantScope(source, alias), `${alias}.deleted_at is null`] }
}

/** Tests that hold for every row of a place's table at `alias`: the tenant's, and the place's own. */
export const placeScope = (sql: SqlText, source: RowSource, place: Place, alias: string): string[] => [
  ...tenantScope(source, alias),
  ...placeWhere(sql, place, alias)
]

export const placeWhere = (sql: SqlText, place: Place, alias: string): string[] =>
  Object.entries(place.where ?? {}).map(([key, value]) => `${column(alias, key)} = ${sql.value(value)}`)

/** Tables of the tenant have tenant_id; what a view source reads is not a tenant's. */
const tenantScope = (source: RowSource, alias: string): string[] =>
  source.kind === 'table' ? [`${alias}.tenant_id = app.tenant_id()`] : []

/** Keys (without prefix) of a view source among the ids that `select` yields in its column `id`. */
export function keysOfView(sql: SqlText, source: ViewSource, select: string): string {
  const alias = sql.alias()
  const prefix = literal(source.prefix)
  const within = `${alias}.id >= ${prefix} and ${alias}.id < ${prefix} || ${LAST}`
  return `select substr(${alias}.id, ${source.prefix.length + 1}) from (${select}) ${alias}(id) where ${within}`
}

/** `select` of expressions of a root's rows that meet the tests. */
export const selectFrom = (root: Root, what: string, tests: readonly string[]): string =>
  `select ${what} from ${root.from} where ${and([...root.scope, ...tests])}`

/** Places of a reference that can lead to `target`. */
export const referencePlaces = (root: Root, param: string, target: string): PlaceOf<'reference'>[] =>
  placesIn(root.source, param).filter(
    (place): place is PlaceOf<'reference'> =>
      place.form === 'reference' && (place.fixedType === undefined || place.fixedType === target)
  )
