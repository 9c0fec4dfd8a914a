/**
 * Many resources from one: the rows that the server wrote for a resource, documents and words included, are copied in the
 * database with other ids, numbers and names. So the database is what the server would have made of a million requests.
 */
import type pg from 'pg'

/** Words that stand in the rows of the resource that is copied, and SQL of what stands there in the n-th copy. */
export type Replacements = readonly (readonly [word: string, sql: string])[]

/** Rows with the first word in tables of a tenant become `count` rows each. Trails of who did what stay single. */
export async function multiply(
  client: pg.ClientBase,
  tenant: string,
  replacements: Replacements,
  count: number,
  say: (line: string) => void
): Promise<void> {
  const [token] = replacements[0]!
  for (const table of await tablesWith(client, tenant, token)) {
    const started = performance.now()
    await copyRows(client, table, tenant, token, replacements, count)
    say(`${table}: ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
}

async function tablesWith(client: pg.ClientBase, tenant: string, token: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.table_name as name from information_schema.columns c join pg_tables t on t.tablename = c.table_name
     where c.table_schema = 'public' and t.schemaname = 'public' and c.column_name = 'tenant_id'
       and c.table_name not in ('audit_logs', 'outbox') order by 1`
  )
  const found: string[] = []
  for (const { name } of rows) {
    const text = `select exists (select from ${name} t where tenant_id = $1 and t::text like '%' || $2 || '%') as there`
    const { rows: there } = await client.query<{ there: boolean }>(text, [tenant, token])
    if (there[0]?.there) found.push(name)
  }
  return found
}

interface Column {
  name: string
  type: string
}

async function copyRows(
  client: pg.ClientBase,
  table: string,
  tenant: string,
  token: string,
  replacements: Replacements,
  count: number
): Promise<void> {
  const { rows: columns } = await client.query<Column>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table]
  )
  const value = ({ name, type }: Column): string => {
    if (name === 'tenant_id' || !/^(text|text\[\]|jsonb?)$/.test(type)) return `t.${name}`
    const replaced = replacements.reduce(
      (sql, [word], index) => `replace(${sql}, '${word}', w${index})`,
      `t.${name}::text`
    )
    return `(${replaced})::${type}`
  }
  const words = replacements.map(([, sql], index) => `${sql} as w${index}`)
  const refill = await withoutIndexes(client, table)
  await client.query(
    `insert into ${table} (${columns.map(({ name }) => name).join(', ')})
     select ${columns.map(value).join(', ')}
     from (select ${words.join(', ')} from generate_series(1::bigint, ${count}) n offset 0) words
     cross join (select * from ${table} x where tenant_id = '${tenant}' and x::text like '%${token}%' offset 0) t`
  )
  await refill()
}

/** An index is made faster at once than row by row. Keys stay: the ids come in order. */
export async function withoutIndexes(client: pg.ClientBase, table: string): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ name: string; text: string }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as text from pg_index i
     where i.indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
    [table]
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return async () => {
    for (const { text } of rows) await client.query(text)
  }
}
