/** Which tenant a request is for, and what it may do there. A user's role is looked up with each request: a change counts at once. */
import { ROLES, type Role } from '../domain/permissions.js'
import { fhirError } from '../fhir/errors.js'
import type { AccessDoors } from '../store/access.js'
import type { SystemStore } from '../store/ports.js'
import { unauthorized } from './challenge.js'
import { permit, type Permit } from './scopes.js'
import { chooseTenant, namedTenant } from './tenant.js'
import type { Principal } from './verify.js'

export interface Admission {
  /** Id, without `t-`. */
  tenant: string
  permit: Permit
  /** Of a user. */
  role?: Role
}

/** Throws FhirError 400 or 403 for header X-Tenant, and 401 for a user who was disabled or has logged out. */
export async function admit(
  doors: Pick<SystemStore, 'tenantPosition'> & Pick<AccessDoors, 'accessOf'>,
  principal: Principal,
  header: string | undefined
): Promise<Admission> {
  const { kind, tenant: own, permit: given } = principal
  if (kind === 'client') return { tenant: await chooseTenant(doors, own, header), permit: given }
  const tenant = header === undefined ? own : namedTenant(header)
  const access = await doors.accessOf(principal, tenant)
  if (!access || access.disabled || access.ended) throw unauthorized('login', 'The session has ended: log in again')
  const role = access.admin ? 'ADMIN' : access.role
  if (role) return { tenant, role, permit: rolePermit(role) }
  if (header === undefined)
    throw fhirError('forbidden', 'You have no live membership: see GET /me, and choose a tenant by header X-Tenant')
  throw fhirError('forbidden', 'X-Tenant must name a tenant of yours, or one below it', { expression: 'X-Tenant' })
}

const without = (except: readonly string[], { may, restrictions, has }: Permit): Permit => ({
  may: (type, letter) => !except.includes(type) && may(type, letter),
  restrictions: (type, letter) => (except.includes(type) ? [] : restrictions(type, letter)),
  has
})

const PERMITS = new Map<Role, Permit>(
  Object.values(ROLES).map(({ role, scopes, except }) => [role, without(except, permit(scopes))])
)

/** What a role allows; a tenant may have scopes of its own for STAFF. */
export function rolePermit(role: Role, staffScopes?: string): Permit {
  if (role !== 'STAFF' || staffScopes === undefined) return PERMITS.get(role)!
  return { ...without(ROLES.STAFF.except, permit(staffScopes)), has: () => false }
}
