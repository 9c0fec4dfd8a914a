/** The HTTP side: the pipeline that each request goes through, in order. */
import compression from 'compression'
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { Auth } from '../auth/index.js'
import { fhirError } from '../fhir/errors.js'
import { accessLog } from './access-log.js'
import type { ContextParts } from './context.js'
import { smartConfiguration } from './discovery.js'
import { errorHandler } from './error-handler.js'
import { fhirRoute, type Dispatch } from './fhir-route.js'
import { healthy, readiness, type Ready } from './health.js'
import { loginRoute, logoutRoute } from './login-route.js'
import { createMetrics } from './metrics.js'
import { requestId } from './request-id.js'
import { securityHeaders } from './security-headers.js'
import { tokenRoute } from './token-route.js'

/** Where the FHIR base hangs below the origin. */
export const FHIR_PATH = '/fhir/R4'

export interface HttpParts {
  /** Where callers find the server, no slash at the end: `http://localhost:3000`. */
  origin: string
  auth: Auth
  dispatch: Dispatch
  contexts: ContextParts
  ready: Ready
  log: Logger
  /** Largest body, in bytes. */
  bodyLimit: number
}

export function createHttp({ origin, auth, dispatch, contexts, ready, log, bodyLimit }: HttpParts): Express {
  const app = express()
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').set('query parser', false)

  const plain = ['/healthz', '/readyz', '/metrics', '/oauth/token', '/auth/login', '/auth/logout']
  const metrics = createMetrics(name => contexts.registry.has(name), FHIR_PATH, plain)
  app.use(requestId, accessLog(log), metrics.observe, securityHeaders(origin), compression())

  app.route('/healthz').get(healthy).all(only('GET, HEAD'))
  app.route('/readyz').get(readiness(ready, log)).all(only('GET, HEAD'))
  app.route('/metrics').get(metrics.expose).all(only('GET, HEAD'))
  app.route('/oauth/token').post(tokenRoute(auth)).all(only('POST'))
  app.route('/auth/login').post(loginRoute(auth, origin)).all(only('POST'))
  app.route('/auth/logout').post(logoutRoute(auth, origin)).all(only('POST'))
  app.route(`${FHIR_PATH}/.well-known/smart-configuration`).get(smartConfiguration(origin)).all(only('GET, HEAD'))
  app.use(FHIR_PATH, fhirRoute({ auth, dispatch, contexts, base: `${origin}${FHIR_PATH}`, bodyLimit, log }))
  app.use(() => {
    throw fhirError('not-found', `There is nothing at this path: the FHIR base is ${origin}${FHIR_PATH}`)
  })
  app.use(errorHandler(log))
  return app
}

function only(methods: string): RequestHandler {
  return request => {
    const headers = { Allow: methods }
    throw fhirError('not-supported', `${request.method} is not supported here, but ${methods}`, {
      status: 405,
      headers
    })
  }
}
