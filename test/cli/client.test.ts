/** The operator's commands: clients, tokens, migrations. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import pino from 'pino'
import { clientCommand } from '../../src/cli/client.js'
import { migrateCommand } from '../../src/cli/serve.js'
import { tokenCommand } from '../../src/cli/token.js'
import { openApp, type App } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { testServer, type TestServer } from '../support/server.js'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
let server: TestServer
let app: App
let http: Server
let url: string
const folder = mkdtempSync(join(tmpdir(), 'locum-cli-'))

beforeAll(async () => {
  server = await testServer()
  app = await openApp(readConfig({ DATABASE_URL: server.url }), pino({ level: 'silent' }))
  http = createServer()
  await new Promise<void>(done => http.listen(0, '127.0.0.1', done))
  url = `http://localhost:${(http.address() as AddressInfo).port}`
  http.on('request', await app.handler(url))
}, 60_000)
afterAll(async () => {
  http?.closeAllConnections()
  http?.close()
  await app?.close()
  await server?.close()
  rmSync(folder, { recursive: true })
})

interface Told {
  code: number
  out: string
  err: string
}

/** The command as its function, with the environment and the streams of a process of its own. */
async function locum(name: keyof typeof COMMANDS, ...args: string[]): Promise<Told> {
  const told = { out: '', err: '' }
  const into = (stream: 'out' | 'err') => (text: unknown) => {
    told[stream] += String(text)
    return true
  }
  const out = jest.spyOn(process.stdout, 'write').mockImplementation(into('out'))
  const err = jest.spyOn(process.stderr, 'write').mockImplementation(into('err'))
  const before = process.exitCode
  process.env.DATABASE_URL = server.url
  try {
    await COMMANDS[name]().parseAsync(args, { from: 'user' })
    return { code: Number(process.exitCode ?? 0), ...told }
  } finally {
    delete process.env.DATABASE_URL
    process.exitCode = before
    out.mockRestore()
    err.mockRestore()
  }
}

const COMMANDS = { client: clientCommand, migrate: migrateCommand, token: tokenCommand }

test('a client is added, gets a token that works, is listed, and disabled: its tokens stop at once', async () => {
  const added = await locum('client', 'add', 'ehr', '--tenant', 't-demo', '--scopes', 'system/Location.rs')
  const secret = /^secret: ([\w-]{32})$/m.exec(added.out)?.[1]
  expect([added.code, secret]).toEqual([0, expect.any(String)])
  const { out, err } = await locum('token', 'ehr', '--secret', secret!, '--url', url)
  expect(err).toBe('')
  const get = () => fetch(`${url}/fhir/R4/Location`, { headers: { Authorization: `Bearer ${out.trim()}` } })
  expect((await get()).status).toBe(200)
  expect((await locum('client', 'list')).out).toContain('ehr\tdemo\tsecret\tsystem/Location.rs\n')
  expect((await locum('client', 'disable', 'ehr')).code).toBe(0)
  expect((await get()).status).toBe(401)
  expect(await locum('token', 'ehr', '--secret', secret!, '--url', url)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/unknown, or the secret is wrong/)
  })
}, 60_000)

test('what is wrong is said in a line, and adds nothing', async () => {
  const file = join(folder, 'private.json')
  writeFileSync(file, JSON.stringify({ keys: [{ kty: 'EC', d: 'secret' }] }))
  const wrong: [string[], RegExp][] = [
    [['x', '--tenant', 'nowhere'], /There is no tenant nowhere/],
    [['x', '--tenant', 'demo', '--scopes', 'everything'], /everything is no scope/],
    [['x', '--tenant', 'demo', '--scopes', 'system/Slot.c?status=free'], /is no scope/],
    [['x', '--tenant', 'demo', '--jwks-uri', 'http://ehr.example/keys'], /https/],
    [['x', '--tenant', 'demo', '--jwks', file], /private key/]
  ]
  for (const [args, text] of wrong) {
    const { code, err } = await locum('client', 'add', ...args)
    expect([code, err]).toEqual([1, expect.stringMatching(text)])
    expect(err.trim().split('\n')).toHaveLength(1)
  }
  expect(await server.sql(`select from oauth_clients where id = 'x'`)).toEqual([])
}, 60_000)

test('migrate says that the schema is up to date; help names the commands', async () => {
  expect(await locum('migrate')).toMatchObject({ code: 0, out: 'The schema is up to date\n' })
  const env = { ...process.env, NODE_OPTIONS: '' }
  const help = await promisify(execFile)(process.execPath, ['--import', 'tsx', MAIN, '--help'], { env })
  for (const name of ['serve', 'migrate', 'client', 'token', 'validate', 'npi'])
    expect(help.stdout).toContain(`  ${name}`)
}, 60_000)
