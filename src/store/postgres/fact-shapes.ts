/** Facts of many resources in one statement: requests that differ in their values only are one branch of it. */
import { SqlText } from './search/sql-text.js'
import type { Statement } from './statement.js'

/** A fact's SQL with the values of each request that it answers. */
interface Shape {
  text: string
  asked: { n: number; values: unknown[] }[]
}

interface Fact {
  write: (sql: SqlText) => string
  /** Its SQL does not say of what type each value is: it is a branch of its own. */
  apart: boolean
}

/**
 * A statement of rows { n, fact } for the n-th of the facts. Postgres plans each branch of a union: those
 * of a Bundle's 200 entries took longer than a statement may, when each fact was one.
 */
export function factsStatement(facts: readonly Fact[]): Statement {
  const shapes = new Map<string, Shape>()
  facts.forEach(({ write, apart }, n) => {
    const own = new SqlText()
    const { text, values } = own.statement(write(own))
    const types = values.map(typeOf)
    const key = apart || types.includes(undefined) ? `${n}` : `${types.join()} ${text}`
    const shape = shapes.get(key) ?? { text, asked: [] }
    shape.asked.push({ n, values })
    shapes.set(key, shape)
  })
  const sql = new SqlText()
  return sql.statement([...shapes.values()].map(shape => branch(sql, shape)).join(' union all '))
}

/** One request has its values in place; those of many are rows. */
function branch(sql: SqlText, { text, asked }: Shape): string {
  const [first, ...more] = asked as [Shape['asked'][0], ...Shape['asked']]
  if (more.length === 0) {
    const placed = first.values.map(value => sql.value(value))
    return `select ${first.n} as n, (${filled(text, index => placed[index]!)})::jsonb as fact`
  }
  const columns = first.values.map((value, index) => `, c${index} ${typeOf(value)}`).join('')
  const rows = asked.map(({ n, values }) => ({
    n,
    ...Object.fromEntries(values.map((value, index) => [`c${index}`, value]))
  }))
  return `select asked.n, (${filled(text, index => `asked.c${index}`)})::jsonb as fact
    from json_to_recordset(${sql.value(JSON.stringify(rows))}::json) as asked(n int${columns})`
}

const filled = (text: string, value: (index: number) => string): string =>
  text.replace(/\$(\d+)/g, (_, position: string) => value(Number(position) - 1))

function typeOf(value: unknown): 'text' | 'text[]' | undefined {
  if (value === null || typeof value === 'string') return 'text'
  return Array.isArray(value) && value.every(each => typeof each === 'string') ? 'text[]' : undefined
}
