/**
 * Tokens of issuers that the operator trusts (TRUSTED_ISSUERS): verified by the keys that they publish, and turned into a
 * user or client of ours. https://www.rfc-editor.org/rfc/rfc9068
 */
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose'
import type { AccessDoors } from '../store/access.js'
import type { SystemStore } from '../store/ports.js'
import { unauthorized } from './challenge.js'
import { isLive } from './login.js'
import type { RemoteKeys } from './remote-keys.js'
import { grant, permit } from './scopes.js'
import type { Principal } from './verify.js'

export interface TrustedIssuer {
  /** Claim `iss`. */
  issuer: string
  /** Where its keys are. */
  jwks: string
  /** Claim `aud`, one of them. */
  audience: string
  /** Seconds that the clocks may differ. */
  skew: number
  /** Whom the subject names: a login, a verified e-mail, a number at a sign-on facility (P6), or a client. */
  subject: 'username' | 'email' | 'client' | `facility:${string}`
  /** The claim that names it. */
  claim: string
}

export interface TrustParts {
  issuers: readonly TrustedIssuer[]
  keys: RemoteKeys
  doors: Pick<SystemStore, 'client'> & Pick<AccessDoors, 'usersSignedOn' | 'me'>
  clock: () => Date
}

/** Signatures only: with an algorithm of shared secrets, a public key could be taken for one. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** The trusted issuer that a token claims to be from; nothing is proved yet. */
export function trustedIssuer(issuers: readonly TrustedIssuer[], token: string): TrustedIssuer | undefined {
  if (issuers.length === 0) return undefined
  try {
    const { iss } = decodeJwt(token)
    return issuers.find(({ issuer }) => issuer === iss)
  } catch {
    return undefined
  }
}

/** Throws FhirError 401. */
export async function verifyTrusted(parts: TrustParts, trusted: TrustedIssuer, token: string): Promise<Principal> {
  const payload = await verified(parts, trusted, token)
  const named = payload[trusted.claim]
  if (typeof named !== 'string' || named === '' || named.length > 1000) throw refused()
  const common = {
    epoch: payload.iat!,
    expiresAt: payload.exp!,
    session: `${trusted.issuer} ${payload.jti ?? `${named} ${payload.iat!}`}`
  }
  if (trusted.subject === 'client') return { ...(await clientOf(parts, named, payload)), ...common }
  return { ...(await userOf(parts, trusted.subject, named)), ...common }
}

async function verified({ keys, clock }: TrustParts, trusted: TrustedIssuer, token: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys(trusted.jwks), {
      algorithms: ALGORITHMS,
      issuer: trusted.issuer,
      audience: trusted.audience,
      clockTolerance: trusted.skew,
      requiredClaims: ['exp', 'iat', trusted.claim],
      currentDate: clock()
    })
    if (payload.iat! > clock().getTime() / 1000 + trusted.skew) throw refused()
    return payload
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw unauthorized('expired', 'The access token has expired: ask for a new one')
    if (error instanceof errors.JOSEError || error instanceof TypeError) throw refused()
    throw error
  }
}

/** A client keeps to the scopes that it is registered with. */
async function clientOf({ doors }: TrustParts, id: string, { scope }: JWTPayload) {
  const client = await doors.client(id)
  if (!client || client.disabled) throw refused()
  const granted = grant(typeof scope === 'string' ? scope : client.scopes, client.scopes)
  return { kind: 'client' as const, subject: client.id, tenant: client.tenant, permit: permit(granted) }
}

async function userOf({ doors }: TrustParts, subject: Exclude<TrustedIssuer['subject'], 'client'>, named: string) {
  const [kind, facility = ''] = subject.split(':') as ['username' | 'email' | 'facility', string | undefined]
  const [id, another] = await doors.usersSignedOn(kind, facility, named)
  const me = id === undefined || another !== undefined ? undefined : await doors.me(id)
  if (!me) throw refused()
  const tenant = me.memberships.find(isLive)?.tenant ?? ''
  return { kind: 'user' as const, subject: me.id, tenant, permit: permit('') }
}

/** One text for all: whether there is such a user is not told. */
const refused = () => unauthorized('unknown', 'The access token is not valid here')
