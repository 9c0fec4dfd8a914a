/**
 * Clients that prove themselves by a signed assertion (private_key_jwt).
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
import { createHash } from 'node:crypto'
import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey
} from 'jose'
import type { AccessDoors } from '../store/access.js'
import type { Client } from '../store/ports.js'
import { OAuthError } from './oauth-error.js'
import type { RemoteKeys } from './remote-keys.js'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
export const ASSERTION_ALGORITHMS = ['RS384', 'ES384']
/** Longest life that an assertion may claim, and the clock skew forgiven, in seconds. */
const MAX_LIFE = 300
const SKEW = 10

/** What an assertion is verified with. */
export interface AssertionParts {
  /** URL of the token endpoint: the audience. */
  tokenUrl: string
  doors: Pick<AccessDoors, 'useAssertion'>
  keys: RemoteKeys
  now: Date
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
  { tokenUrl, doors, keys, now }: AssertionParts
): Promise<void> {
  const { exp, jti } = await verifySignature(assertion, client, keys, tokenUrl, now)
  if (exp! > now.getTime() / 1000 + MAX_LIFE + SKEW) throw refused(`exp is more than ${MAX_LIFE} seconds ahead`)
  if (typeof jti !== 'string' || jti === '') throw refused('jti must be a text')
  if (!(await doors.useAssertion(printOf(client.id, jti), exp! + SKEW))) throw refused('it was used before (jti)')
}

/** What the database remembers of an assertion, so that no process takes it again. */
const printOf = (client: string, jti: string): string =>
  createHash('sha256')
    .update(JSON.stringify([client, jti]))
    .digest('base64')

async function verifySignature(
  assertion: string,
  client: Client,
  keys: RemoteKeys,
  audience: string,
  now: Date
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(assertion, keysOf(client, keys), {
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
    if (error instanceof errors.JWKSTimeout) throw refused('the keys of the client could not be fetched in time')
    if (error instanceof errors.JOSEError || error instanceof TypeError || error instanceof DOMException)
      throw refused('its signature does not match a registered key (alg RS384 or ES384, kid)')
    throw error
  }
}

/** Registered keys, else those that the client publishes. */
const keysOf = ({ jwks, jwksUri }: Client, keys: RemoteKeys): JWTVerifyGetKey =>
  jwks || !jwksUri ? createLocalJWKSet(jwks as JSONWebKeySet) : keys(jwksUri)

const refused = (why: string) => new OAuthError('invalid_client', `client_assertion: ${why}`)
