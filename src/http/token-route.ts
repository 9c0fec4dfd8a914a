/** POST /oauth/token: form in, JSON out. https://www.rfc-editor.org/rfc/rfc6749#section-5 */
import type { RequestHandler, Response } from 'express'
import { OAuthError, type Auth } from '../auth/index.js'
import { FhirError } from '../fhir/errors.js'
import { textReader } from './body.js'
import { FORM } from './media-type.js'

/** A token request is small. */
const MAX_FORM = 64 * 1024

export function tokenRoute(auth: Pick<Auth, 'issueToken'>): RequestHandler {
  const readText = textReader(MAX_FORM)
  return async (request, response) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    try {
      const form = new URLSearchParams(await readText(request, response, [FORM]))
      response.json(await auth.issueToken({ authorization: request.get('authorization'), form }))
    } catch (error) {
      if (error instanceof OAuthError) refuse(response, error.status, error.code, error.message)
      else if (error instanceof FhirError && error.status < 500)
        refuse(response, error.status, 'invalid_request', error.message)
      else throw error
    }
  }
}

function refuse(response: Response, status: number, error: string, description: string): void {
  if (status === 401) response.set('WWW-Authenticate', 'Basic realm="locum"')
  // The RFC allows printable ASCII without quote and backslash in a description.
  const plain = description.replace(/[^\x20-\x7e]|["\\]/g, "'")
  response.status(status).json({ error, error_description: plain })
}
