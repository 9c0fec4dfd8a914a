/** SMART discovery document. https://hl7.org/fhir/smart-app-launch/conformance.html */
import type { RequestHandler } from 'express'
import { ASSERTION_ALGORITHMS, PLAIN_SCOPES } from '../auth/index.js'

/** `origin`: where callers find the server, no slash at the end. */
export function smartConfiguration(origin: string): RequestHandler {
  const document = {
    token_endpoint: `${origin}/oauth/token`,
    token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic', 'client_secret_post'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
    grant_types_supported: ['client_credentials'],
    scopes_supported: [
      'system/*.cruds',
      'system/*.rs',
      'system/*.read',
      'system/*.write',
      'user/*.cruds',
      ...PLAIN_SCOPES
    ],
    // The document must name it, also where no code is given out.
    code_challenge_methods_supported: ['S256'],
    capabilities: [
      'client-confidential-asymmetric',
      'client-confidential-symmetric',
      'permission-v1',
      'permission-v2',
      'permission-user'
    ]
  }
  return (_request, response) => void response.json(document)
}
