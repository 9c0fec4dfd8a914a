/**
 * Statements under a tenant: each checkout of a connection binds it to a tenant in the same flush as its first
 * statement, so row-level security costs no round trip. Reading ones: `reading.ts`.
 */
import type { Writable } from 'node:stream'
import type pg from 'pg'
import { fhirError } from '../../fhir/errors.js'
import { isSafe } from './cancel.js'
import { isLost, lost, unreachable } from './lost.js'
import { prepare } from './prepared.js'
import type { Bound, Statement, Transaction } from './statement.js'

export type Answer = pg.QueryResult<pg.QueryResultRow>
const NOBODY: Bound = { tenant: '', subject: '' }
const INVALID_AUTHORIZATION = '28000'
/** [begin, bind, statements, commit] in one flush. */
export async function execute(pool: pg.Pool, bound: Bound, statements: readonly Statement[]): Promise<unknown[][]> {
  return leased(pool, async client => {
    const sent = inOneFlush(client, () => [
      open(client, bound),
      ...statements.map(statement => send(client, statement)),
      commit(client)
    ])
    const [, ...answers] = await inOrder(sent)
    return answers.slice(0, -1).map(answer => (answer as Answer).rows)
  })
}

/** One statement for nobody: the binding of the work before is gone. */
export async function system<R>(pool: pg.Pool, statement: Statement): Promise<R[]> {
  return (await execute(pool, NOBODY, [statement]))[0] as R[]
}

/** [begin, bind] go out with the first statement of `f`; commit with its last ones when it says so (`finish`). */
export async function transaction<T>(pool: pg.Pool, bound: Bound, f: (trx: Transaction) => Promise<T>): Promise<T> {
  return leased(pool, async client => {
    const [trx, working] = inOneFlush(client, () => {
      const begun = new OpenTransaction(client, bound, open(client, bound))
      return [begun, f(begun)] as const
    })
    try {
      const result = await working
      trx.closed = true
      if (!trx.finished) await inOrder([trx.opened, commit(client)])
      return result
    } catch (error) {
      trx.closed = true
      if (!trx.finished) await client.query('rollback')
      throw error
    }
  })
}

class OpenTransaction implements Transaction {
  closed = false
  /** The commit was sent. */
  finished = false

  constructor(
    private readonly client: pg.PoolClient,
    private readonly bound: Bound,
    readonly opened: Promise<unknown>
  ) {}

  async query<R>(statement: Statement): Promise<R[]> {
    return (await this.pipeline([statement]))[0] as R[]
  }

  async pipeline(statements: readonly Statement[]): Promise<unknown[][]> {
    this.refuseWhenClosed()
    const sent = inOneFlush(this.client, () => statements.map(statement => send(this.client, statement)))
    const [, ...answers] = await inOrder([this.opened, ...sent])
    return answers.map(answer => (answer as Answer).rows)
  }

  async finish(statements: readonly Statement[]): Promise<unknown[][]> {
    this.refuseWhenClosed()
    this.closed = this.finished = true
    const sent = inOneFlush(this.client, () => [
      ...statements.map(statement => send(this.client, statement)),
      commit(this.client)
    ])
    const [, ...answers] = await inOrder([this.opened, ...sent])
    return answers.slice(0, -1).map(answer => (answer as Answer).rows)
  }

  async rebind(tenant: string): Promise<void> {
    this.refuseWhenClosed()
    await inOrder([this.opened, enter(this.client, { ...this.bound, tenant })])
  }

  private refuseWhenClosed(): void {
    if (this.closed) throw new Error('A statement was sent after the end of its transaction')
  }
}

export const named = prepare()

const send = (client: pg.PoolClient, statement: Statement): Promise<Answer> => client.query(named(statement))

/** What `work` sends is one write to the socket: each statement would be one of its own. PGlite has no socket. */
export function inOneFlush<T>(client: pg.PoolClient, work: () => T): T {
  const { stream } = (client as unknown as { connection: { stream: Partial<Pick<Writable, 'cork' | 'uncork'>> } })
    .connection
  stream.cork?.()
  try {
    return work()
  } finally {
    stream.uncork?.()
  }
}

/** A connection of the pool. It goes back outside of any transaction, or, as when it broke, not at all. */
export async function leased<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw unreachable(error)
  })
  const clean = (): boolean => client.getTransactionStatus() === 'I'
  let broken = false
  try {
    return await work(client)
  } catch (error) {
    broken = isLost(error)
    throw broken ? lost(error) : error
  } finally {
    if (!clean() && !broken) await client.query('rollback').catch(() => undefined)
    client.release(broken || !clean() || !isSafe(client))
  }
}

/**
 * What `app.bind` does, without the cost of PL/pgSQL: each read pays for it. A row says that the subject is revoked: no
 * error, since the statement behind it has run by then, and seen nothing.
 */
const BIND = `select from (
    select alive, set_config('app.tenant_id', case when alive then $1::text else '' end, false),
      set_config('app.user_id', case when alive then $2::text else '' end, false)
    from (select not exists (select from revoked_subjects r
      where r.subject = $2 and r.epoch >= coalesce($3::bigint, 0)) as alive offset 0) known offset 0) bound
  where not alive`

/** Binds a session. */
export const binding = ({ tenant, subject, epoch }: Bound): Statement & { name: string } => ({
  ...{ name: 'bind', text: BIND },
  values: [tenant, subject, epoch ?? null]
})

/** Begins and binds. `app.enter` raises for a revoked subject, so that nothing behind it takes effect. */
function open(client: pg.PoolClient, bound: Bound): Promise<unknown> {
  const opened = inOrder([client.query('begin read write'), enter(client, bound)])
  opened.catch(() => undefined) // whoever waits for it hears of it; nobody may, when the work fails first
  return opened
}

async function enter(client: pg.PoolClient, { tenant, subject, epoch }: Bound): Promise<void> {
  const values = [tenant, subject, epoch ?? null]
  try {
    await client.query({ name: 'enter', text: 'select app.enter($1, $2, $3)', values })
  } catch (error) {
    throw (error as { code?: string }).code === INVALID_AUTHORIZATION ? revoked() : error
  }
}

/** A commit of a transaction in which a statement failed is a rollback that Postgres calls a success. */
async function commit(client: pg.PoolClient): Promise<void> {
  const { command } = await client.query('commit')
  if (command === 'ROLLBACK') throw new Error('The transaction was rolled back: a statement in it failed')
}

export const revoked = (): Error => fhirError('login', 'The access of this subject was revoked: log in again')

/** Waits for all, so that nothing is under way any more; throws what failed first in order. */
async function inOrder(sent: Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(sent)
  return settled.map(answer => {
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  })
}
