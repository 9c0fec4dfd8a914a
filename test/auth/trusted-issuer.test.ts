/** Tokens of a trusted issuer: whom they speak for, and which are refused. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { exportSPKI, generateKeyPair, type JWTPayload } from 'jose'
import { keyServer, type KeyServer } from '../support/key-server.js'
import { addUser } from '../support/login.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

const AUDIENCE = 'https://locum.example'
let server: TestServer
const idp = {} as Record<'login' | 'email' | 'sso' | 'client', KeyServer>
const now = () => Math.floor(Date.now() / 1000)

beforeAll(async () => {
  const subjects = { login: 'username', email: 'email', sso: 'facility:sso', client: 'client' } as const
  const issuers = []
  for (const [name, subject] of Object.entries(subjects)) {
    const made = await keyServer(name === 'sso' ? 'RS256' : 'ES256')
    idp[name as keyof typeof idp] = made
    issuers.push({ issuer: `https://${name}.example`, jwks: made.url, audience: AUDIENCE, subject })
  }
  server = await testServer({ environment: { TRUSTED_ISSUERS: JSON.stringify(issuers) } })
  await server.sql(`insert into practitioner_identifiers
      (tenant_id, practitioner_id, position, value, type_system, type_code, assigner_type, assigner_id)
    values ('demo', 'dr-lee', 9, 'U-7', 'http://terminology.hl7.org/CodeSystem/v2-0203', 'PRN', 'Organization', 'f-sso')`)
}, 60_000)
afterAll(async () => {
  await Promise.all(Object.values(idp).map(each => each.close()))
  await server?.close()
})

const token = (name: keyof typeof idp, claims: JWTPayload, header = {}) =>
  idp[name].sign({ iss: `https://${name}.example`, aud: AUDIENCE, iat: now(), exp: now() + 60, ...claims }, header)
const get = async (text: string, path = 'Location') => server.withToken(text).get(path)
const GARCIA = { preferred_username: 'elena.garcia@demo.example' }

describe('a token speaks for', () => {
  test('the user of that login, with the role of the membership', async () => {
    const user = server.withToken(await token('login', GARCIA))
    expect((await user.post('Location', { resourceType: 'Location', name: 'Signed on' })).status).toBe(201)
    const [row] = await server.sql(`select subject from audit_logs where action = 'LOCATION_CREATED'`)
    expect(row).toEqual({ subject: 'garcia' })
  })

  test('the user of that verified e-mail address only', async () => {
    expect((await get(await token('email', { email: 'minh.lee@demo.example' }))).status).toBe(200)
    await server.sql(`update users set email_verified_at = null where id = 'miller'`)
    expect((await get(await token('email', { email: 'ruth.miller@demo.example' }))).status).toBe(401)
  })

  test('the user with that number at the sign-on facility (P6)', async () => {
    const me = await server.http.get('/me').set('Authorization', `Bearer ${await token('sso', { sub: 'U-7' })}`)
    expect(me.body).toMatchObject({ user: { id: 'lee' }, tenant: { id: 't-demo', role: 'STAFF' } })
    expect((await get(await token('sso', { sub: 'U-8' }))).status).toBe(401)
  })

  test('the user of the tenant nearest to the facility, when one below it gave the number away again', async () => {
    await addUser(server, 'other', 'demo-north')
    await server.sql(
      `insert into practitioners (tenant_id, id, status, membership_id) values ('demo-north', 'dr-other', 'active', 'other')`
    )
    const give = (tenant: string, practitioner: string, number: string) =>
      server.sql(
        `insert into practitioner_identifiers
           (tenant_id, practitioner_id, position, value, type_system, type_code, assigner_type, assigner_id)
         values ($1, $2, $4, $3, 'http://terminology.hl7.org/CodeSystem/v2-0203', 'PRN', 'Organization', 'f-sso')`,
        [tenant, practitioner, number, Number(number.slice(2)) + 10]
      )
    await give('demo', 'dr-lee', 'U-17')
    await give('demo-north', 'dr-other', 'U-17')
    await give('demo-north', 'dr-other', 'U-18')
    const me = async (sub: string) =>
      (await server.http.get('/me').set('Authorization', `Bearer ${await token('sso', { sub })}`)).body as object
    expect(await me('U-17')).toMatchObject({ user: { id: 'lee' } })
    expect(await me('U-18')).toMatchObject({ user: { id: 'other' } })
  })

  test('the client, as far as its scopes go', async () => {
    const whole = await token('client', { sub: 'demo' })
    expect((await get(whole)).status).toBe(200)
    const less = server.withToken(await token('client', { sub: 'demo', scope: 'system/Slot.rs system/Nothing.x' }))
    expect((await less.get('Location')).status).toBe(403)
    expect((await less.get('Slot?_count=1')).status).toBe(200)
    expect((await get(await token('client', { sub: 'nobody' }))).status).toBe(401)
  })
})

describe('refused with 401:', () => {
  test.each<[string, JWTPayload]>([
    ['expired', { exp: now() - 60 }],
    ['for somebody else', { aud: 'https://elsewhere.example' }],
    ['from the future', { iat: now() + 600 }],
    ['without exp', { exp: undefined }],
    ['without iat', { iat: undefined }],
    ['of nobody', { preferred_username: 'nobody' }],
    ['without a name', { preferred_username: undefined }],
    ['whose name is no text', { preferred_username: ['elena.garcia@demo.example'] }],
    ['of an issuer that is not trusted', { iss: 'https://evil.example' }],
    ['of another trusted issuer', { iss: 'https://email.example' }]
  ])('one that is %s', async (_what, claims) => {
    expect(refusal(await get(await token('login', { ...GARCIA, ...claims })))).toMatchObject({ status: 401 })
  })

  test('one of another key, of alg none, and one signed with the public key as a secret', async () => {
    const right = await token('login', GARCIA)
    const [, payload, signature] = right.split('.')
    const head = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')
    const { privateKey } = await generateKeyPair('ES256')
    const claims = { iss: 'https://login.example', aud: AUDIENCE, iat: now(), exp: now() + 60, ...GARCIA }
    const secret = new TextEncoder().encode(await exportSPKI(idp.login.publicKey))
    for (const text of [
      await idp.login.sign(claims, {}, privateKey),
      `${head({ alg: 'none' })}.${payload}.`,
      `${head({ alg: 'ES256', kid: 'k9' })}.${payload}.${signature}`,
      await idp.login.sign(claims, { alg: 'HS256' }, secret as never)
    ])
      expect(refusal(await get(text))).toMatchObject({ status: 401, code: 'unknown' })
    expect((await get(right)).status).toBe(200)
  })

  test('a user who was disabled, at once', async () => {
    const text = await token('login', { preferred_username: 'minh.lee@demo.example' })
    expect((await get(text)).status).toBe(200)
    await server.sql(`select app.revoke('lee', $1)`, [now()])
    expect((await get(text)).status).toBe(401)
  })
})

test('keys are fetched once', async () => {
  for (let n = 0; n < 3; n++) expect((await get(await token('client', { sub: 'demo', jti: `j${n}` }))).status).toBe(200)
  expect(idp.client.asked()).toBe(1)
})
