/** Who goes away before the answer: what is read for them ends at once, and nobody else's statement with it. */
import { EventEmitter, once } from 'node:events'
import { connect as dial, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Response } from 'express'
import { callerOf } from '../../src/http/caller.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import type { Bound, Database, Statement } from '../../src/store/postgres/statement.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

const say = (text: string): Statement => ({ text, values: [] })
const PID = say('select pg_backend_pid() as pid')
const GONE = { status: 499 }

/** Somebody who reads, until they leave. */
function visitor(): { bound: Bound; leave: () => void } {
  const response = new EventEmitter()
  const caller = callerOf(response as Response)
  return { bound: { tenant: 'a', subject: 'user-a', caller }, leave: () => void response.emit('close') }
}
const staying: Bound = { tenant: 'a', subject: 'user-a' }

let db: TestDatabase
beforeAll(async () => (db = await testDatabase()))
afterAll(() => db.drop())

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
/** Of one connection. */
async function pool(more: { databaseUrl?: string; statementTimeout?: number } = {}): Promise<Database> {
  const database = await openDatabase({ databaseUrl: db.url, dataDir: '', poolSize: 1, ...more })
  ends.push(() => database.close())
  return database
}
const asleep = () =>
  db.sql(`select from pg_stat_activity where datname = current_database() and state = 'active'
    and pid <> pg_backend_pid() and query like '%pg_sleep%'`)
const untilAsleep = async (): Promise<void> => {
  while ((await asleep()).length === 0) await sleep(10)
}
const pidOf = async (database: Database) => (await database.query<{ pid: number }>(staying, PID))[0]!.pid

test('all statements of who goes are cancelled, and the connection serves on', async () => {
  const database = await pool()
  const pid = await pidOf(database)
  const { bound, leave } = visitor()
  const slow = [1, 2, 3].map(n => database.query(bound, say(`select pg_sleep(${n + 5})`)))
  await untilAsleep()
  const left = performance.now()
  leave()
  for (const each of await Promise.allSettled(slow)) expect(each).toMatchObject({ status: 'rejected', reason: GONE })
  expect(performance.now() - left).toBeLessThan(1000)
  expect(await asleep()).toEqual([])
  expect(await pidOf(database)).toBe(pid)
})

test('who goes while waiting for a connection has nothing sent, nor later', async () => {
  const database = await pool()
  const { bound, leave } = visitor()
  const busy = database.query(staying, say('select pg_sleep(0.2)'))
  // Would be held until the session ends, had it been taken.
  const waiting = database.query(bound, say('select pg_advisory_lock(4711)'))
  leave()
  await expect(waiting).rejects.toMatchObject(GONE)
  await busy
  await expect(database.query(bound, PID)).rejects.toMatchObject(GONE)
  expect(await db.sql(`select from pg_locks where locktype = 'advisory' and objid = 4711`)).toEqual([])
})

test('what writes runs on', async () => {
  const database = await pool()
  const { bound, leave } = visitor()
  const put = (id: string) =>
    say(`insert into outbox (tenant_id, id, kind, payload) select 'a', '${id}', 'k', '{}' from pg_sleep(0.1)`)
  const writing = [
    database.execute(bound, [put('one')]),
    database.transaction(bound, async trx => {
      await trx.query(put('two'))
      await trx.query(put('three'))
    })
  ]
  leave()
  await Promise.all(writing)
  expect(await db.sql(`select from outbox where id in ('one', 'two', 'three')`)).toHaveLength(3)
})

test('a connection that breaks under who goes is told as lost, and does not come back', async () => {
  const broken = await proxy(db.url)
  const database = await pool({ databaseUrl: broken.url })
  const { bound, leave } = visitor()
  const slow = database.query(bound, say('select pg_sleep(20)'))
  const lost = expect(slow).rejects.toMatchObject({ status: 503 })
  await untilAsleep()
  leave()
  await db.sql(`select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(20)%'
    and pid <> pg_backend_pid()`)
  await lost
  expect(await pidOf(database)).toBeGreaterThan(0)
})

test('a request to cancel that comes late does not meet the next statement', async () => {
  const slow = await proxy(db.url, 500)
  const database = await pool({ databaseUrl: slow.url })
  const pid = await pidOf(database)
  const { bound, leave } = visitor()
  const short = database.query(bound, say('select pg_sleep(0.4)'))
  await untilAsleep()
  leave()
  const next = database.query(staying, say('select pg_sleep(0.5), pg_backend_pid() as pid'))
  await expect(short).rejects.toMatchObject(GONE)
  expect(await next).toMatchObject([{ pid }])
  expect(slow.cancelled()).toBe(1)
})

test('a connection that a request to cancel may still reach is not used again', async () => {
  const broken = await proxy(db.url)
  const database = await pool({ databaseUrl: broken.url, statementTimeout: 400 })
  const pid = await pidOf(database)
  const { bound, leave } = visitor()
  const slow = database.query(bound, say('select pg_sleep(5)'))
  await untilAsleep()
  leave()
  await expect(slow).rejects.toMatchObject(GONE)
  expect(broken.cancelled()).toBeGreaterThan(0)
  expect(await pidOf(database)).not.toBe(pid)
})

/** Between server and database. `late`: milliseconds after which it hands on a request to cancel; none: it resets it. */
async function proxy(url: string, late?: number): Promise<{ url: string; cancelled: () => number }> {
  const to = new URL(url)
  const folder = to.searchParams.get('host')
  const port = Number(to.port || 5432)
  const open: Socket[] = []
  let cancelled = 0
  const server = createServer(socket => {
    open.push(socket.on('error', () => undefined))
    const onward = (first: Buffer): void => {
      const there = folder ? dial(`${folder}/.s.PGSQL.${port}`) : dial(port, to.hostname)
      there.on('error', () => undefined).write(first)
      socket.pipe(there).pipe(socket)
    }
    socket.once('data', first => {
      if (first.readInt32BE(4) !== CANCEL) return onward(first)
      cancelled++
      if (late === undefined) socket.resetAndDestroy()
      else setTimeout(() => onward(first), late)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = new URL(url)
  own.searchParams.delete('host')
  own.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  ends.push(() => {
    for (const each of open) each.destroy()
    server.close()
  })
  return { url: own.toString(), cancelled: () => cancelled }
}
/** What stands for the version of the protocol in a request to cancel. */
const CANCEL = (1234 << 16) + 5678
