/** A table that takes the place of another, with all that hangs on it: indexes, triggers, grants, views. */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

/** Milliseconds; below deadlock_timeout, so that it is never a reader who has to yield. */
const LOCK_WAIT = 300
const TRIES = 200

/** An empty table with the columns and checks of `table`. */
export async function tableLike(client: pg.ClientBase, table: string, next: string): Promise<void> {
  await client.query(
    `create table ${next} (like ${table} including defaults including constraints including generated including storage)`
  )
}

/** Gives `next`, which is filled, the keys, indexes, statistics, triggers and grants of `table`. */
export async function indexLike(client: pg.ClientBase, table: string, next: string): Promise<void> {
  await client.query(`set local maintenance_work_mem = '256MB'`)
  for (const { name, columns, text } of await indexes(client, table))
    await client.query(
      columns === null
        ? text.replace(/^(CREATE (?:UNIQUE )?INDEX) \S+ ON \S+/, `$1 ${nextName(name)} on ${next}`)
        : `alter table ${next} add constraint ${nextName(name)} primary key ${columns}`
    )
  for (const text of await definitions(client, TRIGGERS, table))
    await client.query(text.replace(/ ON \S+ /, ` on ${next} `))
  for (const text of await definitions(client, GRANTS, table)) await client.query(`${text.replace('$table', next)}`)
  await client.query(`analyze ${next}`)
}

/**
 * `next` becomes `table`, which is dropped. It waits for readers in short tries: while it waits for a lock, others wait
 * behind it. Throws an Error when there is no gap between readers for a minute.
 */
export async function swapTables(client: pg.ClientBase, table: string, next: string): Promise<void> {
  const [views, names] = [await viewsOf(client, table), await indexes(client, table)]
  await lock(client, [...views.map(({ name }) => name), table])
  await client.query(`alter table ${table} rename to ${table}_before`)
  await client.query(`alter table ${next} rename to ${table}`)
  for (const { name, options, body } of views)
    await client.query(`create or replace view ${name} ${options ? `with (${options})` : ''} as ${body}`)
  await client.query(`drop table ${table}_before`)
  for (const { name, columns } of names)
    await client.query(
      columns === null
        ? `alter index ${nextName(name)} rename to ${name}`
        : `alter table ${table} rename constraint ${nextName(name)} to ${name}`
    )
}

const nextName = (name: string): string => `${name}_next`

/** Views come before the table, in which order readers take them. */
async function lock(client: pg.ClientBase, names: readonly string[]): Promise<void> {
  await client.query(`set local lock_timeout = ${LOCK_WAIT}`)
  for (let tried = 1; ; tried++) {
    await client.query('savepoint before_lock')
    try {
      await client.query(`lock table ${names.join(', ')} in access exclusive mode`)
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03') throw error
      await client.query('rollback to savepoint before_lock')
      if (tried === TRIES) throw new Error('The directory is read without a pause: try again later', { cause: error })
      await sleep(Math.random() * LOCK_WAIT)
    }
  }
}

interface Index {
  name: string
  /** Of a primary key, `(npi)`; null for any other index. */
  columns: string | null
  text: string
}
async function indexes(client: pg.ClientBase, table: string): Promise<Index[]> {
  const { rows } = await client.query<Index>(
    `select quote_ident(c.relname) as name, pg_get_indexdef(i.indexrelid) as text,
       case when i.indisprimary then substring(pg_get_indexdef(i.indexrelid) from '\\(.*\\)$') end as columns
     from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass order by 1`,
    [table]
  )
  return rows
}

const TRIGGERS = `select pg_get_triggerdef(oid) as text from pg_trigger where tgrelid = $1::regclass and not tgisinternal`
const GRANTS = `select format('grant %s on $table to %s', a.privilege_type, a.grantee::regrole) as text
  from pg_class c, aclexplode(c.relacl) a where c.oid = $1::regclass and a.grantee <> c.relowner
  union all select format('alter table $table owner to %s', relowner::regrole) from pg_class where oid = $1::regclass`

async function definitions(client: pg.ClientBase, query: string, table: string): Promise<string[]> {
  const { rows } = await client.query<{ text: string }>(query, [table])
  return rows.map(({ text }) => text)
}

interface View {
  name: string
  options: string | null
  body: string
}
async function viewsOf(client: pg.ClientBase, table: string): Promise<View[]> {
  const { rows } = await client.query<View>(
    `select distinct c.oid::regclass::text as name, array_to_string(c.reloptions, ', ') as options, pg_get_viewdef(c.oid) as body
     from pg_depend d join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
     where d.classid = 'pg_rewrite'::regclass and d.refobjid = $1::regclass and c.relkind = 'v' order by 1`,
    [table]
  )
  return rows
}
