/**
 * One line for each request. No bodies, no tokens, and of the query only the names of its parameters: names, e-mail
 * addresses and licence numbers are searched for by value.
 */
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'
import { notes } from './exchange.js'
import { splitTarget } from '../interactions/path.js'

const MAX_PATH = 300
const MAX_PARAMETERS = 30
const MAX_NAME = 60
/** The token of a one-time link is as good as a password. */
const SECRET = /^(\/invitation)\/.*/

export function accessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const start = performance.now()
    response.on('close', () => {
      const failed = response.headersSent && response.statusCode >= 500
      if (!log.isLevelEnabled(failed ? 'error' : 'info')) return
      const line = {
        ...notes(response),
        method: request.method,
        // `originalUrl`: routers change `url` while they look at it.
        ...loggable(request.originalUrl),
        // Who closes the connection before the answer begins is told none.
        ...(response.headersSent && { status: response.statusCode }),
        ms: Math.round((performance.now() - start) * 10) / 10,
        ...(!response.writableFinished && { aborted: true })
      }
      if (failed) log.error(line, 'request')
      else log.info(line, 'request')
    })
    next()
  }
}

function loggable(target: string): { path: string; parameters?: string[] } {
  const { path, query } = splitTarget(target)
  const names = [...new Set(new URLSearchParams(query).keys())]
  return {
    path: path.replace(SECRET, '$1/...').slice(0, MAX_PATH),
    ...(names.length > 0 && { parameters: names.slice(0, MAX_PARAMETERS).map(name => name.slice(0, MAX_NAME)) })
  }
}
