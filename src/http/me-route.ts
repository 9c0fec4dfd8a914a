/** GET and PATCH /me, and the acceptance of a membership: plain JSON. */
import { Router } from 'express'
import type { Request, Response } from 'express'
import type { Auth, Principal } from '../auth/index.js'
import { fhirError } from '../fhir/errors.js'
import { acceptMembership, changeMe, showMe, type MeParts, type OwnChange } from '../tenancy/index.js'
import { addressOf } from './address.js'
import { bearerOf, sessionCookie } from './credentials.js'
import { notes } from './exchange.js'
import { jsonBody, type Fields } from './json-body.js'
import { PLAIN_JSON } from './media-type.js'
import { only } from './only.js'
import type { RateLimit } from './rate-limit.js'
import { respond } from './respond.js'

export interface MeRouteParts {
  auth: Auth
  limit: RateLimit
  me: MeParts
  origin: string
}

const CHANGES: Fields = {
  username: 'string',
  email: 'nullable string',
  phone: 'nullable string',
  password: 'string',
  current_password: 'string'
}
const TENANT = /^t-([A-Za-z0-9.-]{1,62})$/

export function meRoute({ auth, me, limit, origin }: MeRouteParts): Router {
  const router = Router()
  const readChange = jsonBody(CHANGES)

  const userOf = async (request: Request, response: Response): Promise<Principal> => {
    const principal = await auth.authenticate(bearerOf(request, origin))
    notes(response).subject = principal.subject
    if (principal.kind !== 'user')
      throw fhirError('forbidden', 'This token is of a client: /me tells users of themselves (POST /auth/login)')
    return principal
  }
  const show = async (request: Request, response: Response, principal: Principal): Promise<void> => {
    const header = request.get('x-tenant')
    const tenant = header === undefined ? principal.tenant : tenantOf(header, 'X-Tenant')
    if (tenant) notes(response).tenant = tenant
    const body = await showMe(me, principal, tenant)
    respond(response, { status: 200, headers: {}, body }, { mediaType: PLAIN_JSON, pretty: false })
  }

  router
    .route('/')
    .get(async (request, response) => show(request, response, await userOf(request, response)))
    .patch(async (request, response) => {
      const principal = await userOf(request, response)
      await limit.write(request, principal.subject)
      // A session that has ended changes nothing.
      await showMe(me, principal, principal.tenant)
      const change = (await readChange(request, response)) as OwnChange
      await changeMe(me, principal, change, addressOf(request))
      if (change.password === undefined) return show(request, response, principal)
      response
        .set('Set-Cookie', sessionCookie('', origin, 0))
        .status(204)
        .end()
    })
    .all(only('GET, HEAD, PATCH'))
  router
    .route('/memberships/:tenant/accept')
    .post(async (request, response) => {
      const principal = await userOf(request, response)
      await showMe(me, principal, principal.tenant)
      await acceptMembership(me, principal, tenantOf(request.params.tenant, 'tenant'))
      await show(request, response, principal)
    })
    .all(only('POST'))
  return router
}

function tenantOf(text: string, expression: string): string {
  const id = TENANT.exec(text.trim())?.[1]
  if (!id) throw fhirError('value', `${expression} must be the id of a tenant, such as t-demo`, { expression })
  return id
}
