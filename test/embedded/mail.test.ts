/** Invitations on the embedded database: the one session there is serves requests and mail. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pino from 'pino'
import { seedDemo } from '../../seeds/demo/index.js'
import { openApp, type App } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { userAccount } from '../support/account.js'

const folder = mkdtempSync(join(tmpdir(), 'locum-embedded-mail-'))
const PASSWORD = 'chosen by the invited'
let app: App
let server: Server
let base: string
beforeAll(async () => {
  const config = readConfig({ DATA_DIR: 'memory:', MAIL_DIR: folder })
  app = await openApp(config, pino({ level: 'silent' }), { seed: seedDemo })
  server = createServer().listen(0, '127.0.0.1')
  await new Promise(done => server.once('listening', done))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', await app.handler(base))
}, 120_000)
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await app?.close()
  rmSync(folder, { recursive: true })
})

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(`${base}${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body)
  })

async function mails(count: number): Promise<string[]> {
  for (let waited = 0; waited < 30_000; waited += 50) {
    const names = readdirSync(folder).filter(name => name.endsWith('.eml'))
    if (names.length >= count)
      return names.map(name => readFileSync(join(folder, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '='))
    await sleep(50)
  }
  throw new Error('No mail comes')
}

test('each of many at once is sent while requests go on, and its link sets the password', async () => {
  const client = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' }
  const token = await fetch(`${base}/oauth/token`, { method: 'POST', body: new URLSearchParams(client) })
  const { access_token } = (await token.json()) as { access_token: string }
  const authorization = { Authorization: `Bearer ${access_token}` }
  const people = Array.from({ length: 6 }, (_, n) => `invited.${n}@x.example`)
  const made = await Promise.all(
    people.map(email => post('/fhir/R4/PractitionerRole', userAccount(email), authorization))
  )
  expect(made.map(({ status }) => status)).toEqual(people.map(() => 201))
  const sent = await mails(people.length)
  expect(sent.map(mail => /^To: (.*)\r$/m.exec(mail)![1]).sort()).toEqual(people)
  const path = /\/invitation\/[\w-]+/.exec(sent.find(mail => mail.includes('To: invited.3@'))!)![0]
  const answer = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams({ password: PASSWORD }) })
  expect(answer.status).toBe(200)
  expect((await post('/auth/login', { username: 'invited.3@x.example', password: PASSWORD })).status).toBe(200)
  expect((await fetch(`${base}${path}`)).status).toBe(410)
})
