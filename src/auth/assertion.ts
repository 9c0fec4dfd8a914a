/**
 * Clients that prove themselves by a signed assertion (private_key_jwt).
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
import { createHash } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'
import type { Client } from '../store/ports.js'
import { OAuthError } from './oauth-error.js'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384']
/** Longest life that an assertion may claim, and the clock skew forgiven, in seconds. */
const MAX_LIFE = 300
const SKEW = 10
const REMEMBERED = 100_000

/** Remembers the assertions that were used, until they expire. */
export interface ReplayGuard {
  /** False when this `jti` of this client was used before. `expiresAt` in seconds since 1970. */
  firstUse(client: string, jti: string, expiresAt: number): boolean
}

/** A guard for one process. A full memory refuses: forgetting a live one would let it be used again. */
export function memoryReplayGuard(clock: () => Date, limit = REMEMBERED): ReplayGuard {
  const used = new Map<string, number>()
  return {
    firstUse(client, jti, expiresAt) {
      const now = clock().getTime() / 1000
      const key = createHash('sha256')
        .update(JSON.stringify([client, jti]))
        .digest('base64')
      const until = used.get(key)
      if (until !== undefined && until > now) return false
      if (used.size >= limit) for (const [other, end] of used) if (end <= now) used.delete(other)
      if (used.size >= limit) return false
      used.set(key, expiresAt + SKEW)
      return true
    }
  }
}

/** Id of the client that an assertion claims to be from; nothing is proved yet. Undefined when it is unreadable. */
export function claimedClient(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss
  } catch {
    return undefined
  }
}

/** Throws OAuthError `invalid_client` unless the client signed the assertion for this token endpoint, just now, once. */
export async function verifyAssertion(
  assertion: string,
  client: Client,
  { tokenUrl, guard, now }: { tokenUrl: string; guard: ReplayGuard; now: Date }
): Promise<void> {
  const { exp, jti } = await verifySignature(assertion, client, tokenUrl, now)
  if (exp! > now.getTime() / 1000 + MAX_LIFE + SKEW) throw refused(`exp is more than ${MAX_LIFE} seconds ahead`)
  if (typeof jti !== 'string' || jti === '') throw refused('jti must be a text')
  if (!guard.firstUse(client.id, jti, exp!)) throw refused('it was used before (jti)')
}

async function verifySignature(assertion: string, client: Client, audience: string, now: Date): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks as JSONWebKeySet), {
      algorithms: ASSERTION_ALGORITHMS,
      issuer: client.id,
      subject: client.id,
      audience,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: SKEW,
      currentDate: now
    })
    return payload
  } catch (error) {
    // Claims are looked at after the signature: only the owner of the key learns which one is wrong.
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
      throw refused(error.message)
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      throw refused('its signature does not match a registered key (alg RS384 or ES384, kid)')
    throw error
  }
}

const refused = (why: string) => new OAuthError('invalid_client', `client_assertion: ${why}`)
