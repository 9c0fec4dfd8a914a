/** Reading statements under a tenant, outside of transactions: sessions are read-only there. */
import type pg from 'pg'
import { binding, inOneFlush, leased, named, revoked, type Answer } from './bind.js'
import { readBound, shapeOf, type Shape } from './bound-query.js'
import { gone, whileWanted } from './cancel.js'
import { isLost } from './lost.js'
import type { Bound, Statement } from './statement.js'

type Answered = PromiseSettledResult<unknown[]>
/** Statements that wait for one connection, and what comes of each. */
interface Reading {
  statements: Statement[]
  answers: Promise<Answered[]>
}
/** More than this are better spread over several connections. */
const MOST_AT_ONCE = 8

/**
 * [bind, statements] in one flush. Those that are sent for the same work before its connection is there share it. For a
 * caller who has gone nothing is sent any more, and what runs is cancelled.
 */
export function reader(pool: pg.Pool): <R>(bound: Bound, statement: Statement) => Promise<R[]> {
  const waiting = new WeakMap<Bound, Reading>()
  const begin = (bound: Bound): Reading => {
    const statements: Statement[] = []
    const end = (): void => void (waiting.get(bound)?.statements === statements && waiting.delete(bound))
    const answers = leased(pool, client => {
      end()
      if (bound.caller?.gone) throw gone()
      const [first, ...more] = statements.map(named)
      const read = more.length === 0 ? readOne(client, bound, first!) : readAll(client, bound, [first!, ...more])
      return bound.caller ? whileWanted(client, bound.caller, read) : read
    }).finally(end)
    const reading = { statements, answers }
    waiting.set(bound, reading)
    return reading
  }
  return async <R>(bound: Bound, statement: Statement): Promise<R[]> => {
    if (bound.caller?.gone) throw gone()
    const known = waiting.get(bound)
    const { statements, answers } = known && known.statements.length < MOST_AT_ONCE ? known : begin(bound)
    const at = statements.push(statement) - 1
    const answer = (await answers)[at]!
    if (answer.status === 'rejected') throw answer.reason
    return answer.value as R[]
  }
}

/** How the rows come back of what a connection has prepared, by name. */
const prepared = new WeakMap<pg.PoolClient, Map<string, Shape>>()

/**
 * What the connection has prepared goes out with its binding as one message. Only alone: when a statement fails, the
 * binding that shares its message is undone with it, and the next one would find the binding of other work.
 */
async function readOne(client: pg.PoolClient, bound: Bound, statement: Statement): Promise<Answered[]> {
  const shape = statement.name === undefined ? undefined : prepared.get(client)?.get(statement.name)
  if (!shape) return readAll(client, bound, [statement])
  const rows = await readBound(client, { binding: binding(bound), statement, shape })
  if (!rows) throw revoked()
  return [{ status: 'fulfilled', value: rows }]
}

/** Throws when nobody was bound, and when the connection was lost; else each statement has its own answer. */
async function readAll(client: pg.PoolClient, bound: Bound, statements: readonly Statement[]): Promise<Answered[]> {
  const sent = inOneFlush(client, () => [binding(bound), ...statements].map(each => client.query(each)))
  const [opened, ...answers] = await Promise.allSettled<Answer>(sent)
  const fatal = [opened!, ...answers].find(
    (each, at) => each.status === 'rejected' && (at === 0 || isLost(each.reason))
  )
  if (fatal?.status === 'rejected') throw fatal.reason
  if ((opened as PromiseFulfilledResult<Answer>).value.rowCount !== 0) throw revoked()
  return answers.map((answer, at) => {
    if (answer.status === 'rejected') return answer
    learn(client, statements[at]!, answer.value)
    return { status: 'fulfilled', value: answer.value.rows }
  })
}

function learn(client: pg.PoolClient, { name }: Statement, { fields }: Answer): void {
  if (name === undefined) return
  const shapes = prepared.get(client) ?? new Map<string, Shape>()
  if (!shapes.has(name)) prepared.set(client, shapes.set(name, shapeOf(fields)))
}
