import { beforeEach, describe, expect, test } from '@jest/globals'
import {
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey
} from 'jose'
import { openAuth, type Auth } from '../../src/auth/index.js'
import { addClient, memorySystem, SESSIONS, testClock, type MemorySystem } from './memory-system.js'

const ORIGIN = 'https://locum.test'
const BASE = `${ORIGIN}/fhir/R4`

let system: MemorySystem
let auth: Auth
let clock: ReturnType<typeof testClock>
let token: string

const open = (over: MemorySystem, origin = ORIGIN) =>
  openAuth({ ...SESSIONS, system: over, origin, base: `${origin}/fhir/R4`, tokenTtl: 300, clock })
const issue = async (from: Auth) => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'demo',
    client_secret: 'demo-secret'
  })
  return (await from.issueToken({ authorization: undefined, form })).access_token
}
const present = (text: string) => auth.authenticate(`Bearer ${text}`)
const refusal = (code: string) => ({
  status: 401,
  issues: [expect.objectContaining({ code })],
  headers: { 'WWW-Authenticate': expect.stringContaining('error="invalid_token"') }
})
const header = (fields: object) => Buffer.from(JSON.stringify(fields)).toString('base64url')

beforeEach(async () => {
  system = memorySystem()
  clock = testClock()
  await addClient(system, { id: 'demo', secret: 'demo-secret' })
  auth = await open(system)
  token = await issue(auth)
})

test('a token carries its claims and the name of its key', () => {
  const claims = decodeJwt(token)
  expect(claims).toMatchObject({
    iss: ORIGIN,
    aud: BASE,
    sub: 'demo',
    tenant: 'demo',
    scope: 'system/*.cruds create_users'
  })
  expect(claims.exp! - claims.iat!).toBe(300)
  expect(claims.jti).toMatch(/^[0-9a-f-]{36}$/)
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: system.keys[0]!.kid })
})

test('a restart and a second process accept it: the key is kept', async () => {
  const again = await open(system)
  await expect(again.authenticate(`Bearer ${token}`)).resolves.toMatchObject({ subject: 'demo' })
  expect(system.keys).toHaveLength(1)
})

test('a key that another process adds is found, and made-up names of keys cost no query', async () => {
  let queries = 0
  const counted = { ...system, signingKeys: async () => (queries++, [...system.keys]) }
  const other = await open(counted)
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  system.keys.unshift({ ...(await exportJWK(privateKey)), kid: 'rotated' })
  const rotated = await issue(await open(system))
  clock.forward(6)
  await expect(other.authenticate(`Bearer ${rotated}`)).resolves.toMatchObject({ subject: 'demo' })
  const after = queries
  for (const kid of ['x1', 'x2', 'x3']) {
    const made = `${header({ alg: 'ES256', typ: 'at+jwt', kid })}.${token.split('.')[1]}.${token.split('.')[2]}`
    await expect(other.authenticate(`Bearer ${made}`)).rejects.toMatchObject(refusal('unknown'))
  }
  expect(queries).toBe(after)
})

test('it is accepted until it expires, also when it was remembered', async () => {
  await present(token)
  clock.forward(299)
  await expect(present(token)).resolves.toMatchObject({ tenant: 'demo' })
  clock.forward(2)
  await expect(present(token)).rejects.toMatchObject(refusal('expired'))
})

test('without a token the challenge names no error', async () => {
  for (const value of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b']) {
    await expect(auth.authenticate(value)).rejects.toMatchObject({
      status: 401,
      issues: [expect.objectContaining({ code: 'login' })],
      headers: { 'WWW-Authenticate': 'Bearer realm="locum"' }
    })
  }
})

describe('refused as invalid', () => {
  const sign = (key: CryptoKey | Uint8Array, protectedHeader: object, claims: object = {}) =>
    new SignJWT({ ...decodeJwt(token), ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: system.keys[0]!.kid as string, ...protectedHeader })
      .sign(key)
  const ourKey = async () => (await importJWK(system.keys[0]!, 'ES256')) as CryptoKey
  const publicPart = async () => {
    const { d: _d, ...rest } = system.keys[0]! as Record<string, string>
    return (await importJWK(rest, 'ES256', { extractable: true })) as CryptoKey
  }

  test('the sender of these refusals could otherwise make a good token', async () => {
    await expect(present(await sign(await ourKey(), {}))).resolves.toMatchObject({ subject: 'demo' })
  })

  test.each<[string, () => Promise<string>]>([
    ['rubbish', async () => 'rubbish'],
    [
      'a changed payload',
      async () => token.replace(/\.[^.]+\./, `.${header({ ...decodeJwt(token), tenant: 'other' })}.`)
    ],
    ['a changed signature', async () => token.slice(0, -4) + (token.endsWith('AAAA') ? 'BBBB' : 'AAAA')],
    ['a cut signature', async () => token.slice(0, token.lastIndexOf('.') + 1)],
    ['alg none', async () => `${header({ alg: 'none', typ: 'at+jwt' })}.${token.split('.')[1]}.`],
    [
      'the public key as HMAC secret',
      async () => sign(Buffer.from(await exportSPKI(await publicPart())), { alg: 'HS256' })
    ],
    ['a key of another server', async () => issue(await open(await foreign()))],
    [
      'a key brought along',
      async () => {
        const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
        return sign(privateKey, { jwk: await exportJWK(publicKey) })
      }
    ],
    ['another issuer', async () => sign(await ourKey(), {}, { iss: 'https://elsewhere.test' })],
    ['another audience', async () => sign(await ourKey(), {}, { aud: 'https://elsewhere.test/fhir/R4' })],
    ['another type of JWT', async () => sign(await ourKey(), { typ: 'JWT' })],
    ['no tenant', async () => sign(await ourKey(), {}, { tenant: undefined })],
    ['no expiry', async () => sign(await ourKey(), {}, { exp: undefined })],
    ['no kid', async () => sign(await ourKey(), { kid: undefined })]
  ])('%s', async (_what, make) => {
    await expect(present(await make())).rejects.toMatchObject(refusal('unknown'))
  })

  async function foreign(): Promise<MemorySystem> {
    const other = memorySystem()
    await addClient(other, { id: 'demo', secret: 'demo-secret' })
    return other
  }
})
