/** Who asks: the principal of the request's bearer token. https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
import { unauthorized } from './challenge.js'
import type { Principal, VerifyToken } from './verify.js'

/** Throws FhirError 401 when the Authorization header has no token, or one that is not accepted. */
export async function authenticate(authorization: string | undefined, verify: VerifyToken): Promise<Principal> {
  const match = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? '')
  if (!match)
    throw unauthorized('login', 'Send an access token: Authorization: Bearer ...; POST /oauth/token gives one')
  return verify(match[1]!)
}
