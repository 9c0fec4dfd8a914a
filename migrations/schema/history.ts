/** Each version of a root table's rows has its row in resource_history: kept by the database, so that foreign SQL obeys it. */
import type { Knex } from 'knex'
import { triggerFunction } from './functions.js'

/** The trigger functions; their argument is the resource type. */
export async function historyFunctions(knex: Knex): Promise<void> {
  // The server writes the document behind it, in the same transaction; for everybody else it stays empty until it is read.
  await triggerFunction(
    knex,
    'keep_version',
    `begin
       insert into resource_history as h (tenant_id, type, id, version, deleted, at)
       select tenant_id, tg_argv[0], id, version, deleted_at is not null, updated_at from changed
       on conflict (tenant_id, type, id, version) do update set deleted = excluded.deleted
       where h.deleted <> excluded.deleted;
       return null;
     end`
  )
  await triggerFunction(
    knex,
    'keep_end',
    `begin
       insert into resource_history as h (tenant_id, type, id, version, deleted, at)
       select t.tenant_id, tg_argv[0], t.id, t.version, true, t.at from tombstones t
       join changed c on c.tenant_id = t.tenant_id and c.id = t.id and t.root = tg_table_name
       on conflict (tenant_id, type, id, version) do update set deleted = true, document = null;
       return null;
     end`
  )
}

/** Keeps the versions of a resource type's root table from now on, and makes a start with those that stand. */
export async function historied(knex: Knex, root: string, type: string): Promise<void> {
  const events = [
    ['insert', 'new', 'keep_version'],
    ['update', 'new', 'keep_version'],
    ['delete', 'old', 'keep_end']
  ]
  // Behind the trigger that writes the tombstones: triggers of one event fire in the order of their names.
  for (const [event, rows, name] of events)
    await knex.raw(`create trigger keep_version_${event} after ${event} on ${root} referencing ${rows} table as changed
      for each statement execute function app.${name}('${type}')`)
  await knex.raw(
    `insert into resource_history (tenant_id, type, id, version, deleted, at)
     select tenant_id, '${type}', id, version, deleted_at is not null, updated_at from ${root} on conflict do nothing`
  )
}
