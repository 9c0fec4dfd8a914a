/**
 * Inserts that stand beside each other as one statement of many `with` parts: each statement costs both sides about as
 * much as the rows of a small insert. https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
 */
import type { Statement } from './statement.js'

/**
 * Inserts of one stage may be joined. Parts of a statement do not see each other's rows: what a trigger before a row
 * reads has to be of an earlier stage (the membership of a role). Triggers behind a statement see all of it.
 */
export interface Insert extends Statement {
  stage: 'rows' | 'roots' | 'children'
}

/** The same in the same order, with neighbours of one stage joined. */
export function together(statements: readonly (Statement | Insert)[]): Statement[] {
  const runs: Statement[][] = []
  for (const each of statements) {
    const last = runs.at(-1)
    if (last && stageOf(each) !== undefined && stageOf(last[0]!) === stageOf(each)) last.push(each)
    else runs.push([each])
  }
  return runs.map(run => (run.length === 1 ? run[0]! : joined(run)))
}

const stageOf = (statement: Statement): Insert['stage'] | undefined => (statement as Partial<Insert>).stage

function joined(statements: readonly Statement[]): Statement {
  const values: unknown[] = []
  const parts = statements.map(statement => {
    const before = values.length
    values.push(...statement.values)
    return statement.text.replace(/\$(\d+)/g, (_, position: string) => `$${Number(position) + before}`)
  })
  const others = parts.slice(0, -1).map((text, index) => `w${index} as (${text})`)
  return { text: `with ${others.join(', ')} ${parts.at(-1)}`, values }
}
