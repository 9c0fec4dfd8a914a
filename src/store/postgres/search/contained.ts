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

/** Shorter texts have no trigram: they are looked for word by word, in an index of these. */
const TRIGRAM = 3

/** Rows that have one of the texts: of the view, in whatever row all texts of a root are. */
export function containedBranch(
  scope: Scope,
  source: RowSource,
  place: PlaceOf<'string'>,
  values: readonly Value[]
): Branch {
  const { texts, ...rows } = place
  const sought = textsOf(values)
  const branch = { place, table: place.view ?? place.table }
  if (!texts || !hasTrigrams(sought)) {
    return {
      ...branch,
      test: alias => or(sought.map(text => containsTest(scope.sql, column(alias, place.folded), text)))
    }
  }
  const { where, ...any } = rows
  // OFFSET 0 keeps it a look-up of rows that have the text, see lookUpTest.
  const within = (alias: string, text: string): string[] => {
    if (!where) return []
    const row = scope.sql.alias()
    const same = `${column(row, place.key)} = ${column(alias, place.key)}`
    const tests = [
      ...placeScope(scope.sql, source, place, row),
      same,
      containsTest(scope.sql, column(row, place.folded), text)
    ]
    return [`exists (select from ${name(place.table)} ${row} where ${and(tests)} offset 0)`]
  }
  const test = (alias: string, text: string): string =>
    `(${and([containsTest(scope.sql, column(alias, texts), text), ...within(alias, text)])})`
  return { place: any, table: branch.table, test: alias => or(sought.map(text => test(alias, text))) }
}

const textsOf = (values: readonly Value[]): string[] =>
  values.flatMap(value => (value.form === 'string' ? value.text : []))
const hasTrigrams = (texts: readonly string[]): boolean => texts.every(text => text.trim().length >= TRIGRAM)

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
  const single =
    place.table === tableOf(source) || (place.texts !== undefined && hasTrigrams(textsOf(condition.values)))
  return single ? place.view : undefined
}
