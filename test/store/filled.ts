/** Every table of every served type, filled with made-up rows: what a column is called and its type say what is in it. */
import type { Place } from '../../src/search/definition.js'
import { tableSource, type Registry } from '../../src/search/registry.js'
import type { Sql } from '../support/owner.js'

const VALUES: Readonly<Record<string, string>> = {
  text: `'v' || n`,
  boolean: 'n % 2 = 0',
  integer: 'n',
  numeric: 'n % 80 + n / 100000.0',
  date: `date '1950-01-01' + n % 20000`,
  'timestamp with time zone': `now() - n * interval '1 minute'`,
  'timestamp(3) with time zone': `now() - n * interval '1 minute'`,
  'time without time zone': `time '09:00'`,
  'text[]': `array['v' || n]`
}
/** What only deletions, accounts and bookings set. */
const LEFT = ['deleted_at', 'membership_id', 'subject', 'blocked', 'lapses_at', 'held_until']

interface Column {
  table: string
  name: string
  type: string
  required: boolean
}

/** `size` roots of each type, for each tenant: ids `v1`, `v2` ...; a row in each of their tables. */
export async function fillAll(sql: Sql, registry: Registry, tenants: readonly string[], size: number): Promise<void> {
  const columns = await sql<Column>(
    `select attrelid::regclass::text as table, attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
     from pg_attribute join pg_class c on c.oid = attrelid and c.relkind = 'r'
     where c.relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped and attgenerated = ''
       and (not atthasdef) and attname <> 'tenant_id'`
  )
  await sql('set session_replication_role = replica')
  const places = [...registry.values()].flatMap(({ sources }) =>
    sources.flatMap(source => (source.kind === 'table' ? Object.values(source.places).flat() : []))
  )
  const roots = [...registry.values()].flatMap(definition => tableSource(definition)?.spec ?? [])
  const tables = new Set([...roots.flatMap(({ table, lists }) => [table, ...lists.map(list => list.table)])])
  for (const { table } of places) if (columns.some(column => column.table === table)) tables.add(table)
  tables.delete('resource_labels')
  const from = `generate_series(1, ${size}) n, unnest(array[${tenants.map(each => `'${each}'`).join()}]) tenant`
  // Values come in another order than ids: as in life, those that match do not lie side by side.
  const values = `(select tenant, n as root, (n::bigint * 7919 % ${size})::int + 1 as n from ${from}) rows`
  const indexes = await withoutIndexes(sql, [...tables, 'resource_labels'])
  const made = { places, keys: keysOf(registry), types: typesOf(registry) }
  for (const table of tables) {
    const own = columns.filter(column => column.table === table && !LEFT.includes(column.name))
    const names = ['tenant_id', ...own.map(({ name }) => name)]
    await sql(`insert into ${table} (${names.join()}) select tenant, ${own.map(valueOf(made)).join()} from ${values}`)
  }
  for (const { table } of roots)
    await sql(`insert into resource_labels (tenant_id, root, id, kind, position, system, value, display)
      select tenant, '${table}', 'v' || root, kind, 1, 's' || n, 'v' || n, 'v' || n
      from ${values}, unnest(array['tag', 'security', 'profile', 'source']) kind`)
  for (const index of indexes) await sql(index)
  await sql('reset session_replication_role')
  await sql('analyze')
}

/** Takes the indexes away that no constraint needs: made behind the rows they cost a fraction. How to make them again. */
export async function withoutIndexes(sql: Sql, tables: readonly string[]): Promise<string[]> {
  await sql(`set maintenance_work_mem = '128MB'`)
  const found = await sql<{ name: string; made: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made from pg_index i
     where i.indrelid = any($1::regclass[]) and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [tables]
  )
  for (const { name } of found) await sql(`drop index ${name}`)
  return found.map(({ made }) => made)
}

/** Columns that hold the root's id, as `table.column`. */
const keysOf = (registry: Registry): ReadonlySet<string> =>
  new Set(
    [...registry.values()].flatMap(definition => {
      const source = tableSource(definition)
      if (!source) return []
      const { table, lists } = source.spec
      const held = [...lists, ...Object.values(source.places).flat()].map(each => `${each.table}.${each.key}`)
      return [`${table}.id`, ...held]
    })
  )

/** Columns that hold the type of what is referred to, as `table.column`, and the types. */
const typesOf = (registry: Registry): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...registry.values()].flatMap(definition =>
      definition.search.flatMap(({ name, targets = [] }) =>
        (tableSource(definition)?.places[name] ?? []).flatMap(place =>
          place.form === 'reference' && place.type ? [[`${place.table}.${place.type}`, targets] as const] : []
        )
      )
    )
  )

interface Made {
  places: readonly Place[]
  keys: ReadonlySet<string>
  types: ReadonlyMap<string, readonly string[]>
}

/** Kinds of words are those that are searched for; positions are all the first. */
const valueOf =
  ({ places, keys, types }: Made) =>
  ({ table, name, type }: Column): string => {
    const targets = types.get(`${table}.${name}`)
    if (targets) return `(array[${targets.map(each => `'${each}'`).join()}])[n % ${targets.length} + 1]`
    // A hierarchy of single roots: in the order of the values it would be one of thousands of levels.
    if (keys.has(`${table}.${name}`) || name === 'part_of_id') return `'v' || root`
    if (name === 'position' || name === 'concept') return '1'
    if (name === 'kind') {
      const kinds = new Set(places.flatMap(({ table: of, where }) => (of === table ? (where?.kind ?? []) : [])))
      return `(array[${[...kinds, 'word'].map(kind => `'${String(kind)}'`).join()}])[n % ${kinds.size + 1} + 1]`
    }
    const value = VALUES[type]
    if (!value) throw new Error(`No value for ${table}.${name}, a ${type}`)
    return value
  }
