/**
 * Rows <-> resource, both directions, lossless: `toResource(toRows(r))` equals `r` (test/mapping). What has no column
 * stays in `rest jsonb`, as does the lexical form of what a column can only hold in another form; there the column wins
 * as soon as its value is another one.
 */
import { copyJson } from '../fhir/digits.js'
import type { JsonObject, Resource } from '../fhir/types.js'
import { conceptItems, conceptRows } from './concepts.js'
import { get, putItems, remove, set, sweepStubs, takeItems } from './place.js'
import { texts } from './kinds.js'
import { putFields, takeFields } from './record.js'
import type { ListSpec, Row, Rows, TableSpec } from './spec.js'

/**
 * Takes a resource apart. `joined` names the joined tables that have a row for it; fields of the others stay in rest.
 * Keys of the rows (tenant_id, id, position) are not in them: the store adds them.
 */
export function toRows(spec: TableSpec, resource: Resource, joined: readonly string[] = []): Rows {
  const { resourceType: _type, id: _id, meta, ...elements } = copyJson(resource) as Resource & JsonObject
  const rest: JsonObject = elements
  const { versionId: _v, lastUpdated: _l, ...kept } = (meta ?? {}) as JsonObject
  if (Object.keys(kept).length > 0) rest.meta = kept
  const lists = Object.fromEntries(spec.lists.map(list => [list.table, listRows(list, rest)]))
  const root = takeFields(
    rest,
    spec.fields.filter(field => !field.from)
  )
  const rows: Rows = { root, lists, joined: {} }
  for (const { table } of spec.joined) {
    rows.joined[table] = joined.includes(table)
      ? takeFields(
          rest,
          spec.fields.filter(field => field.from === table)
        )
      : null
  }
  root.rest = rest
  return rows
}

/** Puts a resource together, without meta.versionId and lastUpdated. */
export function toResource(spec: TableSpec, type: string, id: string, rows: Rows): Resource {
  const body = copyJson(rows.root.rest ?? {}) as JsonObject
  putFields(
    body,
    spec.fields.filter(field => !field.from),
    rows.root
  )
  for (const { table } of spec.joined) {
    const row = rows.joined[table]
    if (row)
      putFields(
        body,
        spec.fields.filter(field => field.from === table),
        row
      )
  }
  for (const list of spec.lists) putList(body, list, rows.lists[list.table] ?? [])
  sweepStubs(
    body,
    [...spec.fields, ...spec.lists].map(({ path }) => path)
  )
  return inOrder(type, id, body)
}

/** Takes a list out of `rest`; one that its rows cannot hold stays there. */
function listRows(list: ListSpec, rest: JsonObject): Row[] {
  const rows = list.shape === 'texts' ? textRows(list, rest) : objectRows(list, takeItems(rest, list.path) ?? [])
  return rows.map((row, position) => ({ position, ...row }))
}

const objectRows = (list: ListSpec, items: readonly JsonObject[]): Row[] =>
  list.shape === 'concepts' ? conceptRows(items) : items.map(item => itemRow(list, item))

function textRows({ path }: ListSpec, rest: JsonObject): Row[] {
  const cells = texts.parse(get(rest, path))
  if (!cells) return []
  remove(rest, path)
  return (cells[''] as (string | null)[]).map(value => ({ value, rest: {} }))
}

function itemRow(list: ListSpec, item: JsonObject): Row {
  const row = takeFields(item, list.fields)
  row.rest = item
  return row
}

function putList(body: JsonObject, list: ListSpec, rows: readonly Row[]): void {
  const sorted = [...rows].sort((a, b) => Number(a.position) - Number(b.position))
  if (list.shape !== 'texts') putItems(body, list.path, listItems(list, sorted))
  else if (sorted.length > 0)
    set(
      body,
      list.path,
      sorted.map(row => row.value ?? null)
    )
}

function listItems(list: ListSpec, sorted: readonly Row[]): JsonObject[] {
  if (list.shape === 'concepts') return conceptItems(sorted)
  return sorted.map(row => {
    const item = copyJson(row.rest ?? {}) as JsonObject
    putFields(item, list.fields, row)
    sweepStubs(
      item,
      list.fields.map(({ path }) => path)
    )
    return item
  })
}

const FIRST = ['text', 'contained', 'extension', 'modifierExtension', 'identifier', 'active', 'status']

/** Elements in the order in which people expect them: resourceType, id, meta, the DomainResource's, then the rest. */
function inOrder(resourceType: string, id: string, body: JsonObject): Resource {
  const { meta, ...elements } = body
  const head = FIRST.filter(key => key in elements).map(key => [key, elements[key]])
  return { resourceType, id, ...(meta !== undefined && { meta }), ...Object.fromEntries(head), ...elements } as Resource
}
