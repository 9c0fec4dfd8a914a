/** Browser apps of other origins: which of them may read the answers. https://fetch.spec.whatwg.org/#http-cors-protocol */
import type { RequestHandler } from 'express'

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE'
const REQUEST_HEADERS = [
  ...['Accept', 'Authorization', 'Content-Type', 'Prefer', 'X-Tenant', 'X-Request-Id'],
  ...['If-Match', 'If-None-Match', 'If-None-Exist', 'If-Modified-Since']
].join(', ')
const ANSWER_HEADERS = [
  ...['ETag', 'Last-Modified', 'Location', 'Content-Location', 'Allow', 'Accept-Patch', 'Warning'],
  ...['Retry-After', 'WWW-Authenticate', 'X-Request-Id']
].join(', ')
/** Seconds that a browser may keep the answer to a preflight. */
const MAX_AGE = '600'

/**
 * `origins`: none, `*` for all, or those that may. Only to those that are named a browser gives what was asked with the
 * cookie of a login.
 */
export function cors(origins: readonly string[]): RequestHandler {
  const all = origins.includes('*')
  return (request, response, next) => {
    if (!all && origins.length > 0) response.vary('Origin')
    const origin = request.get('origin')
    if (origin === undefined || !(all || origins.includes(origin))) return next()
    response.set('Access-Control-Allow-Origin', all ? '*' : origin)
    if (!all) response.set('Access-Control-Allow-Credentials', 'true')
    response.set('Access-Control-Expose-Headers', ANSWER_HEADERS)
    if (request.method !== 'OPTIONS' || !request.get('access-control-request-method')) return next()
    response.set({
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': REQUEST_HEADERS,
      'Access-Control-Max-Age': MAX_AGE
    })
    response.status(204).end()
  }
}
