/** The one place where an error becomes an answer. */
import type { ErrorRequestHandler } from 'express'
import type { Logger } from 'pino'
import { INSUFFICIENT_SCOPE, INVALID_TOKEN } from '../auth/index.js'
import { FhirError, insideOf, unexpected } from '../fhir/errors.js'
import { outcome } from '../fhir/outcome.js'
import { notes } from './exchange.js'
import type { NoteRefusal } from './refusals.js'
import { refusalFormOf } from './negotiate.js'
import { respond } from './respond.js'
import { badlyEncoded } from '../interactions/path.js'

/** Challenges for refusals from layers that know nothing of tokens. */
const CHALLENGES: Readonly<Record<number, string>> = { 401: INVALID_TOKEN, 403: INSUFFICIENT_SCOPE }

export function errorHandler(log: Logger, refused: NoteRefusal): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const error = isBadPath(thrown) ? badlyEncoded() : thrown
    const { requestId } = notes(response)
    const inside = insideOf(error)
    if (inside !== undefined) log.error({ requestId, err: inside }, 'unexpected error')
    if (response.headersSent) {
      // The caller must see that the answer is cut off.
      response.destroy()
      return
    }
    refused(notes(response), error, { method: request.method, path: notes(response).fhirPath })
    const { status, headers, issues } = error instanceof FhirError ? error : unexpected(requestId)
    const challenge = CHALLENGES[status]
    respond(
      response,
      { status, headers: { ...(challenge && { 'WWW-Authenticate': challenge }), ...headers }, body: outcome(issues) },
      refusalFormOf(request)
    )
  }
}

/** Where a path has parameters, Express decodes them. */
const isBadPath = (error: unknown): boolean => (error as Error | undefined)?.name === 'URIError'
