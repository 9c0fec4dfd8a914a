import { beforeEach, describe, expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { openAuth, type Auth } from '../../src/auth/index.js'
import { addClient, memorySystem, SESSIONS, testClock, type MemorySystem } from './memory-system.js'

const ORIGIN = 'https://locum.test'
const BASE = `${ORIGIN}/fhir/R4`
const TOKEN_URL = `${ORIGIN}/oauth/token`
const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

let system: MemorySystem
let auth: Auth
let clock: ReturnType<typeof testClock>

beforeEach(async () => {
  system = memorySystem()
  clock = testClock()
  auth = await openAuth({ ...SESSIONS, system, origin: ORIGIN, base: BASE, tokenTtl: 300, clock })
})

const ask = (form: Record<string, string> | [string, string][], authorization?: string) =>
  auth.issueToken({ authorization, form: new URLSearchParams(form) })
const grantForm = { grant_type: 'client_credentials' }
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

describe('client secrets', () => {
  beforeEach(() => addClient(system, { id: 'demo', secret: 'demo-secret' }))

  test('by form: a token for the scopes asked for, which authenticates', async () => {
    const answer = await ask({ ...grantForm, client_id: 'demo', client_secret: 'demo-secret', scope: 'system/*.rs' })
    expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 300, scope: 'system/*.rs' })
    const principal = await auth.authenticate(`Bearer ${answer.access_token}`)
    expect(principal).toMatchObject({ subject: 'demo', tenant: 'demo' })
    expect(principal.permit.may('Slot', 's')).toBe(true)
    expect(principal.permit.may('Slot', 'c')).toBe(false)
  })

  test('by Basic, form-encoded; without scope all that is registered', async () => {
    await addClient(system, { id: 'a:b', secret: 'p+ %é' })
    const answer = await ask(grantForm, basic('a%3Ab:p%2B+%25%C3%A9'))
    expect(answer.scope).toBe('system/*.cruds create_users')
  })

  test('a success is remembered, but not past a changed secret or a disabled client', async () => {
    const right = { ...grantForm, client_id: 'demo', client_secret: 'demo-secret' }
    await ask(right)
    await addClient(system, { id: 'demo', secret: 'other' })
    await expect(ask(right)).rejects.toMatchObject({ code: 'invalid_client' })
    await addClient(system, { id: 'demo', secret: 'demo-secret', disabled: true })
    await expect(ask(right)).rejects.toMatchObject({ code: 'invalid_client', status: 401 })
  })

  test('unknown client and wrong secret are told apart by nothing', async () => {
    const unknown = await ask({ ...grantForm, client_id: 'nobody', client_secret: 'x' }).catch((e: Error) => e)
    const wrong = await ask({ ...grantForm, client_id: 'demo', client_secret: 'x' }).catch((e: Error) => e)
    expect(unknown).toMatchObject({ code: 'invalid_client', status: 401 })
    expect(wrong).toEqual(unknown)
  })

  test('a client without a secret has none to guess', async () => {
    await addClient(system, { id: 'keys-only' })
    await expect(ask({ ...grantForm, client_id: 'keys-only', client_secret: 'null' })).rejects.toMatchObject({
      code: 'invalid_client'
    })
  })

  test.each<[string, [string, string][], string | undefined, string]>([
    ['no grant_type', [['client_id', 'demo']], undefined, 'invalid_request'],
    ['another grant_type', [['grant_type', 'password']], undefined, 'unsupported_grant_type'],
    ['no credentials', [['grant_type', 'client_credentials']], undefined, 'invalid_client'],
    ['a broken Authorization header', [['grant_type', 'client_credentials']], 'Basic !', 'invalid_client'],
    ['bad encoding in it', [['grant_type', 'client_credentials']], basic('demo:%zz'), 'invalid_client'],
    [
      'two ways at once',
      [
        ['grant_type', 'client_credentials'],
        ['client_secret', 'demo-secret']
      ],
      basic('demo:demo-secret'),
      'invalid_request'
    ],
    [
      'a parameter twice',
      [
        ['grant_type', 'client_credentials'],
        ['scope', 'a'],
        ['scope', 'b']
      ],
      basic('demo:demo-secret'),
      'invalid_request'
    ],
    [
      'no scope that is registered',
      [
        ['grant_type', 'client_credentials'],
        ['scope', 'create_tenants']
      ],
      basic('demo:demo-secret'),
      'invalid_scope'
    ]
  ])('%s', async (_what, form, authorization, code) => {
    await expect(ask(form, authorization)).rejects.toMatchObject({ code })
  })
})

