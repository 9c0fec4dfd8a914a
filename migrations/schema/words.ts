/** What text search looks into: words tables kept by triggers, and views by which `:contains` reaches a trigram index. */
import type { Knex } from 'knex'
import { CODE } from './columns.js'
import { SERVER_ROLE, triggerFunction } from './functions.js'
import { tenantTable } from './tables.js'

/**
 * View `{table}_search` of the bound tenant's rows, owned by the tables' owner: under row-level security LIKE does not
 * reach an index, for its operator is not leakproof; through the view it does. Columns: tenant_id, key, `{column}`,
 * `{column}_folded`.
 */
export async function searchView(knex: Knex, table: string, key: string, column: string): Promise<void> {
  await view(knex, table, `tenant_id, ${key}, ${column}, ${column}_folded`, `${column}_folded`)
}

async function view(knex: Knex, table: string, columns: string, folded: string): Promise<void> {
  // Without a list of pending entries: it would be read by every search until a vacuum, which PGlite never runs.
  await knex.raw(`create index ${table}_trigrams on ${table} using gin (${folded} public.gin_trgm_ops)
    with (fastupdate = off)`)
  await knex.raw(`create view ${table}_search as select ${columns} from ${table} where tenant_id = app.tenant_id()`)
  await knex.raw(`grant select on ${table}_search to ${SERVER_ROLE}`)
}

export interface Words {
  /** Table of the root, and the column of the words table that holds its id. */
  of: string
  key: string
  /** The table whose texts these are: a child with the same `key`, or the root itself. */
  from: string
  /** Columns that are looked at; a change of others is no reason to go over the root's words. */
  columns: readonly string[]
  /** Kind of the words -> SQL of a text or an array of texts of the row `s`. */
  parts: Readonly<Record<string, string>>
  /** Kinds whose texts are also found by each of their later words, as kind `word` (at most ten). */
  split: readonly string[]
}

/** Texts of a root by kind, as written (`raw`) and folded. Rebuilt by the statement that changes them. */
export async function wordsTable(knex: Knex, name: string, words: Words): Promise<void> {
  const { of, key, from } = words
  const columns = (t: Knex.CreateTableBuilder): void => {
    for (const column of [key, 'kind']) t.specificType(column, CODE).notNullable()
    t.integer('position').notNullable()
    t.text('raw')
    t.specificType('folded', CODE).notNullable()
    t.primary(['tenant_id', key, 'position'])
    t.foreign(['tenant_id', key]).references(['tenant_id', 'id']).inTable(of).onDelete('CASCADE')
    t.index(['tenant_id', 'kind', 'folded', key])
    t.index(['tenant_id', 'folded', key])
  }
  await tenantTable(knex, name, columns, { grant: 'select' })
  await view(knex, name, '*', 'folded')
  // Planned by itself: PostgreSQL 18 fails on taking the join of a root with itself out of a lateral one.
  await knex.raw(fill(name, words, `select tenant_id, id from ${of} offset 0`).replaceAll('?', '\\?'))
  for (const event of from === of ? (['insert', 'update'] as const) : (['insert', 'update', 'delete'] as const)) {
    await triggerFunction(knex, `${name}_${event}`, rebuild(name, words, changedRoots(event, words)))
    const rows = {
      insert: 'new table as changed',
      delete: 'old table as changed',
      update: 'old table as before new table as changed'
    }
    await knex.raw(`create trigger ${name}_${event} after ${event} on ${from} referencing ${rows[event]}
      for each statement execute function app.${name}_${event}()`)
  }
}

/** SQL of tenant_id and id of the roots that a statement touched. */
export function changedRoots(event: 'insert' | 'update' | 'delete', { of, key, from, columns }: Words): string {
  const id = from === of ? 'id' : key
  if (event !== 'update') return `select distinct tenant_id, ${id} as id from changed`
  const list = ['tenant_id', id, ...(from === of ? [] : ['position']), ...columns].join(', ')
  const differ = (a: string, b: string): string =>
    `select tenant_id, ${id} as id from (select ${list} from ${a} except select ${list} from ${b}) only_${a}`
  return `${differ('changed', 'before')} union ${differ('before', 'changed')}`
}

const rebuild = (name: string, words: Words, roots: string): string => `begin
    delete from ${name} w using (${roots}) r where w.tenant_id = r.tenant_id and w.${words.key} = r.id;
    ${fill(name, words, roots)};
    return null;
  end`

/** The words of roots that have none. */
function fill(name: string, { of, key, from, parts, split }: Words, roots: string): string {
  const id = from === of ? 'id' : key
  const order = from === of ? '' : ', s.position'
  return `insert into ${name} (tenant_id, ${key}, position, kind, raw, folded)
    select s.tenant_id, s.${id}, row_number() over (partition by s.tenant_id, s.${id} order by s.tenant_id${order}),
      w.kind, case when w.kind <> 'word' then w.text end, left(app.fold(w.text), 400)
    from (${roots}) r join ${from} s on s.tenant_id = r.tenant_id and s.${id} = r.id
    cross join lateral (${partsText(parts, split)}) w
    where w.text is not null`
}

export function partsText(parts: Words['parts'], split: Words['split']): string {
  const whole = Object.entries(parts).map(([kind, sql]) => `select '${kind}' as kind, t.text from ${textsOf(sql)}`)
  const later = split.map(
    kind => `select 'word', x.text from ${textsOf(parts[kind]!)},
      unnest((string_to_array(app.fold(t.text), ' '))[2:11]) as x(text)`
  )
  return [...whole, ...later].join(' union all ')
}

/** SQL of rows t(text) from a text or an array of texts. */
const textsOf = (sql: string): string =>
  sql.endsWith('[]') ? `unnest(${sql.slice(0, -2)}) as t(text)` : `(values (${sql})) as t(text)`
