/** What an import brings of each record of the national provider file, and how it goes to the database. */
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** Columns of npi_directory that come from the file. */
export const DIRECTORY_COLUMNS = [
  'npi',
  'entity_type',
  'active',
  'organization_name',
  'family',
  'given',
  'middle',
  'prefix',
  'suffix',
  'credential',
  'sex',
  'other_names',
  ...(['practice', 'mailing'] as const).flatMap(
    kind =>
      [
        `${kind}_line1`,
        `${kind}_line2`,
        `${kind}_city`,
        `${kind}_state`,
        `${kind}_postal_code`,
        `${kind}_country`
      ] as const
  ),
  'phone',
  'fax',
  'taxonomies',
  'enumerated_on',
  'deactivated_on',
  'reactivated_on',
  'deactivation_reason',
  'replacement_npi'
] as const

/** JSON as its text, dates as yyyy-mm-dd. A record without entity type says only that its number was deactivated. */
export type DirectoryRow = Record<(typeof DIRECTORY_COLUMNS)[number], string | null> & { line: number }

const COLUMNS = ['line', ...DIRECTORY_COLUMNS] as const

/** PGlite's driver has no COPY: there, rows go as JSON. */
export async function insertDirectoryRows(
  client: pg.ClientBase,
  table: string,
  rows: readonly DirectoryRow[],
  embedded: boolean
): Promise<void> {
  if (!embedded) return copyRows(client, table, rows)
  const columns = COLUMNS.join(', ')
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1::json)`,
    [JSON.stringify(rows)]
  )
}

async function copyRows(client: pg.ClientBase, table: string, rows: readonly DirectoryRow[]): Promise<void> {
  const target = client.query(copyFrom(`copy ${table} (${COLUMNS.join(', ')}) from stdin`))
  await pipeline(copyText(rows), target)
}

/** Rows in COPY's text format, some at a time. https://www.postgresql.org/docs/current/sql-copy.html */
function* copyText(rows: readonly DirectoryRow[]): Generator<string> {
  for (let start = 0; start < rows.length; start += 100)
    yield rows
      .slice(start, start + 100)
      .map(row => `${COLUMNS.map(column => copyValue(row[column])).join('\t')}\n`)
      .join('')
}

const SPECIAL = /[\\\t\n\r]/
const ESCAPED: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

function copyValue(value: string | number | null): string {
  if (value === null) return '\\N'
  const text = String(value)
  return SPECIAL.test(text) ? text.replace(/[\\\t\n\r]/g, found => ESCAPED[found]!) : text
}
