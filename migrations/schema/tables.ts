/** Macros for tables: the columns, keys, policy, grants and triggers that every table of a kind has. */
import type { Knex } from 'knex'
import { restIndex } from './rest-references.js'
import { bumps, nextVersion, versioned } from './versions.js'
import { SERVER_ROLE } from './functions.js'

export type Columns = (t: Knex.CreateTableBuilder) => void

export interface TableOptions {
  /** What the server's role may do. */
  grant?: string
}

export interface ChildOptions extends TableOptions {
  /** Table of the root. */
  of: string
  /** Column that holds the root's id. */
  key: string
}

/** Ids and codes compare by code point, whatever the locale of the database. */
const CODE = 'text collate "C"'
const ALL = 'select, insert, update, delete'

/**
 * A table whose rows belong to a tenant: `tenant_id`, then `columns`. The server's role sees and writes the rows of the
 * bound tenant only. The owner (foreign SQL, search views, doors) is not held by the policy: it is not forced. The
 * caller names the primary key, and begins it with `tenant_id`.
 */
export async function tenantTable(
  knex: Knex,
  name: string,
  columns: Columns,
  options: TableOptions = {}
): Promise<void> {
  await knex.schema.createTable(name, t => {
    t.specificType('tenant_id', CODE).notNullable()
    columns(t)
  })
  await knex.raw(`alter table ${name} enable row level security`)
  await knex.raw(`create policy tenant on ${name} using (tenant_id = app.tenant_id())`)
  await knex.raw(`grant ${options.grant ?? ALL} on ${name} to ${SERVER_ROLE}`)
}

/**
 * The table of a resource's root: key (tenant_id, id), `version`, `created_at`, `updated_at`, `deleted_at`, `rest`.
 * `changed_in` is bookkeeping of the version rule (see versions.ts); nobody else writes it.
 */
export async function rootTable(knex: Knex, name: string, columns: Columns, options: TableOptions = {}): Promise<void> {
  await tenantTable(
    knex,
    name,
    t => {
      t.specificType('id', CODE).notNullable()
      t.bigInteger('version').notNullable().defaultTo(1)
      t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
      t.timestamp('updated_at').notNullable().defaultTo(knex.fn.now())
      t.timestamp('deleted_at')
      t.jsonb('rest').notNullable().defaultTo('{}')
      t.specificType('changed_in', 'xid8').notNullable().defaultTo(knex.raw('pg_current_xact_id()'))
      columns(t)
      t.primary(['tenant_id', 'id'])
    },
    options
  )
  await versioned(knex, name)
  await restIndex(knex, name)
}

/**
 * The table of a repeating element: one row an item, key (tenant_id, `key`, position), `rest`. A row dies with its root,
 * and a change of it is a new version of the root.
 */
export async function childTable(knex: Knex, name: string, options: ChildOptions, columns: Columns): Promise<void> {
  const { of, key } = options
  await tenantTable(
    knex,
    name,
    t => {
      t.specificType(key, CODE).notNullable()
      t.integer('position').notNullable()
      t.jsonb('rest').notNullable().defaultTo('{}')
      columns(t)
      t.primary(['tenant_id', key, 'position'])
      t.foreign(['tenant_id', key]).references(['tenant_id', 'id']).inTable(of).onDelete('CASCADE')
    },
    options
  )
  await bumps(knex, name, { root: of, via: `select tenant_id, ${key} as id from changed` })
  await restIndex(knex, name)
}

/** A table that all tenants share: no policy. The server's role may read it, or what `grant` says ('' = nothing). */
export async function globalTable(
  knex: Knex,
  name: string,
  columns: Columns,
  options: TableOptions = {}
): Promise<void> {
  await knex.schema.createTable(name, columns)
  const grant = options.grant ?? 'select'
  if (grant) await knex.raw(`grant ${grant} on ${name} to ${SERVER_ROLE}`)
}

/** A global table whose rows are shown as resources: `version` and `updated_at` follow every change of a row. */
export async function shownTable(
  knex: Knex,
  name: string,
  columns: Columns,
  options: TableOptions = {}
): Promise<void> {
  await globalTable(
    knex,
    name,
    t => {
      columns(t)
      t.bigInteger('version').notNullable().defaultTo(1)
      t.timestamp('updated_at').notNullable().defaultTo(knex.fn.now())
      t.specificType('changed_in', 'xid8').notNullable().defaultTo(knex.raw('pg_current_xact_id()'))
    },
    options
  )
  await nextVersion(knex, name)
}
