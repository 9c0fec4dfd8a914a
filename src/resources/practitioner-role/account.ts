/** The parts of an account in a PractitionerRole that asks for one: P1 to P6. */
import type { ContactPoint, HumanName, Identifier, Practitioner, Reference } from 'fhir/r4.js'
import { checkNpi } from '../../domain/identifiers/npi.js'
import { isLogin, isPassword, LOGIN_FORM, PASSWORD_FORM } from '../../domain/credentials.js'
import { normaliseEmail, normalisePhone } from '../../domain/contact.js'
import { officialName } from '../../domain/names.js'
import { prescriberLacks } from '../../domain/prescriber.js'
import { error, type Issue } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { RuleEnv } from '../../store/write-rule.js'
import { isDuring } from '../period.js'
import { codeIssues, isClinical, isCredential, isHgUser, prescribes } from './codes.js'

export interface Account {
  practitioner: Practitioner
  /** FHIRPath of the contained Practitioner. */
  at: string
  clinical: boolean
  username?: string
  password?: string
  email?: string
  phone?: string
  npi?: string
  /** P11: the user who joins; then there are no credentials. */
  userId?: string
  name?: HumanName
}

const CONTAINED = 'PractitionerRole.contained'

/** The contained Practitioner that `practitioner` points to, with its place. */
export function containedPractitioner(role: Resource): { practitioner: Practitioner; index: number } | undefined {
  const reference = (role.practitioner as Reference | undefined)?.reference ?? ''
  const contained = role.contained ?? []
  const index = contained.findIndex(each => each.resourceType === 'Practitioner' && reference === `#${each.id}`)
  return index < 0 ? undefined : { practitioner: contained[index] as unknown as Practitioner, index }
}

/** What an account is read by: the tenant's country, for phones, and the time, for addresses that are no longer in use. */
type Env = Pick<RuleEnv, 'tenant' | 'now'>

/** Reads the account out of the role; what is wrong with it is told as issues. */
export function readAccount(role: Resource, env: Env): { account?: Account; issues: Issue[] } {
  const found = containedPractitioner(role)
  if (!found) return { issues: [noPractitioner(role)] }
  const { practitioner, index } = found
  const at = `${CONTAINED}[${index}]`
  const clinical = isHgUser(role) && isClinical(role)
  const account: Account = { practitioner, at, clinical }
  const userId = practitioner.identifier?.find(({ system }) => system === SYSTEM.userId)?.value
  if (userId) account.userId = userId
  const issues = [...roleIssues(role), ...nameIssues(account)]
  if (userId) issues.push(...joiningIssues(account))
  else issues.push(...readContacts(account, env), ...readCredentials(role, account, env))
  if (clinical) issues.push(...readNpi(account))
  if (prescribes(role)) issues.push(...lacksOf(account))
  return { account, issues }
}

const noPractitioner = (role: Resource): Issue =>
  role.contained?.some(each => each.resourceType === 'Practitioner')
    ? error(
        'invariant',
        'practitioner.reference must be # and the id of the contained Practitioner',
        'PractitionerRole.practitioner.reference',
        'P1'
      )
    : error('required', 'An account needs one contained Practitioner: its name, login and identifiers', CONTAINED, 'P1')

function roleIssues(role: Resource): Issue[] {
  const issues: Issue[] = []
  const persons = role.contained?.filter(each => each.resourceType === 'Practitioner') ?? []
  if (persons.length > 1)
    issues.push(error('business-rule', 'An account has exactly one contained Practitioner', CONTAINED, 'P1'))
  if ((role.contained?.length ?? 0) > persons.length)
    issues.push(error('business-rule', 'An account contains nothing but its Practitioner', CONTAINED, 'P1'))
  issues.push(...codeIssues(role))
  if (!isHgUser(role)) return issues
  if (role.active !== true)
    issues.push(error('business-rule', 'active must be true for a new user', 'PractitionerRole.active', 'P1'))
  return issues
}

function nameIssues(account: Account): Issue[] {
  account.name = officialName(account.practitioner.name)
  if (account.name?.text || account.name?.family) return []
  return [
    error('required', "The user's real name is needed: name with family and given, or text", `${account.at}.name`, 'P1')
  ]
}

