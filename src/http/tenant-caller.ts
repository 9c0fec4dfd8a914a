/** Who asks on the plain JSON side of a tenant, in which tenant, and what they may there. */
import type { Request, Response } from 'express'
import type { Auth, Permit, Principal } from '../auth/index.js'
import { fhirError } from '../fhir/errors.js'
import type { TenantSettings } from '../interactions/context.js'
import type { TenancyStore, TenancyStores } from '../tenancy/index.js'
import { callerOf } from './caller.js'
import { permitIn } from './context.js'
import { bearerOf } from './credentials.js'
import { notes } from './exchange.js'
import type { RateLimit } from './rate-limit.js'

export interface TenantCallerParts {
  auth: Auth
  limit: RateLimit
  stores: TenancyStores
  settings: (id: string) => Promise<TenantSettings | undefined>
  origin: string
}

export interface TenantCaller {
  principal: Principal
  tenant: TenantSettings
  permit: Permit
  store: TenancyStore
}

/** Throws FhirError: 401, 403 for a tenant that is not the caller's or not active, 429 for too many writes. */
export async function tenantCaller(
  { auth, limit, stores, settings, origin }: TenantCallerParts,
  request: Request,
  response: Response
): Promise<TenantCaller> {
  const reads = request.method === 'GET' || request.method === 'HEAD'
  const caller = reads ? callerOf(response) : undefined
  const principal = await auth.authenticate(bearerOf(request, origin))
  notes(response).subject = principal.subject
  if (!reads) await limit.write(request, principal.subject)
  const admitted = await auth.admit(principal, request.get('x-tenant'))
  const tenant = await settings(admitted.tenant)
  if (!tenant) throw fhirError('forbidden', 'The tenant is not active')
  notes(response).tenant = tenant.id
  const store = stores.forTenant(tenant.id, principal.subject, principal.epoch, caller)
  return { principal, tenant, permit: permitIn(tenant, admitted), store }
}
