/** The HTTP side: the pipeline that each request goes through, in order. */
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import type { Auth } from '../auth/index.js'
import type { MeParts, InvitationParts, TenancyStores } from '../tenancy/index.js'
import { fhirError } from '../fhir/errors.js'
import { accessLog } from './access-log.js'
import { compressed } from './compressed.js'
import type { ContextParts } from './context.js'
import { smartConfiguration } from './discovery.js'
import { cors } from './cors.js'
import { errorHandler } from './error-handler.js'
import { fhirRoute, type Dispatch } from './fhir-route.js'
import { healthy, readiness, type Ready } from './health.js'
import { loginRoute, logoutRoute } from './login-route.js'
import { meRoute } from './me-route.js'
import { createMetrics } from './metrics.js'
import { below, inTurn } from './in-turn.js'
import { only } from './only.js'
import { rateLimit, type Limits } from './rate-limit.js'
import { refusalTrail } from './refusals.js'
import { openApiRoute } from './openapi-route.js'
import { requestId } from './request-id.js'
import { securityHeaders } from './security-headers.js'
import { invitationRoute } from './invitation-route.js'
import { tenantRoute } from './tenant-route.js'
import { userRoute } from './user-route.js'
import { tokenRoute } from './token-route.js'

/** Where the FHIR base hangs below the origin. */
export const FHIR_PATH = '/fhir/R4'
const SMART = '/.well-known/smart-configuration'

export interface HttpParts extends Limits {
  /** Proxies whose X-Forwarded-For is believed. */
  trustProxy: number
  /** Origins of browser apps; `*` for all. */
  corsOrigins: readonly string[]
  /** Where callers find the server, no slash at the end: `http://localhost:3000`. */
  origin: string
  auth: Auth
  dispatch: Dispatch
  contexts: ContextParts
  /** The doors of /me, and the stores of /tenant. */
  users: MeParts['doors']
  tenancy: TenancyStores
  invitations: InvitationParts
  ready: Ready
  log: Logger
  /** Largest body, in bytes. */
  bodyLimit: number
}

export function createHttp(parts: HttpParts): Express {
  const { origin, auth, dispatch, contexts, ready, log, bodyLimit } = parts
  const app = express()
  const limit = rateLimit(parts)
  app.set('trust proxy', parts.trustProxy)
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').set('query parser', false)

  const plain = [
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/oauth/token',
    '/auth/login',
    '/auth/logout',
    '/me',
    '/invitation'
  ]
  const metrics = createMetrics(name => contexts.registry.has(name), FHIR_PATH, plain)
  const refused = refusalTrail(contexts, log)
  const fhir = fhirRoute({ auth, refused, limit, dispatch, contexts, base: `${origin}${FHIR_PATH}`, bodyLimit, log })
  app.use(
    inTurn(
      ...[requestId, accessLog(log), metrics.observe, securityHeaders(origin), cors(parts.corsOrigins), compressed()],
      // What is asked most is looked for first.
      below(FHIR_PATH, fhir, SMART)
    )
  )

  app.route(`${FHIR_PATH}${SMART}`).get(smartConfiguration(origin)).all(only('GET, HEAD'))
  app.route('/healthz').get(healthy).all(only('GET, HEAD'))
  app.route('/readyz').get(readiness(ready, log)).all(only('GET, HEAD'))
  app.route('/metrics').get(metrics.expose).all(only('GET, HEAD'))
  const limited: RequestHandler = async (request, _response, next) => {
    await limit.token(request)
    next()
  }
  app.route('/oauth/token').post(limited, tokenRoute(auth)).all(only('POST'))
  app.route('/auth/login').post(limited, loginRoute(auth, origin)).all(only('POST'))
  app.route('/auth/logout').post(logoutRoute(auth, origin)).all(only('POST'))
  const { tenantSettings: settings, hash, clock } = contexts
  app.use(
    '/me',
    meRoute({ auth, origin, limit, me: { doors: parts.users, settings, hash, proves: auth.proves, clock } })
  )
  app.use('/invitation', invitationRoute(parts.invitations))
  const tenancy = { auth, origin, limit, stores: parts.tenancy, settings }
  app.use('/tenant/users', userRoute({ ...tenancy, hash }))
  app.use('/tenant', tenantRoute(tenancy))
  app
    .route('/openapi.json')
    .get(openApiRoute({ base: `${origin}${FHIR_PATH}`, ...contexts }))
    .all(only('GET, HEAD'))
  app.use(() => {
    throw fhirError('not-found', `There is nothing at this path: the FHIR base is ${origin}${FHIR_PATH}`)
  })
  app.use(errorHandler(log, refused))
  return app
}
