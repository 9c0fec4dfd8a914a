/** `npm run examples` on a server with PostgreSQL, twice. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { liveServer, type LiveServer } from '../support/live-server.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const secret = 'another secret'
let server: LiveServer

beforeAll(async () => {
  server = await liveServer(secret)
})
afterAll(() => server?.close())

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
