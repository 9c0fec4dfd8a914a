/** What is said to a method that a path does not take. https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6 */
import type { RequestHandler } from 'express'
import { fhirError } from '../fhir/errors.js'

/** `methods`: those that it takes, for header Allow. OPTIONS asks for just that. */
export function only(methods: string): RequestHandler {
  const headers = { Allow: `${methods}, OPTIONS` }
  return (request, response) => {
    if (request.method === 'OPTIONS') return void response.status(204).set(headers).end()
    throw fhirError('not-supported', `${request.method} is not supported here, but ${headers.Allow}`, {
      status: 405,
      headers
    })
  }
}
