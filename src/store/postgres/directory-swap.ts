/**
 * From the rows of a file to npi_directory, within the caller's transaction. A whole file makes a new table, which takes
 * the place of the old one by a rename; an increment is merged. Readers see the rows from before until the commit.
 */
import type pg from 'pg'
import { DIRECTORY_COLUMNS } from './directory-rows.js'
import { indexLike, swapTables, tableLike } from './table-swap.js'

export interface Changes {
  added: number
  changed: number
  removed: number
}
export interface FinishOptions {
  /** Hears what is done now. */
  phase: (name: string) => void
  /** The new directory may have less than half of the records of the old one: else that is taken for a broken file. */
  shrink: boolean
}

const TABLE = 'npi_directory'
const NEXT = 'npi_directory_next'

const NOT_NULL = ['other_names', 'taxonomies']

/** A record without entity type says only that its number was deactivated: what was known of it stays. */
const merged = DIRECTORY_COLUMNS.map(column => {
  if (column === 'npi') return 's.npi'
  const known = `case when s.entity_type is null then coalesce(s.${column}, d.${column}) else s.${column} end`
  return `${NOT_NULL.includes(column) ? `coalesce(${known}, '[]')` : known} as ${column}`
})
const list = (alias: string): string => DIRECTORY_COLUMNS.map(column => `${alias}.${column}`).join(', ')

/** The rows `n` of the file as they shall be, beside the rows `d` as they are. */
const rowsOf = (stage: string): string =>
  `${stage} s left join ${TABLE} d on d.npi = s.npi cross join lateral (select ${merged.join(', ')}) n`

/** Versions go on as if each row had been updated by itself: a new one for each that is different, none for the others. */
export async function replaceDirectory(
  client: pg.ClientBase,
  stage: string,
  { phase, shrink }: FinishOptions
): Promise<Changes> {
  // Readers go on; who would write waits, or its change would be lost.
  await client.query(`lock table ${TABLE} in share row exclusive mode`)
  phase('building the new table')
  await tableLike(client, TABLE, NEXT)
  const { rowCount } = await client.query(
    `insert into ${NEXT} (${DIRECTORY_COLUMNS.join(', ')}, version, updated_at, changed_in)
     select ${list('n')},
       case when d.npi is null then 1 when same then d.version else d.version + 1 end,
       case when d.npi is null then now() when same then d.updated_at else greatest(now(), d.updated_at) end,
       case when same then d.changed_in else pg_current_xact_id() end
     from ${rowsOf(stage)}
     cross join lateral (select (${list('n')}) is not distinct from (${list('d')}) as same) compared`
  )
  phase('indexing')
  await indexLike(client, TABLE, NEXT)
  const changes = await compare(client, rowCount ?? 0, shrink)
  phase('taking its place')
  await swapTables(client, TABLE, NEXT)
  return changes
}

async function compare(client: pg.ClientBase, rows: number, shrink: boolean): Promise<Changes> {
  const { rows: counts } = await client.query<{ before: number; kept: number; changed: number }>(
    `select (select count(*)::int from ${TABLE}) as before, count(*)::int as kept,
       (count(*) filter (where n.version <> o.version))::int as changed from ${NEXT} n join ${TABLE} o using (npi)`
  )
  const { before, kept, changed } = counts[0]!
  if (rows < before / 2 && !shrink)
    throw new Error(`The file has ${rows} records, the directory ${before}: if that is meant, say --shrink`)
  return { added: rows - kept, changed, removed: before - kept }
}

export async function mergeDirectory(client: pg.ClientBase, stage: string, { phase }: FinishOptions): Promise<Changes> {
  phase('merging')
  await client.query(`lock table ${TABLE} in share row exclusive mode`)
  const columns = DIRECTORY_COLUMNS.join(', ')
  const { rows } = await client.query<{ added: boolean; count: number }>(
    `with written as (
       insert into ${TABLE} as o (${columns}) select ${list('n')} from ${rowsOf(stage)}
       on conflict (npi) do update set (${columns}) = row (${list('excluded')})
       where (${list('o')}) is distinct from (${list('excluded')})
       returning (xmax = 0) as added)
     select added, count(*)::int as count from written group by added`
  )
  const count = (added: boolean): number => rows.find(row => row.added === added)?.count ?? 0
  return { added: count(true), changed: count(false), removed: 0 }
}
