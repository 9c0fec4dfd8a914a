/** Opens the database of the configuration: a Postgres server by its URL, or the embedded one. */
import type { Knex } from 'knex'
import pg from 'pg'
import { execute, system, transaction } from './bind.js'
import { connect, requireSessions, takeRole, type PoolOptions, type TenantListener } from './connect.js'
import { openEmbedded } from './embedded.js'
import { types } from './parsers.js'
import { asOwner, isUpToDate, migrateSchema } from './migrate.js'
import type { Database } from './statement.js'
import { reader } from './reading.js'
import { keepStatistics } from './statistics.js'

export interface DatabaseConfig extends PoolOptions {
  /** A Postgres server; absent, the embedded database. */
  databaseUrl?: string
  /** Folder of the embedded database, or 'memory:'. */
  dataDir: string
  /** First rows of a new embedded database, written as the owner after the migrations. */
  seed?: (knex: Knex) => Promise<void>
}

/**
 * Throws when the embedded folder is in use, when the server cannot be reached, or when its pooler hands out a
 * connection per transaction. A server's schema is as it was: call `migrate`; a new embedded database has its own.
 */
export async function openDatabase(config: DatabaseConfig): Promise<Database> {
  const { databaseUrl, dataDir, seed } = config
  if (databaseUrl) {
    const base = () => ({ connectionString: databaseUrl })
    await requireSessions(base())
    return database(base, config, false, async () => undefined)
  }
  const embedded = await openEmbedded(dataDir, base =>
    asOwner(base, async knex => {
      await migrateSchema(knex)
      await seed?.(knex)
      await knex.raw('analyze')
    })
  )
  return database(embedded.base, { ...config, poolSize: 1 }, true, embedded.close)
}

type Base = () => pg.PoolConfig

function database(base: Base, options: PoolOptions, embedded: boolean, close: () => Promise<void>): Database {
  const listeners: TenantListener[] = []
  const pool = connect(base(), options, id => listeners.forEach(hear => hear(id)))
  const migrate = async () => ((await isUpToDate(base())) ? [] : asOwner(base(), migrateSchema))
  const analyze = () => asOwner(base(), async knex => void (await knex.raw('analyze')))
  const ofGrown = { text: 'select app.take_statistics()', values: [] }
  const counted = keepStatistics(() => (embedded ? alone(pool, analyze) : system(pool, ofGrown)))
  return {
    embedded,
    query: reader(pool),
    execute: (bound, statements) => counted(execute(pool, bound, statements)),
    transaction: (bound, f, writes) => counted(transaction(pool, bound, f), writes),
    system: statement => system(pool, statement),
    migrate: () => (embedded ? alone(pool, migrate) : migrate()),
    asOwner: work => (embedded ? alone(pool, () => ownSession(base(), work)) : ownSession(base(), work)),
    onTenantChange: listener => void listeners.push(listener),
    close: () => pool.end().then(close)
  }
}

async function ownSession<T>(base: pg.PoolConfig, work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ ...base, types, max: 1, application_name: 'locum' })
  pool.on('error', () => undefined) // said to the statement under way
  try {
    const client = await pool.connect()
    client.on('error', () => undefined)
    return await work(client).finally(() => client.release())
  } finally {
    await pool.end()
  }
}

/** PGlite's one session is the owner's while `work` runs, and the pool's one connection waits. */
async function alone<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T> {
  if (pool.totalCount === 0) return work()
  const client = await pool.connect()
  try {
    await client.query('reset role; set default_transaction_read_only = off')
    return await work()
  } finally {
    await takeRole(client)
    client.release()
  }
}
