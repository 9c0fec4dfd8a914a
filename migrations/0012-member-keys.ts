/**
 * Roles and practitioners of a membership, the deleted ones too: triggers look for them when a membership or its profile
 * changes, and the unique keys hold the live ones only, so that each change read both tables from end to end.
 */
import type { Knex } from 'knex'

const TABLES = ['practitioner_roles', 'practitioners']

export async function up(knex: Knex): Promise<void> {
  for (const table of TABLES)
    await knex.raw(
      `create index ${table}_of_membership on ${table} (tenant_id, membership_id) where membership_id is not null`
    )
}

export async function down(knex: Knex): Promise<void> {
  for (const table of TABLES) await knex.raw(`drop index ${table}_of_membership`)
}
