/** Several handlers as one layer: Express looks at path and method of each layer for each request. */
import type { Request, RequestHandler, Response } from 'express'

export function inTurn(...handlers: readonly RequestHandler[]): RequestHandler {
  return (request, response, next) => {
    const from = (at: number): void => {
      const handler = handlers[at]
      if (!handler) return next()
      const working: unknown = handler(request, response, error => (error === undefined ? from(at + 1) : next(error)))
      if (working instanceof Promise) working.catch(next)
    }
    from(0)
  }
}

/** What is asked at a path and below; told is what the path goes on with. */
type Below = (request: Request, response: Response, rest: string) => Promise<void>

/** All of it but `besides`. Express would take the URL apart and put it together again. */
export const below =
  (base: string, handler: Below, besides: string): RequestHandler =>
  (request, response, next) => {
    const { path } = request
    const rest = path.slice(base.length)
    const isBelow = path.startsWith(base) && (rest === '' || rest.startsWith('/')) && !rest.startsWith(besides)
    return isBelow ? handler(request, response, rest) : next()
  }
