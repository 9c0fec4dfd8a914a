/** Runs the migrations through knex, as the owner of the tables. */
import type { Knex } from 'knex'
import pg from 'pg'
import { migrationSource } from '../../../migrations/index.js'

/** Settings of knex for a connection; one connection, which is all that PGlite has. */
export function knexConfig(connection: Knex.Config['connection']): Knex.Config {
  return {
    client: 'pg',
    connection,
    pool: { min: 0, max: 1 },
    acquireConnectionTimeout: 10_000,
    migrations: { migrationSource, tableName: 'migrations' }
  }
}

const silence = (): void => undefined
/** What knex has to say is thrown as well. */
const SILENT = { warn: silence, error: silence, deprecate: silence, debug: silence }

/** Hands `work` a knex of its own, and ends it. */
export async function asOwner<T>(base: pg.PoolConfig, work: (knex: Knex) => Promise<T>): Promise<T> {
  const { connectionString, ...rest } = base
  const config = knexConfig(connectionString ?? (rest as Knex.PgConnectionConfig))
  const { default: knexFactory } = await import('knex') // a third of a start's time, where nothing is to migrate
  const knex = knexFactory({ ...config, log: SILENT })
  try {
    return await work(knex)
  } finally {
    await knex.destroy()
  }
}

/** Brings the schema up to date; the names of the migrations that ran. Two at once wait for each other. */
export async function migrateSchema(knex: Knex): Promise<string[]> {
  const [, names] = (await knex.migrate.latest()) as [number, string[]]
  return names
}

/** Whether all migrations of this release have run, asked without knex. */
export async function isUpToDate(base: pg.PoolConfig): Promise<boolean> {
  const pool = new pg.Pool({ ...base, max: 1 })
  try {
    const { rows } = await pool.query<{ name: string }>('select name from migrations')
    const done = new Set(rows.map(({ name }) => name))
    return (await migrationSource.getMigrations([])).every(name => done.has(name))
  } catch (error) {
    if ((error as { code?: string }).code === '42P01') return false // there is no table yet
    throw error
  } finally {
    await pool.end()
  }
}
