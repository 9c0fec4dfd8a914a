/** A login that nobody has costs as much as a wrong password: one verification by argon2, whoever it was. */
import { beforeAll, expect, test } from '@jest/globals'
import { hashSecret } from '../../src/auth/index.js'
import { prove, type LoginParts } from '../../src/auth/login.js'
import { secretVerifier, type SecretVerifier } from '../../src/auth/secret.js'
import type { LoginAttempt } from '../../src/store/access.js'

let hash: string
beforeAll(async () => {
  hash = await hashSecret('right')
})

const ATTEMPTS: [string, (stored: string) => LoginAttempt][] = [
  ['a name that nobody has', () => ({ wait: 0 })],
  ['a login without a password', () => user(null)],
  ['a wrong password', user]
]
function user(passwordHash: string | null): LoginAttempt {
  return { wait: 0, user: { id: 'u', passwordHash, disabled: false, unverified: false } }
}

test.each(ATTEMPTS)('%s is verified once, and nothing else is waited for', async (_what, attempt) => {
  let asked = 0
  const never = () => new Promise<never>(() => undefined)
  const doors = { beginLogin: async () => attempt(hash), me: never, endLogin: never } as unknown as LoginParts['doors']
  const secrets: SecretVerifier = { matches: async () => asked++ < 0 }
  const claimed = { username: 'u', password: 'wrong', address: '' }
  expect(await prove({ doors, secrets, attempts: 5, lockout: 60 }, claimed)).toBeUndefined()
  expect(asked).toBe(1)
})

// By turns, and in the middle: what else the machine does hits both alike.
test('without a stored hash a verification takes as long as with one', async () => {
  const secrets = secretVerifier(() => new Date())
  const times: [known: number[], unknown: number[]] = [[], []]
  for (let n = 0; n < 31; n++)
    for (const [index, stored] of [hash, undefined].entries()) {
      const start = performance.now()
      expect(await secrets.matches(`wrong ${n}`, stored)).toBe(false)
      times[index]!.push(performance.now() - start)
    }
  const [known, unknown] = times.map(each => each.sort((a, b) => a - b)[15]!) as [number, number]
  // A decoy that is left out takes a hundredth of it.
  expect(unknown / known).toBeGreaterThan(0.2)
  expect(unknown / known).toBeLessThan(5)
})
