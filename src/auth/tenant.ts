/** The tenant of a request: the token's, or one that header X-Tenant names. */
import { fhirError } from '../fhir/errors.js'
import type { SystemStore } from '../store/ports.js'

const HEADER = /^t-([A-Za-z0-9.-]{1,62})$/

/**
 * Id of the tenant, without `t-`. Throws FhirError 400 when the header is not of the form `t-...`, and 403 when it names a
 * tenant that is neither the token's nor below it; whether such a one exists is not told.
 */
export async function chooseTenant(
  system: Pick<SystemStore, 'tenantPosition'>,
  own: string,
  header: string | undefined
): Promise<string> {
  if (header === undefined) return own
  const target = namedTenant(header)
  if (target === own || (await system.tenantPosition(own, target)) !== 'none') return target
  throw fhirError('forbidden', 'X-Tenant must name your tenant or one below it', { expression: 'X-Tenant' })
}

/** Id, without `t-`, that header X-Tenant names. Throws FhirError 400. */
export function namedTenant(header: string): string {
  const target = HEADER.exec(header.trim())?.[1]
  if (!target)
    throw fhirError('value', 'X-Tenant must be the id of a tenant, such as t-demo', { expression: 'X-Tenant' })
  return target
}
