/** Who is it, which tenant, may they. */
import type { SystemStore } from '../store/ports.js'
import { memoryReplayGuard } from './assertion.js'
import { authenticate } from './authenticate.js'
import { openKeyring } from './keyring.js'
import { secretVerifier } from './secret.js'
import { chooseTenant } from './tenant.js'
import { issueToken, type TokenRequest, type TokenResponse } from './token-endpoint.js'
import { tokenVerifier, type Principal } from './verify.js'

export { ASSERTION_ALGORITHMS } from './assertion.js'
export { INSUFFICIENT_SCOPE, INVALID_TOKEN } from './challenge.js'
export { OAuthError } from './oauth-error.js'
export { PLAIN_SCOPES } from './scopes.js'
export { hashSecret } from './secret.js'
export type { Principal } from './verify.js'

export interface Auth {
  /** Throws OAuthError. */
  issueToken(request: TokenRequest): Promise<TokenResponse>
  /** Throws FhirError 401. */
  authenticate(authorization: string | undefined): Promise<Principal>
  /** Id of the tenant of a request; throws FhirError 400 or 403. */
  chooseTenant(own: string, header: string | undefined): Promise<string>
}

export interface AuthOptions {
  system: SystemStore
  /** Where callers find the server, no slash at the end: the issuer of tokens. */
  origin: string
  /** FHIR base: the audience of tokens. */
  base: string
  /** Seconds that a token lives. */
  tokenTtl: number
  clock: () => Date
}

/** Loads (or makes) the signing keys. */
export async function openAuth({ system, origin, base, tokenTtl, clock }: AuthOptions): Promise<Auth> {
  const keyring = await openKeyring(system, clock)
  const parties = { issuer: origin, audience: base }
  const verify = tokenVerifier(keyring, parties, clock)
  const issuer = {
    clients: system,
    keyring,
    secrets: secretVerifier(clock),
    guard: memoryReplayGuard(clock),
    parties,
    tokenUrl: `${origin}/oauth/token`,
    ttl: tokenTtl,
    clock
  }
  return {
    issueToken: request => issueToken(issuer, request),
    authenticate: authorization => authenticate(authorization, verify),
    chooseTenant: (own, header) => chooseTenant(system, own, header)
  }
}
