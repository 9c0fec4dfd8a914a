/** A user's new e-mail address is verified by a mail in words of its own, sent by the server itself. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { addUser, asUser, PASSWORD, postLogin } from '../support/login.js'
import { tablesWith } from '../support/rows.js'
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

/** The mails so far, once there are so many; by the address that they are to. */
async function mails(count: number): Promise<Map<string, string>> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const names = readdirSync(folder).filter(each => each.endsWith('.eml'))
    if (names.length >= count) {
      const texts = names.map(name =>
        readFileSync(join(folder, name), 'utf8').replaceAll('=\r\n', '').replaceAll('=3D', '=')
      )
      return new Map(texts.map(text => [/^To: (.*)\r$/m.exec(text)![1]!, text]))
    }
    await sleep(50)
  }
  throw new Error('No mail comes')
}

test('it names what it is for, and its link verifies the address and keeps the password', async () => {
  await addUser(server, 'mover', 'demo')
  const { token } = await asUser(server, 'mover')
  const sent = { email: 'moved@x.example', current_password: PASSWORD }
  await server.http.patch('/me').set('Authorization', `Bearer ${token}`).send(sent).expect(200)
  const text = (await mails(1)).get('moved@x.example')!
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

test('the address before hears of it too, and is in no table once the mail is out', async () => {
  await addUser(server, 'leaver', 'demo')
  await server.sql(`update users set email = 'before@x.example', email_verified_at = now() where id = 'leaver'`)
  const { token } = await asUser(server, 'leaver')
  const sent = { email: 'behind@x.example', current_password: PASSWORD }
  await server.http.patch('/me').set('Authorization', `Bearer ${token}`).send(sent).expect(200)
  const both = await mails(3)
  expect(both.get('behind@x.example')).toMatch(/^Subject: Verify your address for /m)
  const notice = both.get('before@x.example')!
  expect(notice).toMatch(/^Subject: Your login at Demo Clinic Group was changed/m)
  expect(notice).toContain('The e-mail address of your account at Demo Clinic Group was changed by yourself.')
  expect(notice).not.toContain('behind@x.example')
  for (let waited = 0; (await tablesWith(server.sql, 'before@x.example')).length > 0; waited += 50) {
    expect(waited).toBeLessThan(10_000)
    await sleep(50)
  }
})
