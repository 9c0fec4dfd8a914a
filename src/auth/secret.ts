/**
 * Client secrets: stored as argon2id, because operators choose their own and a leaked table of fast hashes would give weak
 * ones away. A verification costs about 10 ms of a core, and busy clients ask for tokens often, so a success is remembered
 * for a minute, under a keyed hash that is worth nothing outside this process.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { LRUCache } from 'lru-cache'

const REMEMBER_MS = 60_000
/** argon2id is the library's default. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The text to store for a secret. */
export const hashSecret = (secret: string): Promise<string> => hash(secret, COST)

export interface SecretVerifier {
  /** Whether `secret` is the one stored as `stored`. Without `stored` (no such client) it is false and takes as long. */
  matches(secret: string, stored: string | null | undefined): Promise<boolean>
}

/** `clock` gives the time for forgetting. */
export function secretVerifier(clock: () => Date): SecretVerifier {
  const key = randomBytes(32)
  const known = new LRUCache<string, true>({
    max: 1000,
    ttl: REMEMBER_MS,
    ttlResolution: 0,
    perf: { now: () => clock().getTime() }
  })
  const decoy = hashSecret(randomBytes(16).toString('hex'))
  return {
    async matches(secret, stored) {
      // The stored hash is part of the key: a changed secret counts at once.
      const print = createHmac('sha256', key).update(`${stored}\0${secret}`).digest('base64')
      if (known.has(print)) return true
      const right = await verify(stored ?? (await decoy), secret)
      if (!right || !stored) return false
      known.set(print, true)
      return true
    }
  }
}
