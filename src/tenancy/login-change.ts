/** What of a login changes, and the change of another's by those who administer them (P21). */
import { normaliseEmail, normalisePhone } from '../domain/contact.js'
import { isLogin, isPassword, LOGIN_FORM, PASSWORD_FORM } from '../domain/credentials.js'
import { error, FhirError, fhirError, type Issue } from '../fhir/errors.js'
import type { UserChange } from '../store/access.js'
import type { TenancyStore } from '../store/tenancy.js'

/** As it is sent; null takes an e-mail or phone away. */
export interface SentLogin {
  username?: string
  email?: string | null
  phone?: string | null
  password?: string
}

/** The names in the form under which they are unique, and what is wrong with any part. `country`: the tenant's, for phones. */
export function readLogin(
  { username, email, phone, password }: SentLogin,
  country: string | undefined
): { change: UserChange; issues: Issue[] } {
  const change: UserChange = {}
  const issues: Issue[] = []
  if (username !== undefined) {
    if (isLogin(username)) change.username = username.trim()
    else issues.push(error('value', LOGIN_FORM, 'username'))
  }
  const read = (name: 'email' | 'phone', normal: ReturnType<typeof normaliseEmail>): void => {
    if (normal.ok) change[name] = normal.value
    else issues.push(error('value', normal.reason, name))
  }
  if (email === null) change.email = null
  if (phone === null) change.phone = null
  if (typeof email === 'string') read('email', normaliseEmail(email))
  if (typeof phone === 'string') read('phone', normalisePhone(phone, country))
  if (password !== undefined && !isPassword(password)) issues.push(error('value', PASSWORD_FORM, 'password'))
  return { change, issues }
}

export interface LoginChange {
  /** Of the tenant at work. */
  store: TenancyStore
  country: string
  hash: (password: string) => Promise<string>
  caller: string
  /** Whose login it is. */
  user: string
}

/**
 * Changes the login of a user of the tenant at work or below it: a new address is verified, and the old one told. Throws
 * FhirError: 403 for who is a member elsewhere, too, and for oneself; 404; 409 `duplicate`; 422 with the place.
 */
export async function changeLogin({ store, country, hash, caller, user }: LoginChange, sent: SentLogin): Promise<void> {
  if (user === caller) throw fhirError('forbidden', 'Your own login you change by PATCH /me')
  const { change, issues } = readLogin(sent, country)
  if (issues.length > 0) throw new FhirError(issues, { status: 422 })
  const hashed = sent.password === undefined ? {} : { password_hash: await hash(sent.password) }
  const result = await store.changeLogin(user, { ...change, ...hashed })
  if (result === 'unknown') throw fhirError('not-found', 'There is no such user in this tenant or below it')
  if (result === 'elsewhere')
    throw fhirError(
      'forbidden',
      'This user is a member of other tenants as well: only they themselves change their login, by PATCH /me',
      { rule: 'P21' }
    )
}
