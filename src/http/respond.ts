/** Writes the answer of an interaction. */
import type { Response } from 'express'
import type { FhirResponse } from '../interactions/context.js'
import { indentJson } from './json.js'

export interface Form {
  /** Media type, without charset. */
  mediaType: string
  pretty: boolean
}

/** An answer with ETag or Last-Modified that the caller has already becomes 304 (`send` compares them). */
export function respond(
  response: Response,
  { status, headers, body }: FhirResponse,
  { mediaType, pretty }: Form
): void {
  response.status(status)
  // Answers may be kept by their receiver alone, and are asked for again before use.
  response.set({ 'Cache-Control': 'private, no-cache', ...headers })
  response.vary('Accept, Authorization, X-Tenant')
  if (body === undefined) {
    response.end()
    return
  }
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.type(`${mediaType}; charset=utf-8`).send(pretty ? indentJson(text) : text)
}
