/** P21: an administrator changes the login of a user while all live memberships of that user are theirs to administer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { addUser, asUser, givePassword, PASSWORD, postLogin } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { tablesWith } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let garcia: TestServer
let number = 0
let user: string
beforeAll(async () => {
  server = await testServer()
  await givePassword(server, 'garcia', 'lee')
  garcia = await asUser(server, 'elena.garcia@demo.example')
}, 60_000)
afterAll(() => server?.close())
beforeEach(async () => {
  user = `user.${++number}`
  await addUser(server, user, 'demo')
  await server.sql(`update users set email = id || '@old.example', email_verified_at = now() where id = $1`, [user])
})

const change = (at: TestServer, whose: string, body: object, headers: Record<string, string> = {}) =>
  server.http
    .patch(`/tenant/users/${whose}`)
    .set({ Authorization: `Bearer ${at.token}`, ...headers })
    .send(body)
const row = async (id = user) => (await server.sql('select * from users where id = $1', [id]))[0]!
const join = (id: string, tenant: string, status = 'approved') =>
  server.sql(
    `insert into memberships (tenant_id, id, user_id, status, accepted_at)
     values ($1, $2, $2, $3, case when $3 = 'approved' then now() end)`,
    [tenant, id, status]
  )
const due = async () =>
  server.sql<{ kind: string; payload: Record<string, unknown> }>(
    `select kind, payload from outbox where payload ->> 'user_id' = $1 order by kind`,
    [user]
  )

test('e-mail, phone and user name: nothing is told of them, the old address is written to and the new one verified', async () => {
  const sent = { email: ` ${user}@New.example`, phone: '(518) 555-0142', username: `renamed.${number}` }
  const answer = await change(garcia, user, sent)
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect(await row()).toMatchObject({
    username: `renamed.${number}`,
    email: expect.stringMatching(/^user\.1@new\.example$/i),
    phone_e164: '+15185550142',
    email_verified_at: null
  })
  expect(await due()).toEqual([
    {
      kind: 'login-changed',
      payload: { user_id: user, email: `${user}@old.example`, changed: 'email, phone, username', self: false }
    },
    { kind: 'verification', payload: { user_id: user } }
  ])
  const trail = await server.sql(
    `select subject, detail from audit_logs where action = 'USER_UPDATED' and entity_id = $1`,
    [user]
  )
  expect(trail).toEqual([{ subject: 'garcia', detail: { changed: 'email, phone, username' } }])
  expect((await postLogin(server, `renamed.${number}`)).status).toBe(200)
  expect((await postLogin(server, user)).status).toBe(401)
})

test('what is as it was is no change, and makes no mail', async () => {
  expect((await change(garcia, user, { email: `${user}@old.example`, username: user })).status).toBe(204)
  expect(await row()).toMatchObject({ email_verified_at: expect.anything() })
  expect(await due()).toEqual([])
})

test('who has no password yet is invited at the new address, and a stranger at a wrong one hears nothing', async () => {
  await server.sql('update users set password_hash = null, email_verified_at = null where id = $1', [user])
  expect((await change(garcia, user, { email: `${user}@right.example` })).status).toBe(204)
  expect(await due()).toEqual([{ kind: 'invitation', payload: { user_id: user } }])
})

test('a new password ends the sessions, and is nowhere to be found', async () => {
  const { token } = await asUser(server, user)
  const password = 'set by an Administrator'
  expect((await change(garcia, user, { password })).status).toBe(204)
  expect((await server.withToken(token).get('Location')).status).toBe(401)
  expect((await postLogin(server, user, password)).status).toBe(200)
  expect((await postLogin(server, user, PASSWORD)).status).toBe(401)
  expect(await tablesWith(server.sql, password)).toEqual([])
  expect(server.logged()).not.toContain(password)
})

describe('it is refused', () => {
  test('while the user is a member elsewhere too, with the way out; and allowed when all of them lie below', async () => {
    await join(user, 'demo-north')
    expect((await change(garcia, user, { phone: null, username: `${user}.below` })).status).toBe(204)
    await join(user, 'demo-au')
    const answer = refusal(await change(garcia, user, { username: 'taken.over' }))
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('PATCH /me') })
    expect(await row()).toMatchObject({ username: `${user}.below` })
    await server.sql(`update memberships set disabled_at = now() where id = $1 and tenant_id = 'demo-au'`, [user])
    expect((await change(garcia, user, { username: `${user}.again` })).status).toBe(204)
  })

  test('from a tenant below one of the memberships', async () => {
    await join(user, 'demo-north')
    const north = { 'X-Tenant': 't-demo-north' }
    expect(refusal(await change(garcia, user, { username: 'x.y' }, north))).toMatchObject({ status: 403 })
  })

  test('an invitation to another tenant that was not accepted keeps nobody from their own', async () => {
    await join(user, 'demo-es', 'pending')
    expect((await change(garcia, user, { username: `${user}.own` })).status).toBe(204)
    const spain = await server.as('demo-es')
    expect(refusal(await change(spain, user, { username: 'x.y' }))).toMatchObject({ status: 404 })
  })

  test('for a foreign user as for none; for an ADMIN, and for oneself', async () => {
    await addUser(server, `foreign.${number}`, 'demo-au')
    const [foreign, none] = await Promise.all(
      [`foreign.${number}`, 'nobody'].map(id => change(garcia, id, { username: 'x.y' }))
    )
    expect(refusal(foreign!)).toEqual({ ...refusal(none!), status: 404 })
    await server.sql('update users set is_admin = true where id = $1', [user])
    expect(refusal(await change(garcia, user, { username: 'x.y' }))).toMatchObject({ status: 403 })
    expect(refusal(await change(garcia, 'garcia', { username: 'x.y' }))).toMatchObject({ status: 403 })
  })

  test('to STAFF, and to clients without create_users', async () => {
    const lee = await asUser(server, 'minh.lee@demo.example')
    const client = await server.as('demo', 'system/*.cruds')
    for (const at of [lee, client])
      expect(refusal(await change(at, user, { username: 'x.y' }))).toMatchObject({
        status: 403,
        text: expect.stringMatching(/^Cannot manage this clinic/)
      })
  })

  test.each<[object, number, string | undefined]>([
    [{ email: 'no address' }, 422, 'email'],
    [{ phone: '12' }, 422, 'phone'],
    [{ username: 'x\ny' }, 422, 'username'],
    [{ password: 'short' }, 422, 'password'],
    [{ is_admin: true }, 400, 'is_admin'],
    [{ username: null }, 400, 'username'],
    [{ email: 'minh.lee@demo.example' }, 409, undefined]
  ])('with %j: %i', async (body, status, expression) => {
    const before = await row()
    const { status: got, expression: place } = refusal(await change(garcia, user, body))
    expect([got, place]).toEqual([status, expression])
    expect(await row()).toEqual(before)
    expect(await due()).toEqual([])
  })
})
