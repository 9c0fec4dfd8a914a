/**
 * The version rule, kept by the database so that foreign SQL obeys it too: `version` of a root grows by exactly one in
 * a transaction that changes the root or a table that shows in it, however often and in however many tables; and
 * `updated_at` is the time of that transaction. A root remembers in `changed_in` which transaction made its version.
 */
import type { Knex } from 'knex'
import { triggerFunction } from './functions.js'

export interface Bump {
  /** Table of the roots that show the change. */
  root: string
  /** Query of columns tenant_id and id of those roots; `changed` holds the rows before and, apart, after the change. */
  via: string
}

/** The generic trigger functions: once, by the first migration. */
export async function versionFunctions(knex: Knex): Promise<void> {
  // Transaction numbers start anew in a restored database, so the time must agree as well.
  await knex.raw(`create function app.touched(changed_in xid8, updated_at timestamptz) returns boolean stable
    language sql as 'select changed_in = pg_current_xact_id() and updated_at >= now()'`)
  await triggerFunction(
    knex,
    'start_version',
    `declare last bigint := (select t.version from tombstones t
       where t.tenant_id = new.tenant_id and t.root = tg_table_name and t.id = new.id);
     begin
       if last >= new.version then new.version := last + 1; end if;
       new.changed_in := pg_current_xact_id();
       return new;
     end`
  )
  await triggerFunction(
    knex,
    'next_version',
    // What is generated is not there yet in a row before it is written.
    `declare made text[] := coalesce(tg_argv[0:], '{}');
     begin
       if app.touched(old.changed_in, old.updated_at) or to_jsonb(new) - made = to_jsonb(old) - made then
         new.version := old.version; new.updated_at := old.updated_at; new.changed_in := old.changed_in;
       else
         new.version := old.version + 1; new.updated_at := greatest(now(), old.updated_at);
         new.changed_in := pg_current_xact_id();
       end if;
       return new;
     end`
  )
  await triggerFunction(
    knex,
    'bury',
    `begin
       insert into tombstones (tenant_id, root, id, version, at)
       select tenant_id, tg_table_name, id,
         version + (case when app.touched(changed_in, updated_at) then 0 else 1 end), now() from changed
       on conflict (tenant_id, root, id) do update set version = excluded.version, at = excluded.at;
       return null;
     end`
  )
}

/** Counts the changes of each row in its columns version, updated_at and changed_in. */
export async function nextVersion(knex: Knex, table: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select quote_literal(attname) as name from pg_attribute where attrelid = '${table}'::regclass and attgenerated <> ''`
  )
  await knex.raw(`create trigger next_version before update on ${table}
    for each row execute function app.next_version(${rows.map(({ name }) => name).join(', ')})`)
}

/** Keeps the version of a root table, also over a row that is deleted for good and inserted again. */
export async function versioned(knex: Knex, root: string): Promise<void> {
  await knex.raw(
    `create trigger start_version before insert on ${root} for each row execute function app.start_version()`
  )
  await nextVersion(knex, root)
  await knex.raw(`create trigger bury after delete on ${root} referencing old table as changed
    for each statement execute function app.bury()`)
}

/**
 * What a bump runs. It looks before it updates: an update runs the triggers of the root, also when it finds no row, and
 * most find none, since a resource is written with its root in one transaction. Two tables that bump each other would
 * call each other for ever.
 */
export function bumpBody({ root, via }: Bump): string {
  const untouched = `root.tenant_id = shown.tenant_id and root.id = shown.id and root.deleted_at is null
    and not app.touched(root.changed_in, root.updated_at)`
  return `begin
       if exists (select from ${root} root, (${via}) shown where ${untouched}) then
         update ${root} root set changed_in = '0' from (${via}) shown
         where ${untouched};
       end if;
       return null;
     end`
}

/**
 * A change of rows of `table` is a new version of the live roots that `via` names. Statement-level: a statement over
 * many rows costs one update. An update names the roots of the rows as they were and as they are.
 */
export async function bumps(knex: Knex, table: string, bump: Bump): Promise<void> {
  const name = `bump_${bump.root}_from_${table}`.slice(0, 60)
  await triggerFunction(knex, name, bumpBody(bump))
  const events = [
    ['insert', 'new'],
    ['delete', 'old'],
    ['update', 'old'],
    ['update', 'new']
  ]
  for (const [event, rows] of events)
    await knex.raw(`create trigger ${name}_${event?.[0]}${rows?.[0]} after ${event} on ${table}
      referencing ${rows} table as changed for each statement execute function app.${name}()`)
}
