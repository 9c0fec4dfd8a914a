/**
 * Users log in with name and password. An attempt is counted before the password is looked at, and an unknown login takes
 * as long as a wrong password and is counted and answered alike.
 */
import { ROLES } from '../domain/permissions.js'
import { fhirError, type FhirError } from '../fhir/errors.js'
import type { AccessDoors, LoginAttempt, OwnMembership, OwnUser, Trail, UserAccess } from '../store/access.js'
import { unauthorized } from './challenge.js'
import type { Keyring } from './keyring.js'
import type { SecretVerifier } from './secret.js'
import { behind, signAccessToken, type Parties } from './sign.js'
import { namedTenant } from './tenant.js'

/** A login that somebody claims to be theirs. */
export interface Claimed {
  username: string
  password: string
  /** Where the claim comes from: failures count for it. */
  address: string
}

export interface LoginRequest extends Claimed {
  /** Header X-Tenant: the tenant to work in; the oldest membership unless told. */
  tenant: string | undefined
}

export interface LoginAnswer {
  access_token: string
  token_type: 'bearer'
  /** Seconds. */
  expires_in: number
  scope: string
  /** `t-...`; null while there is none to work in. */
  tenant: string | null
}

export interface LoginParts {
  doors: AccessDoors & Trail
  keyring: Keyring
  secrets: SecretVerifier
  parties: Parties
  /** Seconds that a session lives. */
  ttl: number
  /** Attempts, and seconds of the lockout that follows them. */
  attempts: number
  lockout: number
  clock: () => Date
}

/** Throws FhirError 401, 403, or 429 with Retry-After. */
export async function login(parts: LoginParts, request: LoginRequest): Promise<LoginAnswer> {
  const { doors } = parts
  const user = await prove(parts, request)
  if (!user) throw unauthorized('login', 'The username or the password is wrong')
  const me = await doors.me(user.id)
  if (user.disabled || !me) throw fhirError('forbidden', 'This login is disabled: ask your administrator')
  if (user.unverified)
    throw fhirError('forbidden', 'Your e-mail address is not verified: open the link that was sent to it first')
  const { tenant, access, now } = await placeOf(parts, me, request.tenant)
  const scope = scopeIn(tenant, access, me)
  const grant = { kind: 'user' as const, subject: me.id, tenant, scope }
  const token = await signAccessToken(parts.keyring, parts.parties, grant, parts.ttl, now)
  if (tenant) await doors.note(tenant, me.id, { action: 'LOGIN', ...entityOf(me, tenant) })
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: parts.ttl,
    scope,
    tenant: tenant ? `t-${tenant}` : null
  }
}

/** The login when the password is its own. Counts failures; throws FhirError 429 after too many. */
export async function prove(
  { doors, secrets, attempts, lockout }: Pick<LoginParts, 'doors' | 'secrets' | 'attempts' | 'lockout'>,
  { username, password, address }: Claimed
): Promise<Extract<LoginAttempt, { wait: 0 }>['user']> {
  const attempt = await doors.beginLogin(username, address, attempts, lockout)
  if (attempt.wait > 0) throw tooMany(attempt.wait)
  const user = 'user' in attempt ? attempt.user : undefined
  if (!(await secrets.matches(password, user?.passwordHash)) || !user) {
    // Not waited for: it would make the answer for a known login slower.
    if (user) void noteFailure(doors, user.id).catch(() => undefined)
    return undefined
  }
  await doors.endLogin(username, address)
  return user
}

/**
 * The tenant to work in ('': none), what the user is there, and when the token is issued. Revocation counts in whole
 * seconds: a token of the very second in which older ones were ended would be void with them, so that one is waited for.
 */
async function placeOf(
  { doors, clock }: Pick<LoginParts, 'doors' | 'clock'>,
  me: OwnUser,
  header: string | undefined
): Promise<{ tenant: string; access: UserAccess | undefined; now: Date }> {
  const tenant = header === undefined ? (me.memberships.find(isLive)?.tenant ?? '') : namedTenant(header)
  for (let turn = 1; ; turn++) {
    const now = clock()
    const epoch = Math.floor(now.getTime() / 1000)
    const access = await doors.accessOf({ subject: me.id, session: '', epoch }, tenant)
    if (!access?.ended || turn === 3) return { tenant, access, now }
    await behind(epoch, clock)
  }
}

/** Who has only pending memberships may log in, to accept one. */
function scopeIn(tenant: string, access: UserAccess | undefined, me: OwnUser): string {
  const role = access?.admin ? 'ADMIN' : access?.role
  if (role && tenant !== '') return ROLES[role].scopes
  if (tenant !== '')
    throw fhirError('forbidden', 'X-Tenant must name a tenant of yours, or one below it', { expression: 'X-Tenant' })
  if (!me.is_admin && !me.memberships.some(({ status, disabled }) => status === 'pending' && !disabled))
    throw fhirError('forbidden', 'Your access is suspended: ask your administrator')
  return ''
}

/** Whether the membership gives access. */
export const isLive = ({ status, disabled, active }: OwnMembership): boolean =>
  status === 'approved' && !disabled && active

/** What the entry of the trail is about: the account role in the tenant, else the user. */
export function entityOf({ id, memberships }: OwnUser, tenant: string): { type: string; id: string } {
  const role = memberships.find(each => each.tenant === tenant)?.practitioner_role
  return role ? { type: 'PractitionerRole', id: role } : { type: 'User', id }
}

async function noteFailure(doors: AccessDoors & Trail, user: string): Promise<void> {
  const me = await doors.me(user)
  const tenant = me?.memberships[0]?.tenant
  if (me && tenant) await doors.note(tenant, user, { action: 'LOGIN_FAILED', ...entityOf(me, tenant) })
}

const tooMany = (seconds: number): FhirError =>
  fhirError('throttled', `Too many failed logins: try again in ${seconds} seconds`, {
    headers: { 'Retry-After': String(seconds) }
  })
