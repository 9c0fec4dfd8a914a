/** One JSON object <-> one row: columns where they can say it exactly, `rest` for everything else. */
import { digitsAt, remembers } from '../fhir/digits.js'
import type { JsonObject } from '../fhir/types.js'
import { get, holderOf, remove, set } from './place.js'
import type { Cells } from './kinds.js'
import { same } from './same.js'
import type { Field, Row } from './spec.js'

/** Moves what `fields` can hold out of `object` (which becomes the rest) into cells. */
export function takeFields(object: JsonObject, fields: readonly Field[]): Row {
  const row: Row = {}
  for (const { path, kind, column } of fields) {
    const value = get(object, path)
    const cells = value === undefined ? undefined : kind.parse(value)
    for (const suffix of Object.keys(kind.columns)) row[column + suffix] = cells?.[suffix] ?? null
    const plain = !remembers(value) && digitsAt(holderOf(object, path), path.at(-1) as string) === undefined
    if (cells && plain && same(kind.format(cells), value)) remove(object, path)
  }
  return row
}

/** Puts the columns' values into `object` (the rest). What stands there already wins while it parses to the same cells. */
export function putFields(object: JsonObject, fields: readonly Field[], row: Row): void {
  for (const { path, kind, column } of fields) {
    const cells = Object.fromEntries(Object.keys(kind.columns).map(suffix => [suffix, row[column + suffix] ?? null]))
    const kept = get(object, path)
    if (kept === undefined || !same(kind.parse(kept), normal(kind, cells))) set(object, path, kind.format(cells))
  }
}

/** Cells as `parse` would give them: Postgres writes an instant in another form. */
function normal(kind: Field['kind'], cells: Cells): Cells | undefined {
  const value = kind.format(cells)
  if (value === undefined) return undefined
  return kind.parse(value) ?? cells
}
