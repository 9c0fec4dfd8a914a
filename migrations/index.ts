/** The migrations in order. A list, not a folder: the names are the same from .ts here and from .js in dist. */
import type { Knex } from 'knex'
import * as floor from './0001-floor.js'
import * as tenants from './0002-tenants.js'
import * as directory from './0003-directory.js'
import * as services from './0004-services.js'

const MIGRATIONS: Record<string, Knex.Migration> = {
  '0001-floor': floor,
  '0002-tenants': tenants,
  '0003-directory': directory,
  '0004-services': services
}

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: name => name,
  getMigration: async name => MIGRATIONS[name] as Knex.Migration
}
