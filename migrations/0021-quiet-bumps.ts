/**
 * A change of a child row looks for roots that have no new version yet before it updates them: an update of no row ran all
 * triggers of the root, a dozen times for one account.
 */
import type { Knex } from 'knex'
import { bumpBody } from './schema/versions.js'

/** Root and query of what a bump was made of: see versions.ts. */
const MADE = /update (\w+) root set changed_in = '0' from \(([^]*?)\) shown\s+where/

export async function up(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string; body: string }[] }>(
    `select proname as name, prosrc as body from pg_proc
     where pronamespace = 'app'::regnamespace and prosrc like '%root set changed_in = ''0''%' order by proname`
  )
  for (const { name, body } of rows) {
    const [, root, via] = MADE.exec(body) ?? []
    if (!root || !via) throw new Error(`The function app.${name} is none that this schema made`)
    await knex.raw(
      `create or replace function app."${name}"() returns trigger language plpgsql security definer
       set search_path = pg_catalog, public, pg_temp as $trigger$ ${bumpBody({ root, via })} $trigger$`.replaceAll(
        '?',
        '\\?'
      )
    )
  }
}

/** The functions do what they did before. */
export async function down(): Promise<void> {}
