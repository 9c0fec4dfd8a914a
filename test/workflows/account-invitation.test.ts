/** P5: the invitation of a new user, from the commit to the first login. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { PERSONS } from '../../seeds/demo/directory.js'
import { clinicalUser, userAccount } from '../support/account.js'
import { tablesWith } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const folder = mkdtempSync(join(tmpdir(), 'locum-invitation-'))
const SECRET = 'a password & some <more>'
let server: TestServer
beforeAll(async () => {
  server = await testServer({ environment: { MAIL_WORKER: 'on', MAIL_DIR: folder } })
})
afterAll(async () => {
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const mails = (): string[] =>
  existsSync(folder) ? readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8')) : []
async function linkTo(email: string): Promise<string> {
  for (let waited = 0; waited < 8000; waited += 20) {
    const mail = mails().find(each => each.includes(`To: ${email}`))
    const link = mail && /\/invitation\/[\w-]+/.exec(mail.replaceAll('=\r\n', ''))?.[0]
    if (link) return link
    await sleep(20)
  }
  throw new Error('No mail')
}
const redeem = (link: string, password: string) => server.http.post(link).type('form').send({ password })
const login = (username: string, password: string) => server.http.post('/auth/login').send({ username, password })

test('the mail is there at once, and its link verifies the address and sets the password, once', async () => {
  await server.post('PractitionerRole', userAccount('new@x.example', 'Nadia & <Co>')).expect(201)
  const link = await linkTo('new@x.example')
  const page = await server.http.get(link)
  expect([page.status, page.headers['content-type']]).toEqual([200, expect.stringContaining('text/html')])
  expect(page.headers).toMatchObject({
    'content-security-policy': expect.stringMatching(/default-src 'none'.*form-action 'self'/),
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store'
  })
  expect(page.text).not.toMatch(/<script|new@x.example/)
  expect((await redeem(link, 'short')).status).toBe(422)
  expect((await login('new@x.example', SECRET)).status).toBe(401)
  expect((await redeem(link, SECRET)).status).toBe(200)
  expect((await login('new@x.example', SECRET)).status).toBe(200)
  expect((await redeem(link, 'another password')).status).toBe(410)
  expect((await server.http.get(link)).status).toBe(410)
  expect((await login('new@x.example', 'another password')).status).toBe(401)
  const [user] = await server.sql(`select email_verified_at from users where email = 'new@x.example'`)
  expect(user!.email_verified_at).not.toBeNull()
  const actions = await server.sql(`select 1 from audit_logs where action = 'INVITATION_REDEEMED'`)
  expect(actions).toHaveLength(1)
})

test('neither the link nor the password stands in the database or the log', async () => {
  await server.post('PractitionerRole', userAccount('quiet@x.example')).expect(201)
  const link = await linkTo('quiet@x.example')
  await redeem(link, SECRET).expect(200)
  const token = link.split('/').at(-1)!
  expect([...(await tablesWith(server.sql, token)), ...(await tablesWith(server.sql, SECRET))]).toEqual([])
  expect(server.logged()).not.toContain(token)
  expect(server.logged()).not.toContain(SECRET)
})

test('a link that is too old, and one that never was', async () => {
  await server.post('PractitionerRole', userAccount('late@x.example')).expect(201)
  const link = await linkTo('late@x.example')
  await server.sql(`update invitations set expires_at = now() - interval '1 second' where used_at is null`)
  for (const path of [link, '/invitation/unknown']) {
    expect((await server.http.get(path)).status).toBe(410)
    expect((await redeem(path, SECRET)).status).toBe(410)
  }
  expect((await server.http.put(link)).status).toBe(405)

  const again = (path: string) => server.http.post(path).type('form').send({ again: '1' })
  expect((await server.http.get(link)).text).toContain('Send me another one')
  expect((await server.http.get('/invitation/unknown')).text).not.toContain('Send me another one')
  rmSync(folder, { recursive: true })
  const asked = await Promise.all([again(link), again(link), again('/invitation/unknown')])
  expect(asked.map(({ status }) => status).sort()).toEqual([202, 410, 410])
  const other = await linkTo('late@x.example')
  expect(other).not.toBe(link)
  expect((await again(other)).status).toBe(410)
  expect((await redeem(other, SECRET)).status).toBe(200)
})

test('one link, many at once: one of them counts', async () => {
  await server.post('PractitionerRole', userAccount('many@x.example')).expect(201)
  const link = await linkTo('many@x.example')
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => redeem(link, `password number ${n}`)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(410)])
})

test('who has a password keeps it, and verifies the address', async () => {
  const sent = clinicalUser(PERSONS.gorilla, { login: 'joe', password: SECRET, email: 'joe@x.example' })
  await server.post('PractitionerRole', sent).expect(201)
  const link = await linkTo('joe@x.example')
  expect((await server.http.get(link)).text).toContain('keep your password')
  expect((await redeem(link, '')).status).toBe(200)
  expect((await login('joe', SECRET)).status).toBe(200)
})

test('a link proves the address that it was sent to, not the one that the user names later', async () => {
  await server.post('PractitionerRole', userAccount('own@x.example')).expect(201)
  const link = await linkTo('own@x.example')
  await server.sql(`update users set email = 'somebody.elses@x.example' where email = 'own@x.example'`)
  expect((await redeem(link, SECRET)).status).toBe(410)
  const [user] = await server.sql(`select email_verified_at from users where email = 'somebody.elses@x.example'`)
  expect(user!.email_verified_at).toBeNull()
})

test('who logs in with the new password at once has a session', async () => {
  await server.post('PractitionerRole', userAccount('hasty@x.example')).expect(201)
  await redeem(await linkTo('hasty@x.example'), SECRET)
  const { access_token } = (await login('hasty@x.example', SECRET)).body as { access_token: string }
  expect((await server.http.get('/me').set('Authorization', `Bearer ${access_token}`)).status).toBe(200)
})

test('VERIFIED sends nothing', async () => {
  const sent = clinicalUser(PERSONS.accented, { email: 'verified@x.example', tags: ['VERIFIED'] })
  await server.post('PractitionerRole', sent).expect(201)
  await server.post('PractitionerRole', userAccount('after@x.example')).expect(201)
  await linkTo('after@x.example')
  expect(mails().filter(mail => mail.includes('verified@x.example'))).toEqual([])
})
