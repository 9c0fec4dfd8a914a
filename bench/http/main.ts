/**
 * Speed of the server beside the floor of its own stack, in one run.
 *
 *   npm run bench                                        10,000, 100,000 and 1,000,000 practitioners, five rounds
 *   npm run bench -- --sizes 10000 --rounds 1 --seconds 1 --cases read,NPI     a quick look
 *   DATABASE_URL=postgres://... npm run bench            on a server whose user may create databases
 *   ... -- --keep                                        leaves the databases there for later runs, each of which measures on copies
 *   ... -- --profile FOLDER                              writes CPU profiles of the server process
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { calendarsIn } from './bookings.js'
import { cases, type Setting } from './cases.js'
import { openServer } from './database.js'
import { measure, type Measured } from './measure.js'
import { chart, table } from './report.js'
import type { Cpu, Learned, Order, Ready } from './server.js'
import { asOwner, fill, migrate, prepare, TENANTS, usersIn, type Send } from './world.js'

const { values: flags } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    cases: { type: 'string', default: '' },
    connections: { type: 'string', default: '16' },
    keep: { type: 'boolean', default: false },
    profile: { type: 'string' },
    out: { type: 'string' }
  }
})
const sizes = flags.sizes.split(',').map(Number)
const wanted = flags.cases.split(',').map(each => each.trim().toLowerCase())
const say = (line: string): void =>
  void process.stderr.write(`${performance.now().toFixed(0).padStart(8)} ms  ${line}\n`)

/** The Monday after next: in it there are openings, whatever day it is. */
const monday = (() => {
  const day = new Date(Date.now() + 8 * 86_400_000)
  day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7))
  return day.toISOString().slice(0, 10)
})()

async function startProcess(url: string, profile?: string): Promise<{ child: ChildProcess; ready: Ready }> {
  const script = fileURLToPath(new URL('server.js', import.meta.url))
  const child = fork(script, [url, Object.values(TENANTS).join(',')], {
    env: { ...process.env, NODE_ENV: 'production' },
    execArgv: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : []
  })
  const [ready] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('The server process ended')))
  ])) as [Ready]
  return { child, ready }
}

async function ask<T extends object>(child: ChildProcess, order: Order): Promise<T> {
  child.send(order)
  const [answer] = (await once(child, 'message')) as [T | { error: string }]
  if ('error' in answer) throw new Error(answer.error)
  return answer
}

const sender =
  ({ origin, tokens }: Ready): Send =>
  async (tenant, method, path, body) => {
    const answer = await fetch(`${origin}/fhir/R4/${path}`, {
      method,
      headers: { authorization: `Bearer ${tokens[tenant]}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(body)
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }

/** A process on the database while `work` runs. */
async function serving<T>(
  url: string,
  work: (child: ChildProcess, ready: Ready) => Promise<T>,
  profile?: string
): Promise<T> {
  const { child, ready } = await startProcess(url, profile)
  try {
    return await work(child, ready)
  } finally {
    child.send({ end: true } satisfies Order)
    await once(child, 'exit')
  }
}

type Server = Awaited<ReturnType<typeof openServer>>

/** Filled, or as an earlier run left it, and up to date. Nobody is connected to it. */
async function filled(server: Server, name: string, size: number): Promise<string> {
  const started = performance.now()
  const { url, fresh } = await server.database(name, flags.keep)
  if (fresh) {
    await prepare(url, size, say)
    await serving(url, (_, ready) => fill(url, size, sender(ready), say))
    await server.filled(name)
  } else await migrate(url)
  say(`loaded in ${((performance.now() - started) / 1000).toFixed(0)} s`)
  return url
}

/** What is to be kept is measured on a copy: a run adds tens of thousands of rows. */
async function ofSize(server: Server, size: number): Promise<Measured[]> {
  say(`${size} practitioners`)
  const template = `locum_bench_${size}`
  const name = flags.keep ? `${template}_run` : template
  try {
    const whole = await filled(server, template, size)
    const url = flags.keep ? await server.copy(template, name) : whole
    return await serving(url, (child, ready) => measured(server, { name, url, size }, child, ready), flags.profile)
  } finally {
    await server.drop(name)
  }
}

async function measured(
  server: Server,
  { name, url, size }: { name: string; url: string; size: number },
  child: ChildProcess,
  ready: Ready
): Promise<Measured[]> {
  const setting: Setting = { size, monday, first: await usersIn(url), calendars: await asOwner(url, calendarsIn) }
  const chosen = cases(setting).filter(each => wanted.some(word => each.name.toLowerCase().includes(word)))
  const learned: Learned[] = []
  for (const each of chosen) learned.push(await ask(child, { learn: each.name, setting }))
  return measure(chosen, learned, ready, {
    cpu: () => ask<Cpu>(child, { cpu: true }),
    async drain() {
      if (!(await server.drained(name))) say('statements of what was measured before still run after 20 s')
    },
    size,
    first: setting.first,
    rounds: Number(flags.rounds),
    seconds: Number(flags.seconds),
    connections: Number(flags.connections),
    say
  })
}

const server = await openServer()
try {
  const all: Measured[] = []
  for (const size of sizes) all.push(...(await ofSize(server, size)))
  const text = `${table(all)}\n\n${chart(all)}\n`
  process.stdout.write(text)
  if (flags.out) writeFileSync(flags.out, JSON.stringify(all, null, 1))
} finally {
  await server.close()
}
