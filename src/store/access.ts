/** What logging in, and asking what a user may, needs of the store: doors that need no tenant. */

/** A login as the database knows it, after the attempt was counted. */
export type LoginAttempt =
  /** Too many attempts: seconds until the next one is looked at. */
  | { wait: number }
  /** `user` absent: there is no such login. */
  | { wait: 0; user?: { id: string; passwordHash: string | null; disabled: boolean; unverified: boolean } }

/** By what a user comes: the token's name, and when it was issued (seconds since 1970). */
export interface UserToken {
  subject: string
  session: string
  epoch: number
}

/** What a user is in a tenant. */
export interface UserAccess {
  /** ADMIN, and the tenant exists. */
  admin: boolean
  disabled: boolean
  /** The session was logged out, or revoked with all others. */
  ended: boolean
  /** The strongest of the live memberships in the tenant and those above; null when there is none. */
  role: 'STAFF' | 'CLINIC_ADMIN' | null
}

/** A membership as its user sees it. */
export interface OwnMembership {
  /** Id, without `t-`. */
  tenant: string
  name: string
  slug: string
  /** Whether the tenant is. */
  active: boolean
  role: 'STAFF' | 'CLINIC_ADMIN'
  status: 'approved' | 'pending' | 'suspended'
  disabled: boolean
  is_provider: boolean
  access_roles: string[]
  full_name: string | null
  practitioner: string | null
  practitioner_role: string | null
}

export interface OwnUser {
  id: string
  username: string
  email: string | null
  /** E.164. */
  phone: string | null
  email_verified: boolean
  notifications: boolean
  is_admin: boolean
  /** Oldest first. */
  memberships: OwnMembership[]
}

/** What of a login changes; `null` takes it away. */
export interface UserChange {
  username?: string
  email?: string | null
  phone?: string | null
  password_hash?: string
}

export interface AccessDoors {
  /**
   * Counts an attempt from an address (`most` of them, then a lockout of so many seconds; ten times as many from wherever)
   * and finds the login.
   */
  beginLogin(login: string, address: string, most: number, lockout: number): Promise<LoginAttempt>
  /** Forgets the attempts that came from the address. */
  endLogin(login: string, address: string): Promise<void>
  /** Undefined when there is no such user. */
  accessOf(token: UserToken, tenant: string): Promise<UserAccess | undefined>
  me(user: string): Promise<OwnUser | undefined>
  /** False when it was ended before. `expiresAt` in seconds since 1970, as below. */
  endSession(session: string, expiresAt: number): Promise<boolean>
  /** False when it was used before, in whatever process. */
  useAssertion(key: string, expiresAt: number): Promise<boolean>
  /** Tokens of the subject issued at or before `epoch` (seconds since 1970) are void. */
  revoke(subject: string, epoch: number): Promise<void>
  /** With its trace, and a mail to a new address. Throws FhirError `duplicate` when a name is taken. */
  changeUser(user: string, change: UserChange): Promise<void>
  /** Status before; undefined when there is no such membership. */
  acceptMembership(user: string, tenant: string): Promise<OwnMembership['status'] | undefined>
  /** Ids of the users that a subject of a trusted issuer may be. */
  usersSignedOn(kind: 'username' | 'email' | 'facility', facility: string, subject: string): Promise<string[]>
}

/** Entries of the trail that no write of a resource makes: logins, refusals. */
export interface Trail {
  note(tenant: string, subject: string, entry: TrailEntry): Promise<void>
}

export interface TrailEntry {
  action: string
  type: string
  id: string
  detail?: Record<string, string | number | boolean | null>
}
