/** Columns that only search looks at: generated from what a row holds, each with its index. */
import type { Knex } from 'knex'
import { CODE } from './columns.js'
import { nextVersion } from './versions.js'

export interface Searched {
  table: string
  /** Column that holds the root's id: `id` for a root table. */
  key: string
}

/**
 * `{column}_identifier_system` and `_value` of references by identifier (https://hl7.org/fhir/R4/references.html#logical),
 * which lie in `rest` below `path`, the element's own path; '' where a row of the table is the Reference.
 */
export async function referenceIdentifiers(
  knex: Knex,
  { table, key }: Searched,
  paths: Readonly<Record<string, string>>
): Promise<void> {
  const columns = Object.entries(paths).flatMap(([column, path]) =>
    ['system', 'value'].map(part => {
      const steps = [...path.split('.').filter(Boolean), 'identifier', part]
      return [`${column}_identifier_${part}`, `rest #>> '{${steps.join(',')}}'`] as const
    })
  )
  await generated(knex, table, columns)
  for (const column of Object.keys(paths)) {
    const [system, value] = [`${column}_identifier_system`, `${column}_identifier_value`]
    await index(knex, table, [value, system, key])
    await index(knex, table, [system, key])
  }
}

/** `{column}_folded` of texts, for the modifier :text; `beside`: only in rows where that column is not null. */
export async function foldedTexts(
  knex: Knex,
  { table, key }: Searched,
  texts: readonly string[],
  beside?: string
): Promise<void> {
  const source = (text: string): string => (beside ? `case when ${beside} is not null then ${text} end` : text)
  const columns = texts.map(text => [`${text}_folded`, `left(app.fold(${source(text)}), 400)`] as const)
  await generated(knex, table, columns)
  for (const [column] of columns) await index(knex, table, [column, key])
}

/** Adds generated columns; what they hold is no change of the row, so the version rule of a root must know of them. */
export async function generated(
  knex: Knex,
  table: string,
  columns: readonly (readonly [name: string, sql: string])[],
  type = CODE
): Promise<void> {
  const added = columns.map(([name, sql]) => `add column ${name} ${type} generated always as (${sql}) stored`)
  await knex.raw(`alter table ${table} ${added.join(', ')}`)
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `select from pg_trigger where tgrelid = '${table}'::regclass and tgname = 'next_version'`
  )
  if (rows.length === 0) return
  await knex.raw(`drop trigger next_version on ${table}`)
  await nextVersion(knex, table)
}

/** Most rows have none of these: they are not in the index. */
async function index(knex: Knex, table: string, columns: readonly string[]): Promise<void> {
  await knex.raw(`create index on ${table} (tenant_id, ${columns.join(', ')}) where ${columns[0]} is not null`)
}
