/** Signs access tokens, as JWT. https://www.rfc-editor.org/rfc/rfc9068 */
import { setTimeout as sleep } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { SIGNING_ALG, type Keyring } from './keyring.js'

export const ACCESS_TOKEN_TYPE = 'at+jwt'

/** Who issues a token and for which server: both absolute URLs. */
export interface Parties {
  issuer: string
  audience: string
}

export interface Grant {
  /** What `subject` is the id of; a client unless told. */
  kind?: 'user'
  subject: string
  tenant: string
  scope: string
}

/** A token that says `grant` until `seconds` after `now`. */
export function signAccessToken(
  keyring: Keyring,
  { issuer, audience }: Parties,
  { kind, subject, tenant, scope }: Grant,
  seconds: number,
  now: Date
): Promise<string> {
  const { kid, privateKey } = keyring.current()
  const issuedAt = Math.floor(now.getTime() / 1000)
  return new SignJWT({ tenant, scope, ...(kind ? { kind } : { client_id: subject }) })
    .setProtectedHeader({ alg: SIGNING_ALG, typ: ACCESS_TOKEN_TYPE, kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + seconds)
    .setJti(randomUUID())
    .sign(privateKey)
}

/**
 * The time once it is in a later second than `epoch` (seconds since 1970), until which tokens are void; after two seconds
 * in any case: the database's clock may go before ours.
 */
export async function behind(epoch: number | null, clock: () => Date): Promise<Date> {
  for (let turn = 1; ; turn++) {
    const now = clock()
    if (epoch === null || Math.floor(now.getTime() / 1000) > epoch || turn > 2) return now
    await sleep(1000 - (now.getTime() % 1000))
  }
}
