/**
 * The access token of a request: header Authorization, or the cookie of a login. A browser sends the cookie by itself, so
 * with it a write must come from our own origin. https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
import { parseCookie, stringifySetCookie } from 'cookie'
import type { Request } from 'express'
import { fhirError } from '../fhir/errors.js'

export const COOKIE = 'access_token'
const SAFE = ['GET', 'HEAD', 'OPTIONS']

/** The Authorization header, or what it would be for the cookie. Throws FhirError 403 for a write from elsewhere. */
export function bearerOf(request: Request, origin: string): string | undefined {
  const header = request.get('authorization')
  if (header !== undefined) return header
  const token = parseCookie(request.get('cookie') ?? '')[COOKIE]
  if (!token) return undefined
  if (!SAFE.includes(request.method)) refuseForeign(request, origin)
  return `Bearer ${token}`
}

/** Throws FhirError 403 unless the browser says that the request comes from our own origin. */
export function refuseForeign(request: Request, origin: string): void {
  const site = request.get('sec-fetch-site')
  if (site !== undefined ? site === 'same-origin' : request.get('origin') === new URL(origin).origin) return
  throw fhirError(
    'forbidden',
    `A write with the cookie of a login must come from ${origin} (headers Sec-Fetch-Site or Origin): send the token as Authorization: Bearer instead`,
    { expression: 'Origin' }
  )
}

/** The cookie of a login, for so many seconds; 0 takes it away. */
export const sessionCookie = (token: string, origin: string, maxAge: number): string =>
  stringifySetCookie({
    name: COOKIE,
    value: token,
    maxAge,
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: origin.startsWith('https:')
  })
