/** Runs the migrations through knex, as the owner of the tables. */
import knexFactory, { type Knex } from 'knex'
import type pg from 'pg'
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
