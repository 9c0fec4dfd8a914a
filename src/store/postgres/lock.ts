/**
 * One process at a time in a folder. A lock is a file `lock.<n>` that names a socket on which its holder listens: the
 * kernel closes the socket however the holder ends, so a lock is held exactly while its socket answers, in whatever
 * container and under whatever process number.
 *
 * The highest number counts. Taking is linking the next number, which only one process can do; and a taker that finds
 * a higher one afterwards lost a race. Only the holder removes lower ones, and nobody the highest.
 */
import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

interface Claim {
  pid: number
  host: string
  /** Absent once the holder let go. A bare name lies in the folder itself: another container sees it elsewhere. */
  socket?: string
}

/** Takes the folder, creating it; the result lets go of it. Throws when another process has it. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { server, socket } = await listen(folder)
  const claim: Claim = { pid: process.pid, host: hostname(), socket }
  try {
    const number = await take(folder, claim)
    await sweep(folder, number)
    return async () => {
      await replace(folder, number, { pid: claim.pid, host: claim.host })
      await closed(server)
    }
  } catch (error) {
    await closed(server)
    throw error
  }
}

async function take(folder: string, claim: Claim): Promise<number> {
  for (;;) {
    const highest = await highestNumber(folder)
    if (highest > 0) await refuseWhenHeld(folder, highest)
    const mine = highest + 1
    if (!(await linked(folder, mine, claim))) continue
    if ((await highestNumber(folder)) === mine) return mine
    await rm(file(folder, mine), { force: true })
  }
}

async function refuseWhenHeld(folder: string, number: number): Promise<void> {
  const claim = await read(folder, number)
  if (!claim?.socket) return
  const elsewhere = claim.host !== hostname() && basename(claim.socket) !== claim.socket
  if (!elsewhere && !(await answers(address(folder, claim.socket)))) return
  throw new Error(
    elsewhere
      ? `The data folder ${folder} was last used by process ${claim.pid} on ${claim.host}, and it cannot be seen from here whether it still runs: stop it, then remove ${file(folder, number)}`
      : `The data folder ${folder} is in use by process ${claim.pid} on ${claim.host}: stop it, or set DATA_DIR to another folder`
  )
}

const file = (folder: string, number: number): string => join(folder, `lock.${number}`)

async function highestNumber(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).map(name => Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? 0))
  return Math.max(0, ...numbers)
}

async function read(folder: string, number: number): Promise<Claim | undefined> {
  try {
    return JSON.parse(await readFile(file(folder, number), 'utf8')) as Claim
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined // swept by a newer holder, seen next
    throw error
  }
}

/** Creates a lock file with its content in one step; false when there is one. */
async function linked(folder: string, number: number, claim: Claim): Promise<boolean> {
  const draft = await written(folder, claim)
  try {
    await link(draft, file(folder, number))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function replace(folder: string, number: number, claim: Claim): Promise<void> {
  await rename(await written(folder, claim), file(folder, number))
}

async function written(folder: string, claim: Claim): Promise<string> {
  const draft = join(folder, `lock-${randomUUID()}`)
  await writeFile(draft, JSON.stringify(claim))
  return draft
}

async function sweep(folder: string, mine: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const number = Number(/^lock\.(\d+)$/.exec(name)?.[1] ?? mine)
    if (number >= mine) continue
    const socket = (await read(folder, number))?.socket
    if (socket && process.platform !== 'win32') await rm(resolve(folder, socket), { force: true })
    await rm(file(folder, number), { force: true })
  }
}

/** Listens beside the lock; in the temporary folder where the file system or the length of the path forbids it. */
async function listen(folder: string): Promise<{ server: Server; socket: string }> {
  const name = `${randomUUID().slice(0, 8)}.sock`
  const elsewhere = join(tmpdir(), `locum-${name}`)
  const candidates = process.platform === 'win32' ? [`\\\\.\\pipe\\locum-${name}`] : [name, elsewhere]
  let problem: unknown
  for (const socket of candidates) {
    try {
      return { server: await listening(address(folder, socket)), socket }
    } catch (error) {
      problem = error
    }
  }
  throw problem
}

const address = (folder: string, socket: string): string =>
  process.platform === 'win32' ? socket : resolve(folder, socket)

async function listening(path: string): Promise<Server> {
  const server = createServer(socket => socket.destroy())
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(path, done)
  })
  server.unref()
  return server
}

/** Whether somebody listens there. A full queue counts: somebody is there, busy. */
async function answers(path: string): Promise<boolean> {
  return new Promise(done => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => done(!['ECONNREFUSED', 'ENOENT'].includes(error.code ?? '')))
  })
}

const closed = (server: Server): Promise<void> => new Promise(done => server.close(() => done()))
