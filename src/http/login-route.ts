/** POST /auth/login and /auth/logout: plain JSON in and out, the token in the body and as a cookie. */
import type { RequestHandler } from 'express'
import type { Auth } from '../auth/index.js'
import { fhirError } from '../fhir/errors.js'
import { addressOf } from './address.js'
import { bearerOf, refuseForeign, sessionCookie } from './credentials.js'
import { jsonBody, type Fields } from './json-body.js'
import { notes } from './exchange.js'

const FIELDS: Fields = { username: 'string', password: 'string' }
/** argon2 of a longer one would only cost time. */
const MAX_LENGTH = 1000

export function loginRoute(auth: Pick<Auth, 'login'>, origin: string): RequestHandler {
  const read = jsonBody(FIELDS)
  return async (request, response) => {
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    if (request.get('origin') !== undefined) refuseForeign(request, origin)
    const { username, password } = await read(request, response)
    for (const [name, value] of Object.entries({ username, password }))
      if (typeof value !== 'string' || value === '' || value.length > MAX_LENGTH)
        throw fhirError('required', `Send {"username": "...", "password": "..."}: ${name} is missing or too long`, {
          expression: name
        })
    const answer = await auth.login({
      username: username as string,
      password: password as string,
      address: addressOf(request),
      tenant: request.get('x-tenant')
    })
    response.set('Set-Cookie', sessionCookie(answer.access_token, origin, answer.expires_in))
    response.json(answer)
  }
}

/** Idempotent: whoever has no session any more has logged out. */
export function logoutRoute(auth: Pick<Auth, 'authenticate' | 'logout'>, origin: string): RequestHandler {
  return async (request, response) => {
    const authorization = bearerOf(request, origin)
    response.set({ 'Cache-Control': 'no-store', 'Set-Cookie': sessionCookie('', origin, 0) })
    const principal = authorization && (await auth.authenticate(authorization).catch(() => undefined))
    if (principal) {
      notes(response).subject = principal.subject
      await auth.logout(principal)
    }
    response.status(204).end()
  }
}
