/** What users are told of themselves, and what they change of their login. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { ROLES } from '../../src/domain/permissions.js'
import { addUser, asUser, givePassword, PASSWORD, postLogin } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

const GARCIA = 'elena.garcia@demo.example'
let server: TestServer

beforeAll(async () => {
  server = await testServer()
  await givePassword(server, 'garcia', 'lee', 'miller')
}, 60_000)
afterAll(() => server?.close())

const me = (user: TestServer, headers: Record<string, string> = {}) =>
  server.http.get('/me').set({ Authorization: `Bearer ${user.token}`, ...headers })
const change = (user: TestServer, body: object) =>
  server.http.patch('/me').set('Authorization', `Bearer ${user.token}`).send(body)

describe('GET /me', () => {
  test('tells all that an application needs at its start', async () => {
    await server.sql(`update tenants set config = '{"features": {"billing": true}}' where id = 'demo'`)
    const answer = await me(await asUser(server, GARCIA))
    expect(answer.headers['content-type']).toMatch(/^application\/json/)
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        user: {
          id: 'garcia',
          identifier: { system: 'https://locum.example/fhir/sid/user-id', value: 'garcia' },
          username: GARCIA,
          email: GARCIA,
          email_verified: true,
          phone: null,
          notifications: true,
          name: 'Elena García, MD',
          is_admin: false
        },
        memberships: [
          {
            tenant: 't-demo',
            name: 'Demo Clinic Group',
            slug: 'demo',
            active: true,
            role: 'CLINIC_ADMIN',
            status: 'approved',
            disabled: false,
            is_provider: true,
            access_roles: [],
            full_name: 'Elena García, MD',
            practitioner: { reference: 'Practitioner/dr-garcia' },
            practitioner_role: { reference: 'PractitionerRole/dr-garcia-main' }
          }
        ],
        tenant: {
          id: 't-demo',
          name: 'Demo Clinic Group',
          time_zone: 'America/New_York',
          country: 'US',
          role: 'CLINIC_ADMIN'
        },
        practitioner: { reference: 'Practitioner/dr-garcia' },
        permissions: ROLES.CLINIC_ADMIN.scopes.split(' '),
        features: { billing: true }
      }
    ])
    expect(answer.text).not.toMatch(/argon2|hash/)
  })

  test('of a member who is no provider names no practitioner', async () => {
    expect((await me(await asUser(server, 'ruth.miller@demo.example'))).body).toMatchObject({ practitioner: null })
  })

  test('for another tenant of theirs; a foreign one is 403, a client too, nobody 401', async () => {
    const garcia = await asUser(server, GARCIA)
    const north = await me(garcia, { 'X-Tenant': 't-demo-north' })
    expect(north.body).toMatchObject({ tenant: { id: 't-demo-north', role: 'CLINIC_ADMIN' }, practitioner: null })
    for (const tenant of ['t-demo-au', 't-nowhere'])
      expect(refusal(await me(garcia, { 'X-Tenant': tenant }))).toMatchObject({ status: 403 })
    expect((await me(server)).status).toBe(403)
    expect((await server.http.get('/me')).status).toBe(401)
    expect((await server.http.post('/me').send({})).status).toBe(405)
  })
})

describe('POST /me/memberships/{tenant}/accept', () => {
  const accept = (user: TestServer, tenant: string) =>
    server.http.post(`/me/memberships/${tenant}/accept`).set('Authorization', `Bearer ${user.token}`)

  test('turns a pending membership into access, once and for the user alone', async () => {
    await addUser(server, 'invited', 'demo', { status: 'pending' })
    const user = await asUser(server, 'invited')
    expect((await me(user)).body).toMatchObject({ tenant: null, permissions: [], features: {} })
    const [one, two] = await Promise.all([accept(user, 't-demo'), accept(user, 't-demo')])
    expect([one.status, two.status]).toEqual([200, 200])
    expect((await user.get('Location', { 'X-Tenant': 't-demo' })).status).toBe(200)
    expect((await postLogin(server, 'invited')).body).toMatchObject({ tenant: 't-demo' })
  })

  test('of none, a suspended one and a foreign one is refused', async () => {
    await addUser(server, 'twice', 'demo')
    await server.sql(
      `insert into memberships (tenant_id, id, user_id, status) values ('demo-es', 'twice', 'twice', 'suspended')`
    )
    const user = await asUser(server, 'twice')
    expect(refusal(await accept(user, 't-demo-es'))).toMatchObject({ status: 409, code: 'conflict' })
    expect(refusal(await accept(user, 't-demo-au'))).toMatchObject({ status: 404 })
    expect(refusal(await accept(user, 'demo'))).toMatchObject({ status: 400 })
    expect((await accept(server, 't-demo')).status).toBe(403)
  })
})

describe('PATCH /me', () => {
  test('changes name, e-mail and phone together, with a trace and a mail to the new address and to the old one', async () => {
    await addUser(server, 'mover', 'demo')
    await server.sql(`update users set email = 'mover@x.example', email_verified_at = now() where id = 'mover'`)
    const user = await asUser(server, 'mover')
    const sent = { username: 'moved', email: ' Moved@X.example ', phone: '(212) 555-0142', current_password: PASSWORD }
    const answer = await change(user, sent)
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { user: { username: 'moved', email: 'moved@x.example', email_verified: false, phone: '+12125550142' } }
    ])
    expect(await server.sql(`select payload from outbox where payload ->> 'user_id' = 'mover'`)).toHaveLength(2)
    expect(
      await server.sql(`select action, subject, detail from audit_logs where subject = 'mover' and action like 'USER%'`)
    ).toEqual([{ action: 'USER_UPDATED', subject: 'mover', detail: { changed: 'email, phone, username' } }])
    expect((await postLogin(server, 'mover')).status).toBe(401)
    expect((await postLogin(server, 'moved')).status).toBe(200)
    expect((await change(user, { phone: null, current_password: PASSWORD })).body).toMatchObject({
      user: { phone: null }
    })
  })

  test('needs the password, and counts wrong ones', async () => {
    const garcia = await asUser(server, GARCIA)
    expect(refusal(await change(garcia, { phone: '+12125550100' }))).toMatchObject({
      status: 400,
      expression: 'current_password'
    })
    const wrong = { phone: '+12125550100', current_password: 'wrong' }
    for (let n = 0; n < 10; n++) expect(refusal(await change(garcia, wrong))).toMatchObject({ status: 403 })
    expect((await change(garcia, wrong)).status).toBe(429)
    await server.sql('delete from login_attempts')
  })

  test.each([
    [{ email: 'not an address' }, 422, 'email'],
    [{ phone: '12' }, 422, 'phone'],
    [{ username: ' ' }, 422, 'username'],
    [{ username: 'two\nlines' }, 422, 'username'],
    [{ password: 'short' }, 422, 'password'],
    [{ email: 7 }, 400, 'email'],
    [{ is_admin: true }, 400, 'is_admin'],
    [{ id: 'lee' }, 400, 'id']
  ])('%j is refused', async (body, status, expression) => {
    const answer = await change(await asUser(server, GARCIA), { ...body, current_password: PASSWORD })
    expect(refusal(answer)).toMatchObject({ status, expression })
  })

  test('what another has is 409, and changes nothing', async () => {
    const garcia = await asUser(server, GARCIA)
    const taken = { username: 'something-else', email: 'minh.lee@demo.example', current_password: PASSWORD }
    expect(refusal(await change(garcia, taken))).toMatchObject({ status: 409, text: 'Email already in use' })
    expect((await me(garcia)).body).toMatchObject({ user: { username: GARCIA, email: GARCIA } })
  })

  test('a new password ends all sessions', async () => {
    await addUser(server, 'careful', 'demo')
    const [one, other] = [await asUser(server, 'careful'), await asUser(server, 'careful')]
    const answer = await change(one, { password: 'a new and longer one', current_password: PASSWORD })
    expect([answer.status, answer.headers['set-cookie']![0]]).toEqual([204, expect.stringMatching(/Max-Age=0/)])
    for (const session of [one, other]) expect((await session.get('Location')).status).toBe(401)
    for (const session of [one, other]) expect((await me(session)).status).toBe(401)
    expect((await postLogin(server, 'careful')).status).toBe(401)
    expect((await postLogin(server, 'careful', 'a new and longer one')).status).toBe(200)
    expect(server.logged()).not.toContain('a new and longer one')
  })
})
