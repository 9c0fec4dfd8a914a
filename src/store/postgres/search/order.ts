/**
 * The order of a page and what lies beyond a position in it: keyset paging by the sort keys and the id. A missing value
 * counts as the largest, which is the order of Postgres' indexes in both directions.
 */
import type { ParamType, Place } from '../../../search/definition.js'
import type { Cursor, SortKey } from '../../../search/plan.js'
import { placesIn } from '../../../search/registry.js'
import { placeScope, tableOf, type Root } from './root.js'
import { and, column, literal, name, or, type SqlText } from './sql-text.js'

/** An expression to sort by. `required`: never null, so that a row comparison can walk an index. */
export interface Term {
  expression: string
  descending: boolean
  required: boolean
}

/** The terms of a plan on one root, the id last, or the type of several; all turned round for the page before a position. */
export function terms(sql: SqlText, root: Root, sort: readonly SortKey[], backward: boolean, type?: string): Term[] {
  const keys = sort.map(({ param, descending }) => ({
    expression: sortExpression(sql, root, param, descending),
    descending: descending !== backward,
    required: param.name === '_id' || param.name === '_lastUpdated'
  }))
  const last = { descending: idDescending(sort) !== backward, required: true }
  return [
    ...keys,
    { expression: root.id, ...last },
    ...(type === undefined ? [] : [{ expression: literal(type), ...last }])
  ]
}

/** Ties go by id in the direction of the last key, so that one index serves both. */
const idDescending = (sort: readonly SortKey[]): boolean => sort.at(-1)?.descending ?? false

/** `order by` of columns k0, k1, ... of a page, the last being the id. */
export const orderBy = (ordered: readonly Term[], expression: (term: Term, index: number) => string): string =>
  `order by ${ordered.map((term, index) => `${expression(term, index)}${term.descending ? ' desc' : ''}`).join(', ')}`

const SQL_TYPE: Readonly<Record<ParamType, string>> = {
  date: 'timestamptz',
  token: 'text collate "C"',
  string: 'text collate "C"',
  reference: 'text collate "C"',
  uri: 'text collate "C"',
  special: 'text collate "C"'
}

/** The smallest of a resource's values ascending, the largest descending. */
function sortExpression(sql: SqlText, root: Root, param: SortKey['param'], descending: boolean): string {
  if (param.name === '_id') return root.id
  const values = placesIn(root.source, param.name).map(place => placeValue(sql, root, place, descending))
  if (values.length === 0) return `null::${SQL_TYPE[param.type]}`
  return values.length === 1 ? values[0]! : `${descending ? 'greatest' : 'least'}(${values.join(', ')})`
}

function placeValue(sql: SqlText, root: Root, place: Place, descending: boolean): string {
  if (place.table === tableOf(root.source) && place.where === undefined) return sortColumn(sql, root.alias, place)
  const alias = sql.alias()
  const best = `${descending ? 'max' : 'min'}(${sortColumn(sql, alias, place)})`
  const tied = [`${column(alias, place.key)} = ${root.key}`, ...wholeText(alias, place)]
  return `(select ${best} from ${name(place.table)} ${alias} where ${and([...placeScope(sql, root.source, place, alias), ...tied])})`
}

/** A later word of a text, by which it is found, too, is no value: nobody is filed under it. */
const wholeText = (alias: string, place: Place): string[] =>
  place.form === 'string' && place.texts ? [`${column(alias, place.raw)} is not null`] : []

function sortColumn(sql: SqlText, alias: string, place: Place): string {
  switch (place.form) {
    case 'string':
      return column(alias, place.folded)
    case 'date':
      return place.date ? `(${column(alias, place.from)}::timestamp at time zone 'UTC')` : column(alias, place.from)
    case 'reference':
      return column(alias, place.id)
    case 'boolean':
      return `(${column(alias, place.value)}::text collate "C")`
    case 'sound':
      return column(alias, place.sound)
    case 'position':
      return column(alias, place.latitude)
    case 'fixed-uri':
      return `(${sql.value(place.uri)}::text collate "C")`
    default:
      return column(alias, place.value)
  }
}

/** True for rows that come after the position in the order of the terms. */
export function beyond(sql: SqlText, ordered: readonly Term[], { sort, id, type }: Cursor): string {
  const values = [...sort, id, ...(type === undefined ? [] : [type])]
  const same = ordered.every(term => term.required && term.descending === ordered[0]!.descending)
  // Of resources that are computed a position may lack what stored ones always have.
  if (same && !values.includes(null)) {
    const left = ordered.map(term => term.expression).join(', ')
    const right = values.map(value => sql.value(value)).join(', ')
    return `(${left}) ${ordered[0]!.descending ? '<' : '>'} (${right})`
  }
  return or(
    ordered.map(
      (_, last) =>
        `(${and(ordered.slice(0, last + 1).map((term, index) => step(sql, term, values[index]!, index === last)))})`
    )
  )
}

/** The term is past the value (`past`) or equal to it; null is the largest value. */
function step(sql: SqlText, { expression, descending }: Term, value: string | null, past: boolean): string {
  if (!past) return value === null ? `${expression} is null` : `${expression} = ${sql.value(value)}`
  if (value === null) return descending ? `${expression} is not null` : 'false'
  if (descending) return `${expression} < ${sql.value(value)}`
  return `(${expression} > ${sql.value(value)} or ${expression} is null)`
}
