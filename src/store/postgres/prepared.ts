/**
 * Names for statements that come again. A named statement is parsed and, after some uses, planned once per connection;
 * planning a search takes Postgres five times as long as running it.
 */
import type { Statement } from './statement.js'

/** Uses of a text without a name. */
const FIRST_USES = 3
/** Texts whose uses are counted, and those that get a name: connections keep the plans for ever. */
const COUNTED = 1000
const NAMED = 250

/** The same statement, with a name when its text has come often enough; see `Statement.replan`. */
export function prepare(): (statement: Statement) => Statement {
  const uses = new Map<string, number>()
  const names = new Map<string, string>()
  return statement => {
    const { name, text, replan } = statement
    if (name !== undefined || replan) return statement
    const known = names.get(text)
    if (known !== undefined) return { ...statement, name: known }
    // Several statements in one text cannot be prepared.
    if (names.size === NAMED || text.includes(';')) return statement
    const count = (uses.get(text) ?? 0) + 1
    uses.delete(text)
    if (count <= FIRST_USES) {
      uses.set(text, count)
      if (uses.size > COUNTED) uses.delete(uses.keys().next().value!)
      return statement
    }
    const given = `p${names.size}`
    names.set(text, given)
    return { ...statement, name: given }
  }
}
