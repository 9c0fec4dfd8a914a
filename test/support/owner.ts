/** SQL of another program: as the owner of the tables, without a tenant or any setting. */
import pg from 'pg'
import { types } from '../../src/store/postgres/parsers.js'

export type Sql = <R = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<R[]>

/** One statement on a connection of its own. */
export async function owner(url: string, text: string): Promise<void> {
  const { sql, close } = session(url)
  await sql(text).finally(close)
}

/** One session, so that `begin` and `commit` work; it connects with its first statement. */
export function session(url: string): { sql: Sql; close: () => Promise<void> } {
  const client = new pg.Client({ connectionString: url, types })
  // A test that failed before its end leaves the session to the end of the server: that is no failure of its own.
  client.on('error', () => undefined)
  let connected: Promise<unknown> | undefined
  const sql: Sql = async <R>(text: string, values: unknown[] = []) => {
    await (connected ??= client.connect())
    return (await client.query(text, values)).rows as R[]
  }
  return { sql, close: () => client.end() }
}
