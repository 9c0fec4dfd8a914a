/** Reads request bodies: media type, size, encoding, UTF-8. */
import express, { type Request, type Response } from 'express'
import { fhirError } from '../fhir/errors.js'
import { isR4, parseMediaType } from './media-type.js'

/**
 * Reads the body as text; `` when there is none. `allowed` are media types. Throws FhirError: 415 for another media type,
 * charset or content encoding, 413 over the limit, 400 for what is no UTF-8.
 */
export type ReadText = (request: Request, response: Response, allowed: readonly string[]) => Promise<string>

/** `limit` in bytes, after decompression. */
export function textReader(limit: number): ReadText {
  const read = express.raw({ type: () => true, limit })
  return async (request, response, allowed) => {
    if (hasBody(request)) checkType(request, allowed)
    await new Promise<void>((resolve, reject) => {
      read(request, response, (failure?: ReadFailure) => (failure ? reject(asFhirError(failure, limit)) : resolve()))
    })
    return Buffer.isBuffer(request.body) ? decode(request.body) : ''
  }
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

/** https://www.rfc-editor.org/rfc/rfc5789#section-2.2: which patches are taken is told. */
function checkType(request: Request, allowed: readonly string[]): void {
  const header = request.get('content-type')
  const media = parseMediaType(header ?? '')
  const charset = media.parameters.charset ?? 'utf-8'
  if (allowed.includes(media.type) && isR4(media) && /^utf-?8$/.test(charset)) return
  const found = header ? `not ${header.slice(0, 100)}` : 'none was sent'
  throw unsupported(`Content-Type must be ${allowed.join(' or ')}, FHIR R4, in UTF-8; ${found}`, 'Content-Type', {
    ...(request.method === 'PATCH' && { 'Accept-Patch': allowed.join(', ') })
  })
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw fhirError('invalid', 'The body is not UTF-8')
  }
}

const unsupported = (text: string, expression: string, headers: Record<string, string>) =>
  fhirError('not-supported', text, { status: 415, expression, headers })

type ReadFailure = Error & { type?: string; status?: number }

/** What express's reader refuses, in our words: its own may repeat what was sent. */
function asFhirError(failure: ReadFailure, limit: number): Error {
  const { type, status } = failure
  if (type === 'entity.too.large')
    return fhirError('too-long', `The body is larger than ${limit} bytes: send less at once`)
  if (type === 'encoding.unsupported')
    return unsupported('Content-Encoding must be gzip, deflate or br', 'Content-Encoding', {
      'Accept-Encoding': 'gzip, deflate, br'
    })
  if (status !== undefined && status < 500) return fhirError('invalid', 'The body could not be read to its end')
  return failure
}
