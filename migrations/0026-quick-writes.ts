/**
 * What a write pays for and nobody needs. Of SQL that each statement would take apart anew: functions of generated
 * columns. Of triggers: questions about prescribers for who prescribes nothing, updates of no row. Of indexes: entries
 * that no search looks for, and of trigrams each entry put into its place by itself.
 */
import type { Knex } from 'knex'
import { foldInSteps } from './schema/fold.js'

export async function up(knex: Knex): Promise<void> {
  await foldInSteps(knex)
  await knex.raw(`create or replace function app.sound(word text) returns text immutable strict parallel safe
    language plpgsql as $$ begin
      return coalesce(nullif(lower(public.dmetaphone(regexp_replace(word, '[^a-z]', '', 'g'))), ''), word) collate "C";
    end $$`)
  await prescribers(knex)
  await trigrams(knex)
  await labels(knex)
}

/** What was slower did the same. */
export async function down(): Promise<void> {}

/** P14: the record of a member who prescribes nothing is not looked at, nor that of one who lacks what is known already. */
async function prescribers(knex: Knex): Promise<void> {
  await knex.raw('alter function app.prescriber_lacks(text, text, text[]) rename to lacks_of_record')
  await knex.raw(`create function app.prescriber_lacks(tenant text, membership text, access_roles text[]) returns text[]
    stable language plpgsql as $$ begin
      if 'provider' = any(access_roles) then return app.lacks_of_record(tenant, membership, access_roles); end if;
      return null;
    end $$`)
  const moved = `m.tenant_id = new.tenant_id and m.id = new.membership_id
    and m.prescriber_lacks is distinct from app.prescriber_lacks(m.tenant_id, m.id, m.access_roles)`
  await knex.raw(`create or replace function app.lacks_of_practitioner() returns trigger language plpgsql
    security definer set search_path = pg_catalog, public, pg_temp as $$ begin
      if exists (select from memberships m where ${moved}) then
        update memberships m set access_roles = m.access_roles where ${moved};
      end if;
      return null;
    end $$`)
}

/**
 * New trigrams wait in a list of at most 64 kB, which searches read along: eight pages. The write that fills it sorts it
 * in, all at once, so that no vacuum is needed, which PGlite never runs.
 */
async function trigrams(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select c.oid::regclass::text as name from pg_class c join pg_am a on a.oid = c.relam
     where c.relkind = 'i' and a.amname = 'gin' and 'fastupdate=off' = any(c.reloptions) order by 1`
  )
  for (const { name } of rows) await knex.raw(`alter index ${name} set (fastupdate = on, gin_pending_list_limit = 64)`)
}

/** Most labels have no display, and profiles no system: these are not in the index. */
async function labels(knex: Knex): Promise<void> {
  for (const column of ['system', 'display_folded']) {
    const name = `resource_labels_tenant_id_root_kind_${column}_id_index`
    await knex.raw(`drop index ${name}`)
    await knex.raw(`create index ${name} on resource_labels (tenant_id, root, kind, ${column}, id)
      where ${column} is not null`)
  }
}
