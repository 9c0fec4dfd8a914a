/** The migrations in order. A list, not a folder: the names are the same from .ts here and from .js in dist. */
import type { Knex } from 'knex'
import * as floor from './0001-floor.js'

const MIGRATIONS: Record<string, Knex.Migration> = {
  '0001-floor': floor
}

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: name => name,
  getMigration: async name => MIGRATIONS[name] as Knex.Migration
}
