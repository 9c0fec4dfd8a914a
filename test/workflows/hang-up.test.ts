/** A client that hangs up before the answer: what was read for it ends, what was written stands, and others do not notice. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type request from 'supertest'
import { session, type Sql } from '../support/owner.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
/** Holds locks. */
let holder: { sql: Sql; close: () => Promise<void> }
beforeAll(async () => {
  server = await testServer({ environment: { POOL_SIZE: '2' } })
})
afterAll(() => server?.close())
beforeEach(() => void (holder = session(server.url)))

const busy = () =>
  server.sql(`select query from pg_stat_activity where datname = current_database() and application_name = 'locum'
    and state = 'active'`)
async function until(met: () => Promise<boolean>, milliseconds: number): Promise<void> {
  const end = performance.now() + milliseconds
  while (!(await met())) {
    if (performance.now() > end) throw new Error('It did not come to pass in time')
    await sleep(20)
  }
}
/** Sends it, and hangs up once the answer waits for a lock. */
async function hangUp(table: string, ask: () => request.Test): Promise<void> {
  await holder.sql('begin')
  await holder.sql(`lock table ${table} in access exclusive mode`)
  const asked = ask()
  asked.end(() => undefined)
  await until(async () => (await busy()).length > 0, 5000)
  asked.abort()
}
const lines = (): Record<string, unknown>[] =>
  server
    .logged()
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
const ERROR = 50

test.each<[string, string, () => request.Test]>([
  ['a search', 'practitioners', () => server.get('Practitioner?name=a&_total=accurate')],
  ['a read', 'practitioners', () => server.get('Practitioner/dr-garcia')],
  ['a history', 'resource_history', () => server.get('_history')],
  ['free Slots', 'schedules', () => server.get('Slot?status=free')],
  [
    'POST _search',
    'practitioners',
    () => server.post('Practitioner/_search', 'name=a', { 'Content-Type': 'application/x-www-form-urlencoded' })
  ],
  [
    'an operation that reads',
    'services',
    () =>
      server.post('HealthcareService/$match', {
        resourceType: 'Parameters',
        parameter: [{ name: 'name', valueString: 'annual physical' }]
      })
  ],
  [
    'statistics',
    'practitioners',
    () => server.http.get('/tenant/stats/practitioners').set('Authorization', `Bearer ${server.token}`)
  ]
])('%s ends in the database within a second', async (_, table, ask) => {
  await hangUp(table, ask)
  await until(async () => (await busy()).length === 0, 1000)
  await holder.close()
  expect((await ask()).status).toBe(200)
  const [line] = lines().filter(({ msg, aborted }) => msg === 'request' && aborted === true)
  expect(line).not.toHaveProperty('status')
  expect(lines().filter(({ level }) => Number(level) >= ERROR)).toEqual([])
})

test('a write under way is done', async () => {
  const location = { resourceType: 'Location', id: 'left', status: 'active', name: 'Left' }
  await hangUp('clinics', () => server.put('Location/left', location))
  await sleep(100)
  expect(await busy()).not.toEqual([])
  await holder.close()
  await until(async () => (await server.get('Location/left')).status === 200, 5000)
})

test('metrics tell apart who hung up from what failed', async () => {
  const { text } = await server.http.get('/metrics')
  expect(text).toMatch(/route="Practitioner",status="aborted"} [1-9]/)
  expect(text).not.toMatch(/status="5\d\d"/)
})

test('hang-ups at any instant hit nobody else', async () => {
  const rounds = process.env.SOAK ? 3000 : 100
  const text = async (path: string): Promise<string> => {
    const answer = await server.get(path)
    return `${answer.status} ${answer.text.replaceAll(/"lastUpdated":"[^"]*"/g, '')}`
  }
  let over = false
  let read = 0
  const wrong: string[] = []
  const reader = async (path: string): Promise<void> => {
    for (const expected = await text(path); !over; read++) {
      const found = await text(path)
      if (found !== expected) wrong.push(found)
    }
  }
  const readers = ['Practitioner/dr-garcia', 'Practitioner?name=a', 'Location?_count=3'].map(reader)
  for (let round = 0; round < rounds; round++) {
    await holder.sql('begin; lock table schedules in access exclusive mode')
    const asked = server.get('Slot?status=free')
    asked.end(() => undefined)
    // As long as a cancel takes to come, so that it meets the end of the lock and what comes after it.
    setTimeout(() => void asked.abort(), Math.random() * 20)
    await sleep(20 + Math.random() * 25)
    await holder.sql('rollback')
  }
  over = true
  await Promise.all(readers)
  await holder.close()
  expect(wrong).toEqual([])
  expect(read).toBeGreaterThan(rounds)
})
