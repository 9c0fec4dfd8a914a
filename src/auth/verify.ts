/** Verifies access tokens of ours; a verified one is remembered by its whole text until it expires. */
import { errors, jwtVerify, type JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { SIGNING_ALG, type Keyring } from './keyring.js'
import { unauthorized } from './challenge.js'
import { permit, type Permit } from './scopes.js'
import { ACCESS_TOKEN_TYPE, type Parties } from './sign.js'
import { trustedIssuer, verifyTrusted, type TrustParts } from './trusted-issuer.js'

/** Who a token speaks for. */
export interface Principal {
  kind: 'client' | 'user'
  subject: string
  /** '' for a user who has no tenant yet. */
  tenant: string
  /** Of a client: a user's comes from the membership, with each request. */
  permit: Permit
  /** When the token was issued, and when it ends: seconds since 1970. */
  epoch: number
  expiresAt: number
  /** Name of the token itself. */
  session: string
}

export type VerifyToken = (token: string) => Promise<Principal>

const REMEMBERED = 10_000
/** Whom a foreign subject names is looked up again after so many milliseconds. */
const REVISITED = 30_000

/**
 * The function that turns the text of a token into its principal. It throws FhirError 401: `expired`, or `unknown` for
 * everything else. One algorithm is allowed and keys are found by name among our own, so `alg: none`, a public key used as
 * an HMAC secret and keys brought along in the header (`jwk`, `jku`, `x5u`) lead nowhere.
 */
export function tokenVerifier(
  keyring: Keyring,
  { issuer, audience }: Parties,
  clock: () => Date,
  trust: TrustParts
): VerifyToken {
  const verified = new LRUCache<string, { principal: Principal; expiresAt: number }>({ max: REMEMBERED })

  return async token => {
    const known = verified.get(token)
    if (known && known.expiresAt > clock().getTime()) return known.principal
    const trusted = trustedIssuer(trust.issuers, token)
    if (trusted) {
      const principal = await verifyTrusted(trust, trusted, token)
      verified.set(token, { principal, expiresAt: Math.min(principal.expiresAt * 1000, clock().getTime() + REVISITED) })
      return principal
    }
    const payload = await verifyJwt(token, {
      algorithms: [SIGNING_ALG],
      typ: ACCESS_TOKEN_TYPE,
      issuer,
      audience,
      requiredClaims: ['sub', 'tenant', 'scope', 'exp', 'iat', 'jti'],
      currentDate: clock()
    })
    const principal = toPrincipal(payload)
    verified.set(token, { principal, expiresAt: payload.exp! * 1000 })
    return principal
  }

  async function verifyJwt(token: string, options: Parameters<typeof jwtVerify>[2]): Promise<JWTPayload> {
    try {
      const findKey = async ({ kid }: { kid?: string }) => (kid && (await keyring.publicKey(kid))) || refuseKey()
      return (await jwtVerify(token, findKey, options)).payload
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw unauthorized('expired', 'The access token has expired: ask for a new one')
      if (error instanceof errors.JOSEError) throw unauthorized('unknown', 'The access token is not valid here')
      throw error
    }
  }
}

function refuseKey(): never {
  throw new errors.JWKSNoMatchingKey()
}

function toPrincipal({ sub, tenant, scope, kind, iat, exp, jti }: JWTPayload): Principal {
  return {
    kind: kind === 'user' ? 'user' : 'client',
    subject: String(sub),
    tenant: String(tenant),
    permit: permit(kind === 'user' ? '' : String(scope)),
    epoch: iat!,
    expiresAt: exp!,
    session: jti!
  }
}
