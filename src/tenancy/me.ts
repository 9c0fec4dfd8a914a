/** GET and PATCH /me: what users are told of themselves, and what of their login they change (P21). */
import { isLive, unauthorized, type Claimed, type Principal } from '../auth/index.js'
import { ROLES, type Role } from '../domain/permissions.js'
import { FhirError, fhirError } from '../fhir/errors.js'
import { SYSTEM } from '../fhir/types.js'
import type { AccessDoors, OwnMembership, OwnUser } from '../store/access.js'
import type { TenantSettings } from '../store/ports.js'
import { readLogin, type SentLogin } from './login-change.js'

export interface MeParts {
  doors: AccessDoors
  settings: (id: string) => Promise<TenantSettings | undefined>
  hash(password: string): Promise<string>
  /** Whether the password is the login's; counts failures, throws FhirError 429. */
  proves(claimed: Claimed): Promise<boolean>
  clock: () => Date
}

/** What a user sends. */
export interface OwnChange extends SentLogin {
  current_password?: string
}

/** Two look-ups at once; `tenant`: the one to work in, without `t-`. Throws FhirError 401 and 403. */
export async function showMe(parts: MeParts, principal: Principal, tenant: string): Promise<object> {
  const [access, me, settings] = await Promise.all([
    parts.doors.accessOf(principal, tenant),
    parts.doors.me(principal.subject),
    tenant === '' ? undefined : parts.settings(tenant)
  ])
  if (!access || !me || access.disabled || access.ended)
    throw unauthorized('login', 'The session has ended: log in again')
  const role = access.admin ? 'ADMIN' : access.role
  if (tenant !== principal.tenant && !role)
    throw fhirError('forbidden', 'X-Tenant must name a tenant of yours, or one below it', { expression: 'X-Tenant' })
  return shown(me, tenant, role, settings)
}

function shown(me: OwnUser, tenant: string, role: Role | null, settings: TenantSettings | undefined): object {
  const own = me.memberships.find(each => each.tenant === tenant && isLive(each))
  return {
    user: {
      id: me.id,
      identifier: { system: SYSTEM.userId, value: me.id },
      username: me.username,
      email: me.email,
      email_verified: me.email_verified,
      phone: me.phone,
      notifications: me.notifications,
      name: own?.full_name ?? null,
      is_admin: me.is_admin
    },
    memberships: me.memberships.map(membership),
    tenant:
      role && settings
        ? { id: `t-${tenant}`, name: settings.name, time_zone: settings.timeZone, country: settings.country, role }
        : null,
    practitioner: own?.is_provider && own.practitioner ? { reference: `Practitioner/${own.practitioner}` } : null,
    permissions: role ? scopesOf(role, settings).split(' ') : [],
    features: (role && settings?.features) || {}
  }
}

const scopesOf = (role: Role, settings: TenantSettings | undefined): string =>
  (role === 'STAFF' ? settings?.staffScopes : undefined) ?? ROLES[role].scopes

const membership = ({ tenant, practitioner, practitioner_role: role, ...rest }: OwnMembership): object => ({
  tenant: `t-${tenant}`,
  ...rest,
  practitioner_role: role ? { reference: `PractitionerRole/${role}` } : null,
  practitioner: practitioner ? { reference: `Practitioner/${practitioner}` } : null
})

/**
 * Changes the login. Whoever does must know the password; a new e-mail address is verified by a mail, the old one is told,
 * and a new password ends all sessions. Throws FhirError: 403, 409 `duplicate`, 422 with the place of what is wrong.
 */
export async function changeMe(
  parts: MeParts,
  { subject }: Principal,
  sent: OwnChange,
  address: string
): Promise<void> {
  const me = await parts.doors.me(subject)
  if (!me) throw unauthorized('login', 'The session has ended: log in again')
  const { current_password: current, password } = sent
  const home = me.memberships.find(isLive)
  const { change, issues } = readLogin(sent, home && (await parts.settings(home.tenant))?.country)
  for (const name of ['username', 'email', 'phone'] as const) if (change[name] === me[name]) delete change[name]
  if (issues.length > 0) throw new FhirError(issues, { status: 422 })
  if (Object.keys(change).length === 0 && password === undefined) return
  if (current === undefined)
    throw fhirError('required', 'Send current_password with what shall change', { expression: 'current_password' })
  if (!(await parts.proves({ username: me.username, password: current, address })))
    throw fhirError('forbidden', 'current_password is wrong', { expression: 'current_password' })
  const hashed = password === undefined ? {} : { password_hash: await parts.hash(password) }
  await parts.doors.changeUser(subject, { ...change, ...hashed })
  if (password !== undefined) await parts.doors.revoke(subject, Math.floor(parts.clock().getTime() / 1000))
}

/** Accepts a pending membership (P11). Throws FhirError 404, and 409 for a suspended one. */
export async function acceptMembership({ doors }: MeParts, { subject }: Principal, tenant: string): Promise<void> {
  const before = await doors.acceptMembership(subject, tenant)
  if (before === undefined) throw fhirError('not-found', `You have no membership in t-${tenant} to accept`)
  if (before === 'suspended') throw fhirError('conflict', `Your membership in t-${tenant} is suspended`)
}
