/**
 * `:contains` of a text. A row of a view by which LIKE reaches a trigram index has one text, or all texts of a root: then
 * several texts that are sought together are met by one row, and one scan finds the roots that have all of them.
 */
import type { PlaceOf } from '../../../search/definition.js'
import type { Condition, Value } from '../../../search/plan.js'
import { placesIn } from '../../../search/registry.js'
import type { Branch } from './condition.js'
import { placeScope, tableOf, type RowSource, type Scope } from './root.js'
import { and, column, name, or } from './sql-text.js'
import { containsTest } from './value-test.js'

/** Rows that have one of the texts: of the view, in whatever row all texts of a root are. */
export function containedBranch(
  scope: Scope,
  source: RowSource,
  place: PlaceOf<'string'>,
  values: readonly Value[]
): Branch {
  const { texts, where, ...anywhere } = place
  const has = (alias: string, held: string, text: string): string => containsTest(scope.sql, column(alias, held), text)
  const inTexts = (alias: string, text: string): string => {
    if (!where) return has(alias, texts!, text)
    const row = scope.sql.alias()
    const own = [`${column(row, place.key)} = ${column(alias, place.key)}`, has(row, place.folded, text)]
    const found = `from ${name(place.table)} ${row} where ${and([...placeScope(scope.sql, source, place, row), ...own])}`
    // OFFSET 0 keeps it a look-up, see lookUpTest.
    return `(${has(alias, texts!, text)} and exists (select ${found} offset 0))`
  }
  const test = (alias: string, text: string): string => (texts ? inTexts(alias, text) : has(alias, place.folded, text))
  const sought = values.flatMap(value => (value.form === 'string' ? value.text : []))
  return {
    place: texts ? anywhere : place,
    table: place.view ?? place.table,
    test: alias => or(sought.map(text => test(alias, text)))
  }
}

/** The conditions, those together that one row of a root can meet. */
export function alike<C extends Condition>(source: RowSource, where: readonly C[]): C[][] {
  const groups = new Map<string | Condition, C[]>()
  for (const condition of where) {
    const row = rowOf(source, condition) ?? condition
    const group = groups.get(row)
    if (group) group.push(condition)
    else groups.set(row, [condition])
  }
  return [...groups.values()]
}

/** The view in which one row of a root tells of the condition. */
function rowOf(source: RowSource, condition: Condition): string | undefined {
  if (condition.kind !== 'param' || condition.modifier !== 'contains') return undefined
  const [place, other] = placesIn(source, condition.param.name)
  if (place?.form !== 'string' || other) return undefined
  return place.texts !== undefined || place.table === tableOf(source) ? place.view : undefined
}
