/** The process that is measured: the server and its floor, each on a port of its own. Driven by messages of main.ts. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { openApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import type { Bound, Database, Statement } from '../../src/store/postgres/statement.js'
import { cases, type Case, type Setting } from './cases.js'
import { databaseCpu } from './cpu.js'
import { Floor, type Recorded } from './floor.js'
import { growth, type Growth } from './growth.js'
import { SECRET } from './world.js'

export interface Ready {
  origin: string
  floor: string
  tokens: Record<string, string>
}
export interface Learned {
  name: string
  bytes: number
  growth: Growth
}
/** `learn`: the floor of a case is made from what the server does for its first request. */
export type Order = { learn: string; setting: Setting } | { cpu: true } | { end: true }
/** Milliseconds of processor time, of this process and of the database's. */
export interface Cpu {
  own: number
  database: number
}

const [url, tenants] = [process.argv[2]!, process.argv[3]!.split(',')]
const POOL = 10

const listen = async (handler: RequestListener): Promise<string> => {
  const server = createServer(handler)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const config = readConfig({ ...process.env, DATABASE_URL: url, POOL_SIZE: String(POOL), TOKEN_TTL: '3600' })
const app = await openApp(config, pino({ level: 'silent' }))
const heard: { bound: Bound; statement: Statement }[] = []
hear(app.database)

const origin = 'http://localhost:3000'
const own = await listen(await app.handler(origin))
const floor = new Floor(url, POOL)
const beside = await listen(floor.app())

/** Statements that read, each as it is sent. */
function hear(database: Database): void {
  const query = database.query.bind(database)
  database.query = (bound, statement) => {
    if (hearing) heard.push({ bound, statement })
    return query(bound, statement)
  }
}
let hearing = false

async function token(tenant: string): Promise<string> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: tenant, client_secret: SECRET })
  const answer = await fetch(`${own}/oauth/token`, { method: 'POST', body })
  if (!answer.ok) throw new Error(`No token for ${tenant}: ${await answer.text()}`)
  return ((await answer.json()) as { access_token: string }).access_token
}

const tokens = Object.fromEntries(
  await Promise.all(tenants.map(async tenant => [tenant, await token(tenant)] as const))
)

async function first(each: Case, number: number): Promise<Recorded> {
  const { method, path, body } = each.request(number)
  heard.length = 0
  hearing = true
  const answer = await fetch(`${own}/fhir/R4/${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens[each.tenant]}`, 'content-type': 'application/fhir+json' },
    ...(body && { body })
  })
  hearing = false
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${each.name}: ${answer.status} ${text}`)
  return { status: answer.status, body: text, statements: heard.map(({ statement }) => statement) }
}

async function learn({ learn: name, setting }: Extract<Order, { learn: string }>): Promise<Learned> {
  const each = cases(setting).find(one => one.name === name)!
  const recorded = await first(each, setting.first)
  await floor.learn(each, recorded)
  return { name, bytes: Buffer.byteLength(recorded.body), growth: await growth(url, [...heard]) }
}

const databaseTime = await databaseCpu(url)
process.on('message', (order: Order) => {
  void (async () => {
    if ('end' in order) {
      await Promise.all([app.close(), floor.close()])
      process.exit(0)
    }
    if ('cpu' in order) {
      const { user, system } = process.cpuUsage()
      process.send!({ own: (user + system) / 1000, database: databaseTime?.() ?? 0 } satisfies Cpu)
      return
    }
    process.send!(await learn(order).catch((error: unknown) => ({ error: (error as Error).stack })))
  })()
})
process.send!({ origin: own, floor: beside, tokens } satisfies Ready)
