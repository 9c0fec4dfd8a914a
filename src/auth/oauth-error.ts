/** Errors of the token endpoint. https://www.rfc-editor.org/rfc/rfc6749#section-5.2 */

export type OAuthErrorCode =
  'invalid_request' | 'invalid_client' | 'unauthorized_client' | 'unsupported_grant_type' | 'invalid_scope'

/** Refusal of a token: `code` and the message go to the caller, so neither holds anything secret. */
export class OAuthError extends Error {
  readonly status: 400 | 401

  constructor(
    readonly code: OAuthErrorCode,
    description: string
  ) {
    super(description)
    this.status = code === 'invalid_client' ? 401 : 400
  }
}
