/** The operator's commands, run as they are: clients, tokens, migrations. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pino from 'pino'
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

function locum(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, NODE_OPTIONS: '', DATABASE_URL: server.url }
  return new Promise(done =>
    execFile(process.execPath, ['--import', 'tsx', MAIN, ...args], { env }, (error, out, err) =>
      done({ code: error ? Number(error.code) : 0, out, err })
    )
  )
}

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
    [['x', '--tenant', 'demo', '--jwks-uri', 'http://ehr.example/keys'], /https/],
    [['x', '--tenant', 'demo', '--jwks', file], /private key/]
  ]
  const answers = await Promise.all(wrong.map(([args]) => locum('client', 'add', ...args)))
  answers.forEach(({ code, err }, index) => {
    expect([code, err]).toEqual([1, expect.stringMatching(wrong[index]![1])])
    expect(err.trim().split('\n')).toHaveLength(1)
  })
  expect(await server.sql(`select from oauth_clients where id = 'x'`)).toEqual([])
}, 60_000)

test('migrate says that the schema is up to date; help names the commands', async () => {
  const [migrated, help] = await Promise.all([locum('migrate'), locum('--help')])
  expect(migrated).toMatchObject({ code: 0, out: 'The schema is up to date\n' })
  for (const name of ['serve', 'migrate', 'client', 'token', 'validate', 'npi']) expect(help.out).toContain(`  ${name}`)
}, 60_000)
