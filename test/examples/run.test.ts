/** `npm run examples` on a server with PostgreSQL, twice. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import knexFactory from 'knex'
import pino from 'pino'
import { seedDemo } from '../../seeds/demo/index.js'
import { openApp, type App } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { listen, type Listening } from '../../src/http/index.js'
import { knexConfig } from '../../src/store/postgres/migrate.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const secret = 'another secret'
let db: TestDatabase
let app: App
let server: Listening

beforeAll(async () => {
  db = await testDatabase()
  const knex = knexFactory(knexConfig(db.url))
  await seedDemo(knex, secret)
  await knex.destroy()
  const config = readConfig({ DATABASE_URL: db.url, PORT: '0', MAIL_WORKER: 'off', STOP_SECONDS: '0' })
  app = await openApp(config, pino({ level: 'silent' }))
  server = await listen(config, origin => app.handler(origin))
})
afterAll(async () => {
  await server?.close()
  await app?.close()
  await db?.drop()
})

const run = (environment: Record<string, string>) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', 'examples/run.ts'], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '', BASE_URL: server.url, ...environment }
  })

test('all is as expected, and again', async () => {
  for (const _ of [1, 2]) {
    const { stdout } = await run({ CLIENT_SECRET: secret })
    expect(stdout).toMatch(/\nAll as expected: \d+ checks/)
  }
})

test('what is not as expected ends it with an error', async () => {
  const failure = await run({ CLIENT_SECRET: 'wrong' }).then(
    () => undefined,
    (error: { code: number; stderr: string }) => error
  )
  expect(failure?.code).toBe(1)
  expect(failure?.stderr).toContain('no token')
})
