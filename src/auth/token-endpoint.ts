/**
 * Access tokens for clients: grant client_credentials. https://www.rfc-editor.org/rfc/rfc6749#section-4.4 and
 * https://hl7.org/fhir/smart-app-launch/backend-services.html
 */
import type { Client, SystemStore } from '../store/ports.js'
import type { AccessDoors } from '../store/access.js'
import { ASSERTION_TYPE, claimedClient, verifyAssertion } from './assertion.js'
import type { Keyring } from './keyring.js'
import { OAuthError } from './oauth-error.js'
import type { RemoteKeys } from './remote-keys.js'
import { grant } from './scopes.js'
import type { SecretVerifier } from './secret.js'
import { behind, signAccessToken, type Parties } from './sign.js'

export interface TokenRequest {
  authorization: string | undefined
  /** Body of type application/x-www-form-urlencoded. */
  form: URLSearchParams
}

export interface TokenResponse {
  access_token: string
  token_type: 'bearer'
  /** Seconds. */
  expires_in: number
  scope: string
}

export interface TokenIssuer {
  clients: Pick<SystemStore, 'client'> & Pick<AccessDoors, 'useAssertion'>
  keyring: Keyring
  secrets: SecretVerifier
  /** Keys that clients publish. */
  keys: RemoteKeys
  parties: Parties
  /** URL of this endpoint: the audience of assertions. */
  tokenUrl: string
  /** Seconds that a token lives. */
  ttl: number
  clock: () => Date
}

type Credentials = { id: string; secret: string } | { id: string; assertion: string }

/** Throws OAuthError. */
export async function issueToken(issuer: TokenIssuer, request: TokenRequest): Promise<TokenResponse> {
  const { form } = request
  for (const name of form.keys()) {
    if (form.getAll(name).length > 1) throw new OAuthError('invalid_request', 'Send each parameter once')
  }
  const type = form.get('grant_type')
  if (!type) throw new OAuthError('invalid_request', 'grant_type is missing: send grant_type=client_credentials')
  if (type !== 'client_credentials')
    throw new OAuthError('unsupported_grant_type', 'Only client_credentials is supported')

  const client = await authenticateClient(issuer, credentials(request), issuer.clock())
  const scope = grant(form.get('scope') ?? client.scopes, client.scopes)
  if (!scope)
    throw new OAuthError('invalid_scope', `None of these scopes is registered for the client: ${client.scopes}`)
  const now = await behind(client.revoked, issuer.clock)
  const token = { subject: client.id, tenant: client.tenant, scope }
  const signed = await signAccessToken(issuer.keyring, issuer.parties, token, issuer.ttl, now)
  return { access_token: signed, token_type: 'bearer', expires_in: issuer.ttl, scope }
}

/** The one way in which the client proves itself. https://www.rfc-editor.org/rfc/rfc6749#section-2.3 */
function credentials({ authorization, form }: TokenRequest): Credentials {
  const secret = form.get('client_secret')
  const assertion = form.get('client_assertion')
  if ([authorization, secret, assertion].filter(way => way != null).length > 1)
    throw new OAuthError('invalid_request', 'Use one way of client authentication only')
  if (authorization !== undefined) return basic(authorization)
  if (assertion !== null) return asserted(assertion, form)
  const id = form.get('client_id')
  if (id && secret !== null) return { id, secret }
  throw new OAuthError('invalid_client', 'Send client_id and client_secret (Basic or form), or a client_assertion')
}

/** Id and secret are form-encoded before they are put together. https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
function basic(authorization: string): Credentials {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization.trim())?.[1]
  const text = Buffer.from(encoded ?? '', 'base64').toString()
  const colon = text.indexOf(':')
  if (colon < 1) throw new OAuthError('invalid_client', 'The Authorization header must be Basic base64(id:secret)')
  return { id: formDecode(text.slice(0, colon)), secret: formDecode(text.slice(colon + 1)) }
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new OAuthError('invalid_client', 'Client id and secret must be form-encoded in the Authorization header')
  }
}

function asserted(assertion: string, form: URLSearchParams): Credentials {
  if (form.get('client_assertion_type') !== ASSERTION_TYPE)
    throw new OAuthError('invalid_request', `client_assertion_type must be ${ASSERTION_TYPE}`)
  const id = claimedClient(assertion)
  if (!id || (form.get('client_id') ?? id) !== id)
    throw new OAuthError('invalid_client', 'client_assertion must be a JWT whose iss is the client id')
  return { id, assertion }
}

async function authenticateClient(issuer: TokenIssuer, given: Credentials, now: Date): Promise<Client> {
  const found = await issuer.clients.client(given.id)
  const client = found?.disabled ? undefined : found
  if ('assertion' in given) {
    if (!client?.jwks && !client?.jwksUri)
      throw new OAuthError('invalid_client', 'The client is unknown, or has no key registered')
    await verifyAssertion(given.assertion, client, {
      tokenUrl: issuer.tokenUrl,
      doors: issuer.clients,
      keys: issuer.keys,
      now
    })
    return client
  }
  if (!(await issuer.secrets.matches(given.secret, client?.secretHash)) || !client)
    throw new OAuthError('invalid_client', 'The client is unknown, or the secret is wrong')
  return client
}
