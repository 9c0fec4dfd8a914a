/**
 * Labels of resources: meta.tag, meta.security, meta.profile and meta.source of every root, in one table in which they are
 * found. `meta` itself lies in `rest` of the root; triggers keep the labels what it says, for foreign SQL too.
 */
import type { Knex } from 'knex'
import { CODE, codes, folded } from './columns.js'
import { triggerFunction } from './functions.js'
import { historied } from './history.js'
import { rootTable, tenantTable, type Columns } from './tables.js'

/** The table and the trigger functions: once. */
export async function labelTable(knex: Knex): Promise<void> {
  await tenantTable(
    knex,
    'resource_labels',
    t => {
      for (const column of ['root', 'id', 'kind']) t.specificType(column, CODE).notNullable()
      t.integer('position').notNullable()
      codes(t, 'system', 'value')
      t.text('display')
      t.specificType('display_folded', folded('display'))
      t.primary(['tenant_id', 'root', 'id', 'kind', 'position'])
      for (const column of ['value', 'system', 'display_folded']) t.index(['tenant_id', 'root', 'kind', column, 'id'])
    },
    { grant: 'select' }
  )
  await knex.raw(LABELS.replaceAll('?', '\\?'))
  await triggerFunction(knex, 'label_inserted', `begin ${insert('tg_table_name', 'changed c')}; return null; end`)
  await triggerFunction(knex, 'label_deleted', `begin ${remove('changed c', 'c')}; return null; end`)
  await triggerFunction(
    knex,
    'label_updated',
    `begin
       ${remove(`before b left join changed c on ${SAME_ROW}`, 'b', moved('c'))};
       ${insert('tg_table_name', `changed c left join before b on ${SAME_ROW}`, moved('b'))};
       return null;
     end`
  )
}

/** The root table of a resource type: its resources are found by their labels, and have a history. */
export async function resourceTable(knex: Knex, name: string, type: string, columns: Columns): Promise<void> {
  await rootTable(knex, name, columns)
  await historied(knex, name, type)
  await labelled(knex, name)
}

/** Labels of what is written to a root table, and of what stands in it already. */
export async function labelled(knex: Knex, root: string): Promise<void> {
  const rows = {
    insert: ['inserted', 'new table as changed'],
    update: ['updated', 'old table as before new table as changed'],
    delete: ['deleted', 'old table as changed']
  }
  for (const [event, [name, tables]] of Object.entries(rows))
    await knex.raw(`create trigger label_${name} after ${event} on ${root} referencing ${tables}
      for each statement execute function app.label_${name}()`)
  await knex.raw(insert(`'${root}'`, `${root} c`))
}

/** Rows (kind, position, system, value, display) of a Meta; of what is none of those lists there are no rows. */
const LABELS = `create function app.labels(meta jsonb)
  returns table (kind text, "position" int, system text, value text, display text) immutable parallel safe language sql as $$
  select k.kind, i.n::int, i.item ->> 'system', case when k.kind = 'profile' then i.item #>> '{}' else i.item ->> 'code' end,
    i.item ->> 'display'
  from unnest(array['tag', 'security', 'profile']) k(kind)
  cross join lateral jsonb_array_elements(
    case jsonb_typeof(meta -> k.kind) when 'array' then meta -> k.kind else '[]' end) with ordinality i(item, n)
  union all select 'source', 1, null, meta ->> 'source', null where meta ? 'source' $$`

const insert = (root: string, rows: string, where = 'true'): string =>
  `insert into resource_labels (tenant_id, root, id, kind, position, system, value, display)
   select c.tenant_id, ${root}, c.id, l.* from ${rows} cross join lateral app.labels(c.rest -> 'meta') l where ${where}`
const remove = (rows: string, row: string, where = 'true'): string =>
  `delete from resource_labels l using ${rows}
   where l.tenant_id = ${row}.tenant_id and l.root = tg_table_name and l.id = ${row}.id and ${where}`
const SAME_ROW = 'b.tenant_id = c.tenant_id and b.id = c.id'
/** The other side of an update is not there, or says something else. */
const moved = (other: string): string => `(${other}.id is null or b.rest -> 'meta' is distinct from c.rest -> 'meta')`
