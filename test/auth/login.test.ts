/** Users log in: what they get, what they may, and whom the server refuses. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ROLES } from '../../src/domain/permissions.js'
import { addUser, asUser, givePassword, PASSWORD, postLogin } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

const GARCIA = 'elena.garcia@demo.example'
const LEE = 'minh.lee@demo.example'
let server: TestServer

beforeAll(async () => {
  server = await testServer({ environment: { LOGIN_ATTEMPTS: '3', LOGIN_LOCKOUT: '2', TRUST_PROXY: '1' } })
  await givePassword(server, 'garcia', 'lee', 'miller')
  await addUser(server, 'root', null, { admin: true })
  await addUser(server, 'pending', 'demo', { status: 'pending' })
  await addUser(server, 'suspended', 'demo', { status: 'suspended' })
  await addUser(server, 'north', 'demo-north', { role: 'CLINIC_ADMIN' })
}, 60_000)
afterAll(() => server?.close())

describe('a login', () => {
  test('gives a token of the oldest membership, in the body and as a cookie', async () => {
    const answer = await postLogin(server, GARCIA.toUpperCase())
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 28800,
        scope: ROLES.CLINIC_ADMIN.scopes,
        tenant: 't-demo'
      }
    ])
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.headers['set-cookie']![0]).toMatch(
      /^access_token=[\w.-]+; Max-Age=28800; Path=\/; HttpOnly; SameSite=Strict$/
    )
    const { access_token } = answer.body as { access_token: string }
    expect((await server.withToken(access_token).get('Practitioner/dr-garcia')).status).toBe(200)
    const cookie = await server.http
      .get('/fhir/R4/Practitioner/dr-garcia')
      .set('Cookie', `access_token=${access_token}`)
    expect(cookie.status).toBe(200)
  })

  test('an unknown name and a wrong password are told apart by nothing', async () => {
    const [unknown, wrong] = [await postLogin(server, 'nobody', 'x'), await postLogin(server, LEE, 'x')]
    expect(refusal(unknown)).toEqual({ ...refusal(wrong), status: 401, code: 'login' })
    expect(unknown.headers['set-cookie']).toBeUndefined()
  })

  test.each([
    [{ username: GARCIA }, 'password'],
    [{ username: '', password: 'x' }, 'username'],
    [{ username: GARCIA, password: { $ne: '' } }, 'password'],
    [{ username: GARCIA, password: 'x'.repeat(2000) }, 'password'],
    [{ username: GARCIA, password: 'x', tenant: 't' }, 'tenant']
  ])('%j is refused with 400', async (body, expression) => {
    expect(refusal(await server.http.post('/auth/login').send(body))).toMatchObject({ status: 400, expression })
  })

  test('by GET, or as a form, is refused', async () => {
    expect((await server.http.get('/auth/login')).status).toBe(405)
    const form = server.http.post('/auth/login').type('form').send({ username: GARCIA, password: PASSWORD })
    expect((await form).status).toBe(415)
  })

  test('X-Tenant chooses among the memberships and what is below them', async () => {
    const north = { 'X-Tenant': 't-demo-north' }
    expect((await postLogin(server, GARCIA, PASSWORD, north)).body).toMatchObject({ tenant: 't-demo-north' })
    for (const tenant of ['t-demo-au', 't-nowhere'])
      expect(refusal(await postLogin(server, GARCIA, PASSWORD, { 'X-Tenant': tenant }))).toMatchObject({ status: 403 })
    const above = await postLogin(server, 'north', PASSWORD, { 'X-Tenant': 't-demo' })
    expect(refusal(above)).toMatchObject({ status: 403, code: 'forbidden' })
  })
})

describe('who may not', () => {
  test.each([
    ['disabled', 'disabled_at = now()', /disabled/],
    ['not verified', `email = 'u@x.example', email_verified_at = null`, /not verified/]
  ])('a user who is %s learns it with the right password only', async (_what, set, text) => {
    const id = `user-${set.length}`
    await addUser(server, id, 'demo')
    await server.sql(`update users set ${set} where id = $1`, [id])
    expect(refusal(await postLogin(server, id, 'wrong'))).toMatchObject({ status: 401 })
    expect(refusal(await postLogin(server, id))).toMatchObject({ status: 403, text: expect.stringMatching(text) })
  })

  test('a suspended membership gives no access; a pending one a login without a tenant', async () => {
    expect(refusal(await postLogin(server, 'suspended'))).toMatchObject({ status: 403, code: 'forbidden' })
    const answer = await postLogin(server, 'pending')
    expect(answer.body).toMatchObject({ tenant: null, scope: '' })
    const pending = server.withToken((answer.body as { access_token: string }).access_token)
    expect((await pending.get('Practitioner')).status).toBe(403)
    expect((await pending.get('Practitioner', { 'X-Tenant': 't-demo' })).status).toBe(403)
  })
})

describe('too many failures', () => {
  beforeAll(() => server.sql('delete from login_attempts'))

  test('lock a login, the right password too, until the time is over; others go on', async () => {
    for (const name of ['lee-no', LEE]) {
      for (let n = 0; n < 3; n++) expect((await postLogin(server, name, `wrong ${n}`)).status).toBe(401)
      const locked = await postLogin(server, name)
      expect(refusal(locked)).toMatchObject({ status: 429, code: 'throttled' })
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0)
    }
    expect((await postLogin(server, GARCIA)).status).toBe(200)
    await server.sql(`update login_attempts set until = now()`)
    expect((await postLogin(server, LEE)).status).toBe(200)
  })

  test('many at once get no more guesses than one after another', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => postLogin(server, 'miller-x', `guess ${n}`)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(17)
  })

  test('lock the name for the address that they come from; ten times as many lock it for all', async () => {
    await addUser(server, 'wanted', 'demo')
    const from = (n: number) => ({ 'X-Forwarded-For': `198.51.100.${n}` })
    const guess = async (n: number) => (await postLogin(server, 'wanted', 'wrong', from(n))).status
    for (let n = 0; n < 3; n++) expect(await guess(1)).toBe(401)
    for (let n = 0; n < 9; n++) expect(await guess(1)).toBe(429)
    expect((await postLogin(server, 'wanted', PASSWORD, from(1))).status).toBe(429)
    expect((await postLogin(server, 'wanted', PASSWORD, from(2))).status).toBe(200)
    await server.sql(`update login_attempts set until = now() + interval '1 minute'`)
    const statuses = await Promise.all(Array.from({ length: 40 }, (_, n) => guess(10 + n)))
    // Three failures there were, which the success from elsewhere has not taken back.
    expect(statuses.filter(status => status === 401)).toHaveLength(27)
    expect(statuses.filter(status => status === 429)).toHaveLength(13)
    expect((await postLogin(server, 'wanted', PASSWORD, from(99))).status).toBe(429)
    await server.sql('delete from login_attempts')
  })

  test('addresses of one network of IPv6 are one', async () => {
    const from = (n: number) => ({ 'X-Forwarded-For': `2001:db8:0:1::${n}` })
    for (let n = 1; n <= 4; n++)
      expect((await postLogin(server, 'nobody-v6', 'wrong', from(n))).status).toBe(n === 4 ? 429 : 401)
    expect((await postLogin(server, 'nobody-v6', 'wrong', { 'X-Forwarded-For': '2001:db8:0:2::1' })).status).toBe(401)
  })

  test('a success forgets the failures before it', async () => {
    for (let round = 0; round < 3; round++) {
      expect((await postLogin(server, GARCIA, 'wrong')).status).toBe(401)
      expect((await postLogin(server, GARCIA)).status).toBe(200)
    }
  })
})

describe('what a role allows', () => {
  const location = { resourceType: 'Location', name: 'Of a user' }

  test('STAFF reads, and writes nothing of the clinic', async () => {
    const lee = await asUser(server, LEE)
    expect((await lee.get('Location?name=main')).status).toBe(200)
    for (const answer of [await lee.post('Location', location), await lee.delete('Location/main')])
      expect(refusal(answer)).toMatchObject({ status: 403, text: expect.stringMatching(/^Cannot manage this clinic/) })
    const slot = { resourceType: 'Slot', schedule: { reference: 'Schedule/dr-lee-main' }, status: 'busy' }
    const times = { start: '2027-01-07T14:00:00Z', end: '2027-01-07T15:00:00Z' }
    expect((await lee.post('Slot', { ...slot, ...times })).status).toBe(201)
  })

  test('CLINIC_ADMIN writes in the tenant and below, not elsewhere', async () => {
    const garcia = await asUser(server, GARCIA)
    for (const tenant of ['t-demo', 't-demo-north'])
      expect((await garcia.post('Location', location, { 'X-Tenant': tenant })).status).toBe(201)
    expect((await garcia.post('Location', location, { 'X-Tenant': 't-demo-es' })).status).toBe(403)
  })

  test('ADMIN works in every tenant that there is, and names one', async () => {
    const root = await asUser(server, 'root')
    expect((await root.get('Location')).status).toBe(403)
    for (const tenant of ['t-demo', 't-demo-es'])
      expect((await root.post('Location', location, { 'X-Tenant': tenant })).status).toBe(201)
    expect((await root.get('Location', { 'X-Tenant': 't-nowhere' })).status).toBe(403)
  })

  test('a changed role, a suspension and a disabled login count for the tokens that are out', async () => {
    await addUser(server, 'changing', 'demo', { role: 'CLINIC_ADMIN' })
    const user = await asUser(server, 'changing')
    expect((await user.post('Location', location)).status).toBe(201)
    await server.sql(`update memberships set membership_role = 'STAFF' where id = 'changing'`)
    expect((await user.post('Location', location)).status).toBe(403)
    expect((await user.get('Location')).status).toBe(200)
    await server.sql(`update memberships set status = 'suspended' where id = 'changing'`)
    expect((await user.get('Location')).status).toBe(403)
    await server.sql(`update users set disabled_at = now() where id = 'changing'`)
    expect((await user.get('Location')).status).toBe(401)
  })
})

describe('a session in a browser', () => {
  const post = async (headers: Record<string, string>) => {
    const { access_token } = (await postLogin(server, GARCIA)).body as { access_token: string }
    return server.http
      .post('/fhir/R4/Location')
      .set({ 'Content-Type': 'application/fhir+json', Cookie: `access_token=${access_token}`, ...headers })
      .send('{"resourceType":"Location"}')
  }

  test.each<[Record<string, string>, number]>([
    [{ Origin: 'http://localhost:3000' }, 201],
    [{ 'Sec-Fetch-Site': 'same-origin' }, 201],
    [{ 'Sec-Fetch-Site': 'cross-site', Origin: 'http://localhost:3000' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{}, 403]
  ])('writes with %j: %i', async (headers, status) => {
    expect((await post(headers)).status).toBe(status)
  })

  test('a login from another site is refused', async () => {
    const answer = await postLogin(server, GARCIA, PASSWORD, { Origin: 'https://evil.example' })
    expect(refusal(answer)).toMatchObject({ status: 403 })
  })

  test('of a client ends as well, and the token that it gets in the same second works', async () => {
    for (let round = 0; round < 2; round++) {
      const one = await server.as('demo', 'system/Location.rs')
      await server.http.post('/auth/logout').set('Authorization', `Bearer ${one.token}`).expect(204)
      const two = await server.as('demo', 'system/Location.rs')
      expect([(await one.get('Location')).status, (await two.get('Location')).status]).toEqual([401, 200])
    }
  })

  test('ends with /auth/logout, for the token too, and only this one', async () => {
    const [one, other] = [await asUser(server, GARCIA), await asUser(server, GARCIA)]
    const out = await server.http.post('/auth/logout').set('Authorization', `Bearer ${one.token}`)
    expect([out.status, out.headers['set-cookie']![0]]).toEqual([
      204,
      expect.stringMatching(/^access_token=; Max-Age=0/)
    ])
    expect(refusal(await one.get('Location'))).toMatchObject({ status: 401, code: 'login' })
    expect((await other.get('Location')).status).toBe(200)
    expect((await server.http.post('/auth/logout').set('Authorization', `Bearer ${one.token}`)).status).toBe(204)
    expect((await server.http.post('/auth/logout')).status).toBe(204)
  })
})
