/** A database of its own for a test file: a copy of the migrated template on a real Postgres. */
import { randomUUID } from 'node:crypto'
import { openDatabase } from '../../src/store/postgres/open.js'
import type { Database } from '../../src/store/postgres/statement.js'
import { owner, session, type Sql } from './owner.js'
import { databaseUrl, server } from './postgres.js'

export interface TestDatabase {
  database: Database
  /** Foreign SQL. */
  sql: Sql
  url: string
  /** Closes and removes it. */
  drop: () => Promise<void>
}

export async function testDatabase(): Promise<TestDatabase> {
  const { url: serverUrl, template } = await server()
  const name = `${template}_${randomUUID().slice(0, 8)}`
  await owner(serverUrl, `create database ${name} template ${template}`)
  const url = databaseUrl(serverUrl, name)
  const database = await openDatabase({ databaseUrl: url, dataDir: '' })
  const { sql, close } = session(url)
  const drop = async (): Promise<void> => {
    await Promise.all([database.close(), close()])
    await owner(serverUrl, `drop database ${name} with (force)`)
  }
  return { database, sql, url, drop }
}
