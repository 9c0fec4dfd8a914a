/** Mail behind commits: sent at least once, as the same mail, also when the sender is killed half-way. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CROWD } from '../../seeds/demo/directory.js'
import { mailDoors } from '../../src/store/postgres/mail-doors.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { startMail } from '../../src/workers/index.js'
import { clinicalUser, userAccount } from '../support/account.js'
import { processes } from '../support/process.js'
import { testServer, type TestServer } from '../support/server.js'
import { smtpServer } from '../support/smtp.js'

const folder = mkdtempSync(join(tmpdir(), 'locum-mail-test-'))
let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await server?.close()
})

async function until<T>(what: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const found = await what()
    if (found) return found
    await sleep(50)
  }
  throw new Error('It does not come to pass')
}

async function worker(change: { smtpUrl?: string } = {}) {
  const database = await openDatabase({ databaseUrl: server.url, dataDir: '' })
  const failures: string[] = []
  const failed = (error: unknown): void => void failures.push(String(error))
  const parts = { key: 'key', origin: 'http://localhost:3000', from: 'Clinic <no-reply@x.example>', folder }
  const mail = startMail({ ...parts, doors: mailDoors(database), failed, ...change })
  const stop = async (): Promise<void> => {
    await mail.stop()
    await database.close()
  }
  return { ...mail, failures, stop }
}

const invite = async (email: string): Promise<string> => {
  expect((await server.post('PractitionerRole', userAccount(email))).status).toBe(201)
  const [row] = await server.sql<{ id: string }>(
    `select o.id from outbox o join users u on u.id = o.payload ->> 'user_id' where u.email = $1`,
    [email]
  )
  return row!.id
}
const entry = async (id: string) =>
  (
    await server.sql<{ attempts: number; done_at: string | null; error: string | null }>(
      'select * from outbox where id = $1',
      [id]
    )
  )[0]!
const header = (mail: string, name: string): string | undefined =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(mail)?.[1]?.trim()

test('a mail that is refused for now is sent again, as the same mail', async () => {
  const smtp = await smtpServer({ refusals: 1 })
  const id = await invite('retry@x.example')
  const { stop, failures } = await worker({ smtpUrl: smtp.url })
  await until(async () => (await entry(id)).attempts === 2 && (await entry(id)).done_at)
  await stop()
  await smtp.close()
  expect(failures).toEqual([expect.stringContaining('451')])
  expect(smtp.received).toHaveLength(1)
  expect(header(smtp.received[0]!, 'Message-ID')).toBe(`<invitation.${id}@x.example>`)
  expect(header(smtp.received[0]!, 'To')).toBe('retry@x.example')
  expect(smtp.received[0]).toMatch(/localhost:3000\/invitation\//)
})

test('killed between the commit and the sending: the next one sends it', async () => {
  const smtp = await smtpServer({ silent: true })
  const id = await invite('killed@x.example')
  const { start, endAll } = processes(new URL('mail-process.ts', import.meta.url))
  const child = start(server.url, smtp.url)
  await child.lines(1)
  await until(() => smtp.connections() > 0)
  await child.kill()
  await endAll()
  await smtp.close()
  expect(await entry(id)).toMatchObject({ attempts: 1, done_at: null })
  // What the dead one held is due when its lease is over.
  await server.sql(`update outbox set due_at = now() where id = $1 and due_at > now() + interval '60 seconds'`, [id])
  const { stop } = await worker()
  await until(async () => (await entry(id)).done_at)
  await stop()
  const mail = readFileSync(join(folder, `invitation.${id}.eml`), 'utf8')
  expect(header(mail, 'Message-ID')).toBe(`<invitation.${id}@x.example>`)
  expect(await server.sql('select 1 from invitations where id = $1', [id])).toHaveLength(1)
})

test('two workers share what there is: each mail once', async () => {
  const smtp = await smtpServer()
  const people = CROWD.slice(40, 52)
  for (const person of people) expect((await server.post('PractitionerRole', clinicalUser(person))).status).toBe(201)
  const [one, two] = await Promise.all([worker({ smtpUrl: smtp.url }), worker({ smtpUrl: smtp.url })])
  await until(async () => (await server.sql('select 1 from outbox where done_at is null')).length === 0)
  await Promise.all([one.stop(), two.stop()])
  await smtp.close()
  const ids = smtp.received.map(mail => header(mail, 'Message-ID'))
  expect([ids.length, new Set(ids).size]).toEqual([people.length, people.length])
})

test('what nobody can do is tried later, and says why', async () => {
  await server.sql(`insert into outbox (tenant_id, id, kind, payload) values ('demo', 'odd', 'odd', '{}')`)
  await server.sql(
    `insert into outbox (tenant_id, id, kind, payload, attempts) values ('demo', 'late', 'odd', '{}', 47)`
  )
  const { stop } = await worker()
  await until(async () => (await entry('late')).done_at && (await entry('odd')).error)
  await stop()
  expect(await entry('odd')).toMatchObject({ attempts: 1, done_at: null, error: expect.stringContaining('kind odd') })
  expect(await entry('late')).toMatchObject({ attempts: 48, error: expect.stringContaining('kind odd') })
})

test('with a folder there are whole files only', () => {
  expect(readdirSync(folder).filter(name => !name.endsWith('.eml'))).toEqual([])
})
