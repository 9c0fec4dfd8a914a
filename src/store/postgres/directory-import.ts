/**
 * Brings a file into npi_directory: first into a table beside it, some thousand rows at a time, each time with the place
 * in the file that was reached, so that a run that was ended goes on from there; then at once (directory-swap.ts).
 */
import type pg from 'pg'
import { DIRECTORY_COLUMNS, insertDirectoryRows, type DirectoryRow } from './directory-rows.js'
import { mergeDirectory, replaceDirectory, type Changes, type FinishOptions } from './directory-swap.js'
import type { Database } from './statement.js'

/** What of the file is in. */
export interface Reached {
  bytes: number
  lines: number
  rows: number
  /** Records that were left out. */
  bad: number
}

export interface DirectoryImport {
  /** What an earlier run of the same file brought in, which was ended before its end. */
  readonly reached: Reached
  /** `rows` up to a place of the file: all of them or none. */
  add(rows: readonly DirectoryRow[], reached: Reached): Promise<void>
  /** Lines of records whose number comes again further down: the last one counts. */
  repeated(): Promise<{ line: number; npi: string; last: number }[]>
  /** `replace`: what is not in the file goes. Whoever reads sees all of it or nothing. */
  finish(mode: 'replace' | 'merge', options: FinishOptions): Promise<Changes>
}

/** Not granted to the server's role. Unlogged: after a crash of the database both are empty, and the file begins anew. */
const STAGE = 'npi_import_rows'
const PLACE = 'npi_import_place'

const START: Reached = { bytes: 0, lines: 0, rows: 0, bad: 0 }

/** Throws an Error when another import is under way. `file` tells its content from any other. */
export function importDirectory<T>(
  database: Database,
  file: string,
  work: (running: DirectoryImport) => Promise<T>
): Promise<T> {
  return database.asOwner(async client => {
    await alone(client)
    await client.query('set statement_timeout = 0')
    const reached = await begin(client, file)
    return work({
      reached,
      add: (rows, place) => add(client, rows, place, database.embedded),
      repeated: async () => (await client.query<{ line: number; npi: string; last: number }>(REPEATED)).rows,
      finish: (mode, options) =>
        transaction(client, async () => {
          await client.query(
            `delete from ${STAGE} s using (select npi, max(line) as last from ${STAGE} group by npi having count(*) > 1) r
             where s.npi = r.npi and s.line < r.last`
          )
          const changes = await (mode === 'replace' ? replaceDirectory : mergeDirectory)(client, STAGE, options)
          await client.query(`drop table ${STAGE}, ${PLACE}`)
          return changes
        })
    })
  })
}

const REPEATED = `select s.line::int, s.npi, r.last::int from ${STAGE} s
  join (select npi, max(line) as last from ${STAGE} group by npi having count(*) > 1) r on r.npi = s.npi and s.line < r.last
  order by s.line limit 1000`

/** Held by the session, and so until its end, whatever that is. */
async function alone(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ mine: boolean }>(
    `select pg_try_advisory_lock(hashtextextended('locum npi import', 0)) as mine`
  )
  if (!rows[0]?.mine) throw new Error('Another import into this directory is under way: wait for its end')
}

/** Takes up what an earlier run of the same file left, else begins with empty tables. */
async function begin(client: pg.ClientBase, file: string): Promise<Reached> {
  // Columns that a later release adds are no part of rows that an earlier one brought in.
  const source = `${file}; ${DIRECTORY_COLUMNS.join(' ')}`
  const { rows: there } = await client.query<{ there: boolean }>(`select to_regclass('${PLACE}') is not null as there`)
  if (there[0]?.there) {
    const { rows } = await client.query<Reached & { source: string }>(
      `select source, bytes::float8 as bytes, lines, rows, bad from ${PLACE}`
    )
    if (rows[0]?.source === source) {
      const { bytes, lines, rows: count, bad } = rows[0]
      return { bytes, lines, rows: count, bad }
    }
  }
  await transaction(client, async () => {
    await client.query(`drop table if exists ${STAGE}, ${PLACE}`)
    await client.query(
      `create unlogged table ${STAGE} as select 0::bigint as line, ${DIRECTORY_COLUMNS.join(', ')} from npi_directory with no data`
    )
    await client.query(`create unlogged table ${PLACE} (source text, bytes bigint, lines int, rows int, bad int)`)
    await client.query(`insert into ${PLACE} values ($1, 0, 0, 0, 0)`, [source])
  })
  return START
}

const add = (
  client: pg.ClientBase,
  rows: readonly DirectoryRow[],
  reached: Reached,
  embedded: boolean
): Promise<void> =>
  transaction(client, async () => {
    if (rows.length > 0) await insertDirectoryRows(client, STAGE, rows, embedded)
    const { bytes, lines, rows: count, bad } = reached
    await client.query(`update ${PLACE} set bytes = $1, lines = $2, rows = $3, bad = $4`, [bytes, lines, count, bad])
  })

async function transaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin')
  try {
    const result = await work()
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(() => undefined) // a broken connection has rolled back by itself
    throw error
  }
}
