/**
 * The national provider file as it is published: more of its columns, and those by which the directory is searched.
 * `locum npi import` swaps the table for a new one (store/postgres/directory-swap.ts), with the indexes, triggers, grants
 * and views that this one has at that time: nothing here or in a later migration needs to know of it.
 */
import type { Knex } from 'knex'
import { codes, folded, texts } from './schema/columns.js'
import { nextVersion } from './schema/versions.js'

const VIEWS = { npi_practitioners: '1', npi_organizations: '2' }

/**
 * What a search by name or address looks into: `{column}_folded` beside each, with an index that also holds the npi,
 * over persons, over organizations, or over both. No row of the table is a tenant's, so any operator reaches an index.
 */
const SEARCHED: Record<string, string> = {
  family: `entity_type = '1'`,
  given: `entity_type = '1'`,
  middle: `entity_type = '1'`,
  organization_name: `entity_type = '2'`,
  practice_city: 'true',
  practice_state: 'true',
  practice_postal_code: 'true',
  mailing_city: 'true',
  mailing_state: 'true',
  mailing_postal_code: 'true'
}

export async function up(knex: Knex): Promise<void> {
  // The file says of a number that was deactivated neither what it was nor whose.
  await knex.raw(`alter table npi_directory alter entity_type drop not null,
    add check (entity_type is not null or not active)`)
  await knex.schema.alterTable('npi_directory', t => {
    texts(t, 'fax')
    t.jsonb('other_names').notNullable().defaultTo('[]')
    codes(t, 'deactivation_reason', 'replacement_npi')
    t.date('deactivated_on')
    t.date('reactivated_on')
    for (const column of Object.keys(SEARCHED)) t.specificType(`${column}_folded`, folded(column))
  })
  await knex.raw('drop trigger next_version on npi_directory')
  await nextVersion(knex, 'npi_directory')
  for (const [column, rows] of Object.entries(SEARCHED))
    await knex.raw(
      `create index npi_directory_${column}_folded on npi_directory (${column}_folded, npi) where ${column}_folded is not null and ${rows}`
    )
  for (const [view, type] of Object.entries(VIEWS))
    await knex.raw(`create or replace view ${view} as select * from npi_directory where entity_type = '${type}'`)
}

/** There is no way back: it would drop every tenant's directory. */
export async function down(): Promise<void> {
  throw new Error('The directory cannot be undone: drop the database instead')
}