describe('signed assertions', () => {
  let key: CryptoKey
  const now = () => Math.floor(clock().getTime() / 1000)

  interface Changes {
    alg?: string
    kid?: string
    claims?: Record<string, unknown>
    key?: CryptoKey | Uint8Array
  }
  const assertion = ({ alg = 'ES384', kid = 'k1', claims, key: other }: Changes = {}) =>
    new SignJWT({ iss: 'backend', sub: 'backend', aud: TOKEN_URL, exp: now() + 200, jti: 'j1', ...claims })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .sign(other ?? key)
  const send = (client_assertion: string) => ask({ ...grantForm, client_assertion_type: ASSERTION, client_assertion })

  async function register(alg: string): Promise<void> {
    const pair = await generateKeyPair(alg, { extractable: true })
    key = pair.privateKey
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg }
    await addClient(system, { id: 'backend', jwks: { keys: [jwk] }, scopes: 'system/Slot.rs' })
  }
  beforeEach(() => register('ES384'))

  test('ES384 and RS384 give a token', async () => {
    expect((await send(await assertion())).scope).toBe('system/Slot.rs')
    await register('RS384')
    expect((await send(await assertion({ alg: 'RS384', claims: { jti: 'j2' } }))).scope).toBe('system/Slot.rs')
  })

  test('the same assertion twice is refused, and its jti again after it was reused is too', async () => {
    const used = await assertion()
    await send(used)
    await expect(send(used)).rejects.toMatchObject({ code: 'invalid_client', message: expect.stringContaining('jti') })
    await expect(send(await assertion({ claims: { exp: now() + 100 } }))).rejects.toMatchObject({
      code: 'invalid_client'
    })
    await expect(send(await assertion({ claims: { jti: 'j2' } }))).resolves.toBeDefined()
  })

  test.each<[string, Changes]>([
    ['expired', { claims: { exp: Date.parse('2026-03-02T09:59:00Z') / 1000 } }],
    ['too far ahead', { claims: { exp: Date.parse('2026-03-02T10:10:00Z') / 1000 } }],
    ['no exp', { claims: { exp: undefined } }],
    ['no jti', { claims: { jti: undefined } }],
    ['an empty jti', { claims: { jti: '' } }],
    ['for another server', { claims: { aud: 'https://elsewhere.test/token' } }],
    ['sub is not iss', { claims: { sub: 'demo' } }],
    ['from a client that is unknown', { claims: { iss: 'nobody', sub: 'nobody' } }],
    ['a kid that is not registered', { kid: 'k2' }],
    ['HMAC with a text as key', { alg: 'HS384', key: new TextEncoder().encode('x'.repeat(48)) }]
  ])('refused: %s', async (_what, changes) => {
    await expect(send(await assertion(changes))).rejects.toMatchObject({ code: 'invalid_client', status: 401 })
  })

  test('refused: signed by another key, alg none, no JWT, wrong type, another client_id', async () => {
    const { privateKey } = await generateKeyPair('ES384')
    const [, payload] = (await assertion()).split('.')
    const none = `${Buffer.from('{"alg":"none","kid":"k1"}').toString('base64url')}.${payload}.`
    for (const text of [await assertion({ key: privateKey }), none, 'rubbish']) {
      await expect(send(text)).rejects.toMatchObject({ code: 'invalid_client' })
    }
    const client_assertion = await assertion()
    await expect(ask({ ...grantForm, client_assertion })).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(
      ask({ ...grantForm, client_assertion_type: ASSERTION, client_assertion, client_id: 'demo' })
    ).rejects.toMatchObject({ code: 'invalid_client' })
  })
})
