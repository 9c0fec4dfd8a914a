/**
 * How often one address and one client may ask for tokens, log in and write. Counted in this process, by the minute.
 * https://www.rfc-editor.org/rfc/rfc6585#section-4
 */
import type { Request } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { fhirError } from '../fhir/errors.js'
import { addressOf } from './address.js'

export interface Limits {
  /** Requests for tokens and logins a minute; 0 = as many as they like. */
  tokensPerMinute: number
  writesPerMinute: number
}

export interface RateLimit {
  /** Throws FhirError 429 with Retry-After. */
  token(request: Request): Promise<void>
  write(request: Request, subject: string): Promise<void>
}

const MINUTE = 60

export function rateLimit({ tokensPerMinute, writesPerMinute }: Limits): RateLimit {
  const tokens = counter('token', tokensPerMinute)
  const writes = counter('write', writesPerMinute)
  return {
    token: request => take(tokens, [`address ${addressOf(request)}`, clientOf(request)]),
    write: (request, subject) => take(writes, [`address ${addressOf(request)}`, `subject ${subject}`])
  }
}

const counter = (keyPrefix: string, points: number): RateLimiterMemory | undefined =>
  points > 0 ? new RateLimiterMemory({ keyPrefix, points, duration: MINUTE }) : undefined

/** The client that a request for a token claims to be from by Basic; nothing is proved yet. */
function clientOf(request: Request): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(request.get('authorization') ?? '')?.[1]
  const id = encoded && Buffer.from(encoded, 'base64').toString().split(':')[0]
  return id ? `client ${id.slice(0, 200)}` : undefined
}

async function take(limiter: RateLimiterMemory | undefined, keys: readonly (string | undefined)[]): Promise<void> {
  if (!limiter) return
  for (const key of keys) {
    if (key === undefined) continue
    await limiter.consume(key).catch((refused: unknown) => {
      if (!(refused instanceof RateLimiterRes)) throw refused
      const seconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1000))
      throw fhirError('throttled', `Too many requests: try again in ${seconds} seconds`, {
        headers: { 'Retry-After': String(seconds) }
      })
    })
  }
}
