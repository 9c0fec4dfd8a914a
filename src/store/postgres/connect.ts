/** A pool of connections, each of which has taken the server's role before its first statement. */
import pg from 'pg'
import { SERVER_ROLE } from '../../../migrations/schema/functions.js'
import { types } from './parsers.js'

export interface PoolOptions {
  poolSize?: number
  /** Milliseconds; 10,000 when absent. */
  statementTimeout?: number
  /** Milliseconds to wait for a free connection; 10,000 when absent. */
  connectionTimeout?: number
}

/** Hears of changed tenants; undefined: any may have changed. */
export type TenantListener = (id: string | undefined) => void

/**
 * All statements are look-ups: compiled code takes longer than they do, and where the owner of the server says nothing of
 * its disks, they are no spinning ones, on which reading a whole table would be cheaper than a thousand look-ups.
 * https://www.postgresql.org/docs/current/runtime-config-query.html
 */
const PLANNING = `set jit = off;
  select set_config(name, '1.1', false) from pg_settings where name = 'random_page_cost' and source = 'default';`
/**
 * What a connection is told first. Read-only but for transactions that say otherwise: a statement that runs although its
 * bind was cancelled can then change nothing.
 */
const SESSION = `set role ${SERVER_ROLE}; set timezone = 'UTC'; set datestyle = 'ISO, YMD';
  set default_transaction_read_only = on; set row_security = on;
  set idle_in_transaction_session_timeout = 60000; listen locum_tenants;`
/** Whether the schema is there, and whether the policies hold the role: not by attribute, not as the owner of a table. */
const CHECK = `select current_user as role, to_regprocedure('app.bind(text, text, bigint)') is null as bare,
  exists (select from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)) or
  exists (select from pg_class where relrowsecurity and pg_has_role(current_user, relowner, 'usage')) as free`

/** A connection knows the plans of its statements, which cost more than itself: ten minutes without work end it. */
const IDLE = 600_000

/** Connects lazily. `base` says where: a connection string, or what `createPgConfig` of PGlite gives. */
export function connect(
  base: pg.PoolConfig,
  { poolSize, statementTimeout, connectionTimeout }: PoolOptions = {},
  hear?: TenantListener
): pg.Pool {
  // The pool waits for it, although its type says that it does not.
  const onConnect: (client: pg.ClientBase) => unknown = client => takeRole(client, statementTimeout)
  const pool = new pg.Pool({
    ...base,
    types,
    pipeline: true,
    max: poolSize ?? base.max ?? 10,
    connectionTimeoutMillis: connectionTimeout ?? 10_000,
    idleTimeoutMillis: IDLE,
    application_name: 'locum',
    onConnect
  })
  // A connection that breaks says so to the statement under way, and the pool drops it: nothing else is to be done.
  pool.on('connect', client => {
    client.on('error', () => undefined)
    client.on('notification', ({ payload }) => hear?.(payload || undefined))
    // The pool may have had no connection for a while, and so have heard of nothing.
    hear?.(undefined)
  })
  pool.on('error', () => undefined)
  return pool
}

/** Throws when the role does not exist, may not be taken, or would see all tenants; and without the schema. */
export async function takeRole(client: pg.ClientBase, statementTimeout = 10_000): Promise<void> {
  try {
    await client.query(`${SESSION} ${PLANNING} set statement_timeout = ${Math.round(statementTimeout)};`)
  } catch (error) {
    const problem = ROLE_PROBLEM[(error as { code?: string }).code ?? '']
    throw problem ? new Error(problem, { cause: error }) : error
  }
  const { rows } = await client.query<{ role: string; bare: boolean; free: boolean }>(CHECK)
  if (rows[0]?.bare) throw new Error(`The database has no schema: ${MIGRATE}`)
  if (rows[0]?.free)
    throw new Error(
      `Refusing to work as database role ${rows[0].role}: row-level security does not hold it, so tenants would see each other. Take superuser, bypassrls and the ownership of tables from it`
    )
}

const MIGRATE = 'run "locum migrate" first'
const ROLE_PROBLEM: Record<string, string> = {
  '22023': `The database has no role ${SERVER_ROLE}: ${MIGRATE}`,
  '42501': `The database user may not take the role ${SERVER_ROLE}: let a superuser run "grant ${SERVER_ROLE} to <that user>"`
}

/**
 * Throws when a pooler hands out a connection per transaction: the binding of one request would then meet the
 * statements of another. Two transactions at once, then the first session again: it must still be the same one.
 */
export async function requireSessions(base: pg.PoolConfig): Promise<void> {
  const [one, two] = [new pg.Client(base), new pg.Client(base)]
  const backend = async (client: pg.Client): Promise<number> =>
    (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid ?? 0
  try {
    await Promise.all([one.connect(), two.connect()])
    const before = await backend(one)
    await two.query('begin')
    await backend(two)
    if ((await backend(one)) !== before)
      throw new Error('The connection pooler works per transaction: use session pooling, or connect to Postgres itself')
    await two.query('rollback')
  } finally {
    await Promise.allSettled([one.end(), two.end()])
  }
}
