/** A server on the embedded database that is killed: what it acknowledged is there and whole, and nothing is half. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import type { Practitioner, PractitionerRole } from 'fhir/r4.js'
import { userAccount } from '../support/account.js'
import { processes, type Child } from '../support/process.js'

const { start, endAll } = processes(new URL('../../src/main.ts', import.meta.url))
const before = { ...process.env }
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'locum-kill-'))
  Object.assign(process.env, { DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'silent', NODE_ENV: 'development' })
})
afterEach(async () => {
  await endAll()
  process.env = { ...before }
  await rm(folder, { recursive: true, force: true })
})

interface Client {
  get: <T>(path: string) => Promise<{ status: number; body: T }>
  post: <T>(path: string, body: object) => Promise<{ status: number; body: T }>
}

/** A client of the server, once it has said that it is ready. */
async function ready(child: Child): Promise<Client> {
  await child.lines(1)
  const base = /^Locum is ready: (\S+)$/.exec(child.said[0]!)![1]!
  const token = await fetch(new URL('/oauth/token', base), {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('demo:demo-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' })
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/fhir+json' }
  const send = async <T>(path: string, init: RequestInit) => {
    const response = await fetch(`${base}/${path}`, { headers, ...init })
    return { status: response.status, body: (await response.json()) as T }
  }
  return {
    get: path => send(path, {}),
    post: (path, body) => send(path, { method: 'POST', body: JSON.stringify(body) })
  }
}

/** How many rows each table of an account has, as its owner sees them, beside those of the demo. */
async function rowsOfAccounts(): Promise<Record<string, number>> {
  const database = await PGlite.create({ dataDir: join(folder, 'postgres'), extensions: { btree_gist, pg_trgm } })
  const { rows } = await database.query<Record<string, string>>(`select
    (select count(*) from users where email like 'kill-%') as users,
    (select count(*) from memberships where id not in ('garcia', 'lee', 'miller')) as memberships,
    (select count(*) from membership_profiles where full_name like 'Killed %') as profiles,
    (select count(distinct practitioner_id) from practitioner_names where text like 'Killed %') as names,
    (select count(*) from practitioners p join memberships m on m.id = p.membership_id and m.user_id not in ('garcia', 'lee', 'miller')) as practitioners,
    (select count(*) from practitioner_roles r join memberships m on m.id = r.membership_id and m.user_id not in ('garcia', 'lee', 'miller')) as roles,
    (select count(*) from audit_logs where action = 'USER_CREATED') as audits,
    (select count(*) from outbox where kind = 'invitation') as invitations`)
  await database.close()
  return Object.fromEntries(Object.entries(rows[0]!).map(([name, count]) => [name, Number(count)]))
}

test('200 creates are under way when it is killed', async () => {
  const first = start()
  const client = await ready(first)
  const acknowledged: { n: number; role: PractitionerRole }[] = []
  const creates = Array.from({ length: 200 }, async (_, n) => {
    const { status, body } = await client.post<PractitionerRole>(
      'PractitionerRole',
      userAccount(`kill-${n}@x.example`, `Killed ${n}`)
    )
    if (status === 201) acknowledged.push({ n, role: body })
  })
  const settled = Promise.allSettled(creates)
  while (acknowledged.length < 40) await sleep(5)
  await first.kill()
  const refused = (await settled).filter(({ status }) => status === 'rejected').length
  expect(refused).toBeGreaterThan(0)
  expect(acknowledged.length + refused).toBe(200)

  const { get } = await ready(start())
  for (const { n, role } of acknowledged) {
    expect(await get(`PractitionerRole/${role.id}`)).toEqual({ status: 200, body: role })
    const practitioner = await get<Practitioner>(role.practitioner!.reference!)
    expect(practitioner).toMatchObject({
      status: 200,
      body: { name: [{ text: `Killed ${n}` }], telecom: [{ value: `kill-${n}@x.example` }] }
    })
  }
  await endAll()
  const rows = await rowsOfAccounts()
  expect(rows.users).toBeGreaterThanOrEqual(acknowledged.length)
  expect(new Set(Object.values(rows)).size).toBe(1)
}, 180_000)

test.each([0, 1000])(
  'it is killed %d ms into the first start',
  async milliseconds => {
    const first = start()
    while (!existsSync(join(folder, 'preparing'))) await sleep(2)
    await sleep(milliseconds)
    await first.kill()
    expect(existsSync(join(folder, 'preparing'))).toBe(true)
    const { get } = await ready(start())
    const found = await get('Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893')
    expect(found).toMatchObject({ status: 200, body: { total: 1 } })
    expect(existsSync(join(folder, 'preparing'))).toBe(false)
  },
  180_000
)