/** P11: who joins has a login already. */
const joiningIssues = ({ practitioner, at }: Account): Issue[] =>
  (practitioner.extension ?? []).flatMap((each, index) =>
    isCredential(each, 'login') || isCredential(each, 'password')
      ? [
          error(
            'business-rule',
            'Who joins by a user id has a login already: leave login and password out',
            `${at}.extension[${index}]`,
            'P11'
          )
        ]
      : []
  )

/** P14: who is created as prescriber brings all of it. */
const lacksOf = ({ practitioner, at }: Account): Issue[] =>
  prescriberLacks(practitioner).map(({ name, element }) =>
    error(
      'required',
      `A prescriber needs a ${name}; or create the user as rx_reader and add it later`,
      `${at}.${element}`,
      'P14'
    )
  )

/** P4: the e-mail and phone of the login are the telecoms of lowest rank, else the first, of those in use. */
function readContacts(account: Account, env: Env): Issue[] {
  const issues: Issue[] = []
  for (const [system, key] of [
    ['email', 'email'],
    ['phone', 'phone']
  ] as const) {
    const ranked = (account.practitioner.telecom ?? [])
      .map((telecom, index) => ({ telecom, index }))
      .filter(({ telecom }) => reaches(telecom, system, env.now))
    const best = ranked.sort((a, b) => rank(a.telecom) - rank(b.telecom) || a.index - b.index)[0]
    if (!best) continue
    const value = best.telecom.value!
    const normal = system === 'email' ? normaliseEmail(value) : normalisePhone(value, env.tenant.country)
    if (normal.ok) account[key] = normal.value
    else issues.push(error('business-rule', normal.reason, `${account.at}.telecom[${best.index}].value`, 'P4'))
  }
  return issues
}
/** Whether the telecom is one of today: neither `old`, nor over, nor to come. */
function reaches(telecom: ContactPoint, system: 'email' | 'phone', now: Date): boolean {
  if (telecom.system !== system || !telecom.value || telecom.use === 'old') return false
  return isDuring(telecom.period, now)
}
const rank = (telecom: ContactPoint): number => telecom.rank ?? Number.MAX_SAFE_INTEGER

/** P3: one login, a password or none. Neither value is ever repeated. */
function readCredentials(role: Resource, account: Account, { now }: Env): Issue[] {
  const all = account.practitioner.extension ?? []
  const [logins, passwords] = (['login', 'password'] as const).map(kind => all.filter(each => isCredential(each, kind)))
  const place = `${account.at}.extension`
  const login = logins![0]?.valueString?.trim()
  const mailed = account.practitioner.telecom?.some(telecom => reaches(telecom, 'email', now))
  if (!isHgUser(role) && !mailed)
    return [
      error(
        'required',
        'A user-account needs an e-mail: a telecom with system email that is in use',
        `${account.at}.telecom`,
        'P1'
      )
    ]
  if (logins!.length > 1) return [error('business-rule', 'There must be exactly one login extension', place, 'P3')]
  if (passwords!.length > 1) return [error('business-rule', 'There may be one password extension', place, 'P3')]
  if (login) account.username = login
  else if (!isHgUser(role)) account.username = account.email
  else return [error('required', 'A login is needed: extension hg-practitioner-login with a valueString', place, 'P3')]
  const password = passwords![0]?.valueString
  if (password) account.password = password
  return [
    ...(isLogin(account.username ?? '-') ? [] : [error('business-rule', LOGIN_FORM, place, 'P3')]),
    ...(isPassword(password ?? '-'.repeat(8)) ? [] : [error('business-rule', PASSWORD_FORM, place, 'P3')])
  ]
}

/** P2: the NPI that is held against the directory. */
function readNpi(account: Account): Issue[] {
  const identifiers: Identifier[] = account.practitioner.identifier ?? []
  const index = identifiers.findIndex(({ system }) => system === SYSTEM.npi)
  const value = identifiers[index]?.value
  if (!value)
    return [
      error(
        'required',
        `A clinical user needs an NPI: an identifier with system ${SYSTEM.npi}`,
        `${account.at}.identifier`,
        'P2'
      )
    ]
  if (identifiers.filter(({ system }) => system === SYSTEM.npi).length > 1)
    return [
      error('business-rule', 'A clinical user has one NPI: leave the others out', `${account.at}.identifier`, 'P2')
    ]
  account.npi = value
  const verdict = checkNpi(value)
  return verdict.ok ? [] : [error('business-rule', verdict.reason, `${account.at}.identifier[${index}].value`, 'P2')]
}
