/** Answers are compressed for those who ask for it. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3 */
import compression from 'compression'
import type { RequestHandler } from 'express'

/** Bytes; shorter answers are sent as they are. */
export const COMPRESSED_FROM = 1024

/** The others are spared what it takes: each request would have its `write` and `end` wrapped. */
export function compressed(): RequestHandler {
  const compress = compression({ threshold: COMPRESSED_FROM })
  return (request, response, next) => {
    if (request.headers['accept-encoding'] === undefined) next()
    else compress(request, response, next)
  }
}
