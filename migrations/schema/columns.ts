/** Columns of the kinds in src/mapping/kinds.ts, by the same suffixes. */
import type { Knex } from 'knex'

type Table = Knex.CreateTableBuilder

/** Ids, codes and what is compared letter by letter: by code point, whatever the locale of the database. */
export const CODE = 'text collate "C"'

/** Longer texts are compared by their beginning: an entry of an index has to fit on a page. */
const COMPARED = 400

/** A generated column: the folded form of an SQL expression. */
export const folded = (expression: string): string =>
  `${CODE} generated always as (left(app.fold(${expression}), ${COMPARED})) stored`

export function codes(t: Table, ...names: string[]): void {
  for (const name of names) t.specificType(name, CODE)
}
export function texts(t: Table, ...names: string[]): void {
  for (const name of names) t.text(name)
}
/** A Reference's type and id. */
export const reference = (t: Table, name: string): void => codes(t, `${name}_type`, `${name}_id`)

/** A CodeableConcept by its first coding. */
export function concept(t: Table, name: string): void {
  codes(t, `${name}_system`, `${name}_code`)
  texts(t, `${name}_display`, `${name}_text`)
}
export function period(t: Table, name = 'period'): void {
  t.timestamp(`${name}_start`)
  t.timestamp(`${name}_end`)
}
/** An Address, each column with the prefix. */
export function address(t: Table, prefix = ''): void {
  codes(t, `${prefix}use`)
  texts(t, `${prefix}text`)
  t.specificType(`${prefix}line`, 'text[]')
  texts(t, ...['city', 'state', 'postal_code', 'country'].map(name => prefix + name))
}
/** A text with the folded twin by which it is found. */
export function named(t: Table, name: string): void {
  t.text(name)
  t.specificType(`${name}_folded`, folded(name))
}
