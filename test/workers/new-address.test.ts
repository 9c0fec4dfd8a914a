/** A user's new e-mail address is verified by a mail in words of its own, sent by the server itself. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addUser, asUser, PASSWORD, postLogin } from '../support/login.js'
import { testServer, type TestServer } from '../support/server.js'

const folder = mkdtempSync(join(tmpdir(), 'locum-new-address-'))
let server: TestServer
beforeAll(async () => {
  server = await testServer({ environment: { MAIL_WORKER: 'on', MAIL_DIR: folder } })
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true })
})

async function mail(): Promise<string> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const [name] = readdirSync(folder).filter(each => each.endsWith('.eml'))
    if (name) return readFileSync(join(folder, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=')
    await sleep(50)
  }
  throw new Error('No mail comes')
}

test('it names what it is for, and its link verifies the address and keeps the password', async () => {
  await addUser(server, 'mover', 'demo')
  const { token } = await asUser(server, 'mover')
  const sent = { email: 'moved@x.example', current_password: PASSWORD }
  await server.http.patch('/me').set('Authorization', `Bearer ${token}`).send(sent).expect(200)
  const text = await mail()
  expect(text).toMatch(/^To: moved@x\.example/m)
  expect(text).toMatch(/^Subject: Verify your address for /m)
  expect(text).toContain('the new address of your account')
  expect(text).not.toContain('has made an account')
  const path = /\/invitation\/[\w-]+/.exec(text)![0]
  await server.http.post(path).type('form').send({ password: '' }).expect(200)
  expect(await server.sql(`select email from users where id = 'mover' and email_verified_at is not null`)).toEqual([
    { email: 'moved@x.example' }
  ])
  expect((await postLogin(server, 'mover')).status).toBe(200)
})
