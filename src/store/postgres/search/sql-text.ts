/** Makes a statement: values become $n, tables get aliases, names come from definitions only. */
import type { Statement } from '../statement.js'

export class SqlText {
  private readonly values: unknown[] = []
  private aliases = 0

  /** Placeholder of a value. */
  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  alias(): string {
    return `t${++this.aliases}`
  }

  statement(text: string): Statement {
    return { text, values: this.values }
  }
}

/** A table or column as it stands in a definition. Throws for anything that is no plain name. */
export function name(identifier: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(identifier)) throw new Error(`No name of a table or column: ${identifier}`)
  return `"${identifier}"`
}

/** A type or an id prefix as it stands in a definition: a constant, so that the planner sees it. */
export function literal(text: string): string {
  if (!/^[A-Za-z0-9.-]*$/.test(text)) throw new Error(`No type or prefix: ${text}`)
  return `'${text}'::text collate "C"`
}

export const column = (alias: string, identifier: string): string => `${alias}.${name(identifier)}`

/** All of them; `true` when there is none. */
export const and = (tests: readonly string[]): string => tests.join(' and ') || 'true'

/**
 * SQL of `first`, or of `second` where that is null. Under row-level security COALESCE counts as leaky, and a condition
 * with it reaches no index.
 */
export const either = (first: string, second: string): string =>
  `case when ${first} is not null then ${first} else ${second} end`

/** One of them; `false` when there is none. */
export const or = (tests: readonly string[]): string =>
  tests.length > 1 ? `(${tests.join(' or ')})` : (tests[0] ?? 'false')

/** `column` is one of the values. */
export function among(sql: SqlText, column: string, values: readonly string[]): string[] {
  if (values.length === 0) return []
  return [values.length === 1 ? `${column} = ${sql.value(values[0])}` : `${column} = any(${sql.value(values)})`]
}

/** After all texts that begin with the text before it, in the order of code points. */
export const LAST = `chr(1114111)`

/** `column` begins with the text: a range, since LIKE does not reach an index under row-level security. */
export const beginsWith = (column: string, text: string): string =>
  `${column} >= ${text} and ${column} < ${text} || ${LAST}`
