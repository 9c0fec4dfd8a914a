/** Several handlers as one layer: Express looks at path and method of each layer for each request. */
import type { RequestHandler } from 'express'

export function inTurn(...handlers: readonly RequestHandler[]): RequestHandler {
  return (request, response, next) => {
    const from = (at: number): void => {
      const handler = handlers[at]
      if (!handler) return next()
      void handler(request, response, error => (error === undefined ? from(at + 1) : next(error)))
    }
    from(0)
  }
}
