/** Who is it, which tenant, may they. */
import type { AccessDoors, Trail } from '../store/access.js'
import type { SystemStore } from '../store/ports.js'
import { admit, type Admission } from './admit.js'
import { authenticate } from './authenticate.js'
import { openKeyring } from './keyring.js'
import { login, prove, type Claimed, type LoginAnswer, type LoginRequest } from './login.js'
import { secretVerifier } from './secret.js'
import { issueToken, type TokenRequest, type TokenResponse } from './token-endpoint.js'
import { remoteKeys } from './remote-keys.js'
import type { TrustedIssuer } from './trusted-issuer.js'
import { tokenVerifier, type Principal } from './verify.js'

export { ASSERTION_ALGORITHMS } from './assertion.js'
export { rolePermit } from './admit.js'
export { INSUFFICIENT_SCOPE, INVALID_TOKEN, unauthorized } from './challenge.js'
export { isLive, type Claimed } from './login.js'
export { OAuthError } from './oauth-error.js'
export { isScope, PLAIN_SCOPES } from './scopes.js'
export { hashSecret } from './secret.js'
export { isKeyUrl } from './remote-keys.js'
export type { Admission } from './admit.js'
export type { Permit } from './scopes.js'
export type { TrustedIssuer } from './trusted-issuer.js'
export type { Principal } from './verify.js'

export interface Auth {
  /** Throws OAuthError. */
  issueToken(request: TokenRequest): Promise<TokenResponse>
  /** Throws FhirError 401. */
  authenticate(authorization: string | undefined): Promise<Principal>
  /** Tenant of a request, and what it may do there; throws FhirError 400, 401 or 403. */
  admit(principal: Principal, header: string | undefined): Promise<Admission>
  /** Throws FhirError 401, 403 or 429. */
  login(request: LoginRequest): Promise<LoginAnswer>
  /** Whether the password is the login's; counts failures, throws FhirError 429. */
  proves: (claimed: Claimed) => Promise<boolean>
  /** Ends the session of a user, or a client's access by this token and older ones. */
  logout(principal: Principal): Promise<void>
}

export interface AuthOptions {
  system: SystemStore & AccessDoors & Trail
  /** Where callers find the server, no slash at the end: the issuer of tokens. */
  origin: string
  /** FHIR base: the audience of tokens. */
  base: string
  /** Seconds that a token lives. */
  tokenTtl: number
  /** Whose tokens are accepted beside our own. */
  trustedIssuers: readonly TrustedIssuer[]
  /** Seconds that a user's session lives; failed logins before a lockout, and its seconds. */
  sessionTtl: number
  loginAttempts: number
  loginLockout: number
  clock: () => Date
}

/** Loads (or makes) the signing keys. */
export async function openAuth(options: AuthOptions): Promise<Auth> {
  const { system, origin, base, tokenTtl, clock } = options
  const keyring = await openKeyring(system, clock)
  const parties = { issuer: origin, audience: base }
  const secrets = secretVerifier(clock)
  const keys = remoteKeys()
  const trust = { issuers: options.trustedIssuers, keys, doors: system, clock }
  const verify = tokenVerifier(keyring, parties, clock, trust)
  const issuer = {
    clients: system,
    keyring,
    secrets,
    keys,
    parties,
    tokenUrl: `${origin}/oauth/token`,
    ttl: tokenTtl,
    clock
  }
  const logins = {
    doors: system,
    keyring,
    secrets,
    parties,
    ttl: options.sessionTtl,
    attempts: options.loginAttempts,
    lockout: options.loginLockout,
    clock
  }
  return {
    issueToken: request => issueToken(issuer, request),
    authenticate: authorization => authenticate(authorization, verify),
    admit: (principal, header) => admit(system, principal, header),
    login: request => login(logins, request),
    proves: async claimed => (await prove(logins, claimed)) !== undefined,
    async logout({ kind, subject, tenant, session, expiresAt, epoch }) {
      if (kind === 'client') await system.revoke(subject, epoch)
      else if ((await system.endSession(session, expiresAt)) && tenant)
        await system.note(tenant, subject, { action: 'LOGOUT', type: 'User', id: subject })
    }
  }
}
