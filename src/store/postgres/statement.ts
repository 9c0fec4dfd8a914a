/** What the rest of the store says to the database, and what it may rely on. */
import type { ClientBase } from 'pg'
import type { Caller } from '../ports.js'

export interface Statement {
  /** With a name it is prepared once per connection; a name stands for one text for ever. */
  name?: string
  text: string
  values: unknown[]
  /** What it costs depends on its values so much (the beginning of a name, a range of time) that each is planned anew. */
  replan?: boolean
}

/** Who a statement works for. */
export interface Bound {
  tenant: string
  subject: string
  /** When the subject's token was issued, seconds since 1970; absent, any revocation of the subject counts. */
  epoch?: number
  /** With whom `query` ends; nothing else does. */
  caller?: Caller | undefined
}

export interface Transaction {
  query<R>(statement: Statement): Promise<R[]>
  /** All in one flush; answers in order. After a failing one the rest fail too. */
  pipeline(statements: readonly Statement[]): Promise<unknown[][]>
  /** As `pipeline`, and the commit goes out with them: nothing can be sent after it. */
  finish(statements: readonly Statement[]): Promise<unknown[][]>
  /** Goes on for another tenant, until the end of the transaction or the next call. */
  rebind(tenant: string): Promise<void>
}

/** Where statements are sent: the pool, or a transaction (see computed-store.ts). */
export type Session = Pick<Database, 'query' | 'execute'>

export interface Database {
  /** One reading statement under a tenant, in one round trip. A writing one is refused (25006): see `execute`. */
  query<R>(bound: Bound, statement: Statement): Promise<R[]>
  /** Statements in a transaction of their own, all in one round trip; answers in order. */
  execute(bound: Bound, statements: readonly Statement[]): Promise<unknown[][]>
  /**
   * Begins, binds, runs `f`, commits; rolls back when `f` throws. Within `f` use only what it is given. `writes`: how many
   * resources it writes, one when absent; see statistics.ts.
   */
  transaction<T>(bound: Bound, f: (trx: Transaction) => Promise<T>, writes?: number): Promise<T>
  /** One statement without a tenant, reading or writing: only the doors of schema `app` are of use here. */
  system<R>(statement: Statement): Promise<R[]>
  /** A session of the owner of the tables, whom no policy holds: for commands of operators, never for requests. */
  asOwner<T>(work: (client: ClientBase) => Promise<T>): Promise<T>
  /** Brings the schema up to date, as the owner; the names of the migrations that ran. */
  migrate(): Promise<string[]>
  /** Tells which tenant's row changed, in whatever process; undefined: any may have, while nobody listened. */
  onTenantChange(listener: (id: string | undefined) => void): void
  close(): Promise<void>
  /** Whether the database lives within this process (PGlite). */
  readonly embedded: boolean
}
