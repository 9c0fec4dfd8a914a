/** Writes the answer of an interaction. */
import type { Request, Response } from 'express'
import type { FhirResponse } from '../interactions/context.js'
import { COMPRESSED_FROM } from './compressed.js'
import { indentJson } from './json.js'

export interface Form {
  /** Media type, without charset. */
  mediaType: string
  pretty: boolean
}

/** On what an answer depends; that of compression is among them, which knows it only when it is asked for. */
const VARY = 'Accept, Authorization, X-Tenant, Accept-Encoding'

/**
 * An answer with ETag or Last-Modified that the caller has already becomes 304. Headers and body go to Node as they are:
 * Express would parse and merge each once more.
 */
export function respond(
  response: Response,
  { status, headers, body }: FhirResponse,
  { mediaType, pretty }: Form
): void {
  response.statusCode = status
  // Answers may be kept by their receiver alone, and are asked for again before use.
  response.setHeader('Cache-Control', 'private, no-cache')
  const varied = response.getHeader('Vary')
  response.setHeader('Vary', typeof varied === 'string' ? `${varied}, ${VARY}` : VARY)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  if (isKnown(response.req) && hasValidator(headers) && response.req.fresh) response.statusCode = 304
  if (body === undefined || response.statusCode === 304) {
    response.end()
    return
  }
  const json = typeof body === 'string' ? body : JSON.stringify(body)
  const text = pretty ? indentJson(json) : json
  response.setHeader('Content-Type', `${mediaType}; charset=utf-8`)
  const length = Buffer.byteLength(text)
  if (!mayShrink(response.req, length)) response.setHeader('Content-Length', length)
  response.end(text)
}

/** A HEAD tells the length that GET would send, or none: https://www.rfc-editor.org/rfc/rfc9110#section-8.6 */
const mayShrink = ({ method, headers }: Request, length: number): boolean =>
  method === 'HEAD' && length >= COMPRESSED_FROM && Boolean(headers['accept-encoding'])

/** Pages of a search have none: `If-None-Match: *` is not met by them. */
const hasValidator = ({ ETag, 'Last-Modified': modified }: FhirResponse['headers']): boolean =>
  ETag !== undefined || modified !== undefined

const isKnown = ({ headers }: Request): boolean =>
  headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined
