/** Refusals that tell the caller how to come back. https://www.rfc-editor.org/rfc/rfc6750#section-3 */
import { fhirError, type FhirError } from '../fhir/errors.js'

const REALM = 'Bearer realm="locum"'

/** Header value for a request whose token was not accepted. */
export const INVALID_TOKEN = `${REALM}, error="invalid_token"`
/** Header value for a request that its token does not allow. */
export const INSUFFICIENT_SCOPE = `${REALM}, error="insufficient_scope"`

/** 401. `login` = there was no token (the challenge then names no error); `expired`, `unknown` = it was not accepted. */
export function unauthorized(code: 'login' | 'expired' | 'unknown', text: string): FhirError {
  const challenge = code === 'login' ? REALM : `${INVALID_TOKEN}, error_description="${text}"`
  return fhirError(code, text, { status: 401, headers: { 'WWW-Authenticate': challenge } })
}
