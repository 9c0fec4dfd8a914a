/** What a resource type is, as data. The registry of all of them is handed in by app.ts. */
import type { Resource } from '../fhir/types.js'
import type { Row, Rows, TableSpec } from '../mapping/spec.js'
import type { ComputedSource } from './computed.js'
import { COMMON_PARAMS, type Place, type Places, type SearchParam } from './definition.js'
import type { Value } from './plan.js'

/** What a type that lies in a table can do. https://hl7.org/fhir/R4/valueset-type-restful-interaction.html */
export const INTERACTIONS = [
  'read',
  'vread',
  'create',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'search-type'
] as const
export type Interaction = (typeof INTERACTIONS)[number]

/** Rows of the tenant that are the resource: mapped both ways, with versions and documents in resource_history. */
export interface TableSource {
  kind: 'table'
  spec: TableSpec
  places: Places
  /** What the rows add to the resource beyond the mapped columns: the written list of derived elements. */
  derive?(resource: Resource, rows: Rows): Resource
}

/** Rows of elsewhere shown as resources: tenants, facilities, the directory. `prefix` marks their ids (`npi-`). */
export interface ViewSource {
  kind: 'view'
  prefix: string
  table: string
  /** Column that holds the id without the prefix. The table also has updated_at and version, and no decimals. */
  key: string
  places: Places
  toResource(row: Row): Resource
  /** A write rule takes updates to the rows; absent: the view is read-only. */
  updated?: true
  /** Takes part in a search only when this says so (default: always); an _id with the prefix always reaches it. */
  usedWhen?(conditions: readonly UsedCondition[]): boolean
  /** A row is not shown when a live row of `table` (of the tenant) has `where` and `column` equal to this one's `own`. */
  shadowedBy?: { root: string; table: string; key: string; column: string; own: string; where: Record<string, string> }
}

/** What `usedWhen` sees of a top-level condition without a modifier. */
export interface UsedCondition {
  name: string
  values: readonly Value[]
}

export type { ComputedSource }
export type Source = TableSource | ViewSource | ComputedSource

export interface ResourceDefinition {
  type: string
  sources: readonly Source[]
  search: readonly SearchParam[]
  interactions: readonly Interaction[]
  /** Profiles named as supported in the CapabilityStatement. */
  profiles: readonly string[]
  documentation?: string
  /** Searches by any condition tell how many match, also on several pages and unasked. */
  counted?: true
  /** Time alone changes it: holds run out. */
  lapses?: true
}

export type Registry = ReadonlyMap<string, ResourceDefinition>

/** The table source of a type: where its writes go. */
export function tableSource(definition: ResourceDefinition): TableSource | undefined {
  return definition.sources.find((source): source is TableSource => source.kind === 'table')
}

/** Where those of its resources come from that are worked out, and not stored. */
export function computedSource(definition: ResourceDefinition | undefined): ComputedSource | undefined {
  return definition?.sources.find((source): source is ComputedSource => source.kind === 'computed')
}

/** Whether some of its resources are worked out. */
export const isComputed = (definition: ResourceDefinition | undefined): boolean =>
  computedSource(definition) !== undefined

/** The source that an id belongs to: by prefix, else the table. */
export function sourceOf(definition: ResourceDefinition, id: string): Source | undefined {
  return (
    definition.sources.find(source => source.kind !== 'table' && id.startsWith(source.prefix)) ??
    tableSource(definition)
  )
}

/** The parameter of that name that the type has, the common ones included. */
export function findParam(definition: ResourceDefinition, name: string): SearchParam | undefined {
  const named = (param: SearchParam): boolean => param.name === name
  return definition.search.find(named) ?? COMMON_PARAMS.find(named)
}

/** All places of a parameter, over all sources that have any. */
export const placesOf = (definition: ResourceDefinition, name: string): readonly Place[] =>
  definition.sources.flatMap(source => (source.kind === 'computed' ? [] : placesIn(source, name)))

/** The places of a parameter in a source; where those common to all types lie, none declares. */
export function placesIn(source: TableSource | ViewSource, name: string): readonly Place[] {
  const [table, key] = source.kind === 'table' ? [source.spec.table, 'id'] : [source.table, source.key]
  if (name === '_lastUpdated') return [{ table, key, form: 'date', from: 'updated_at', to: 'updated_at' }]
  const label = source.kind === 'table' ? labelPlace(table, name) : undefined
  return label ? [label] : (source.places[name] ?? [])
}

/** Labels of all roots lie in one table. */
function labelPlace(root: string, name: string): Place | undefined {
  const kind = Object.hasOwn(LABELS, name) ? LABELS[name]! : undefined
  if (!kind) return undefined
  const rows = { table: 'resource_labels', key: 'id', where: { root, kind } }
  return kind === 'tag' || kind === 'security'
    ? { ...rows, form: 'token', value: 'value', system: 'system', text: ['display_folded'] }
    : { ...rows, form: 'uri', value: 'value' }
}

const LABELS: Readonly<Record<string, string>> = {
  _tag: 'tag',
  _security: 'security',
  _profile: 'profile',
  _source: 'source'
}
