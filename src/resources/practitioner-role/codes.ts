/** What the codes and extensions of an account role say: P1, P10, P13, P20. */
import type { CodeableConcept, Coding, Extension, Reference } from 'fhir/r4.js'
import { CREDENTIAL } from '../../fhir/credentials.js'
import { error, type Issue } from '../../fhir/errors.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { FactRequest } from '../../store/ports.js'

export const HG_USER = 'https://healthgorilla.com/fhir/StructureDefinition/hg-user'
export const USER_ACCOUNT = `${CANONICAL}/StructureDefinition/user-account`
export const ADMINISTRATIVE_ROLE = 'https://www.healthgorilla.com/administrative-role'
export const PRACTITIONER_ROLE_SYSTEMS: readonly string[] = [
  'http://hl7.org/fhir/practitioner-role',
  'http://terminology.hl7.org/CodeSystem/practitioner-role'
]
export const TAG_SYSTEM = 'https://www.healthgorilla.com'
export const MEMBERSHIP_ROLE = `${CANONICAL}/CodeSystem/membership-role`
export const ACCESS_ROLE = `${CANONICAL}/CodeSystem/access-role`
export const MEMBERSHIP_STATUS = `${CANONICAL}/StructureDefinition/membership-status`
export const IS_PROVIDER = `${CANONICAL}/StructureDefinition/is-provider`
const PRESCRIBER_INCOMPLETE = `${CANONICAL}/StructureDefinition/prescriber-incomplete`
export const SECURITY_ROLE = 'https://www.healthgorilla.com/fhir/R4/StructureDefinition/practitionalrole-security-role'

/** A login or password extension, in each spelling in use. */
export const isCredential = ({ url }: Extension, kind: 'login' | 'password'): boolean =>
  CREDENTIAL.exec(url)?.[1] === kind

export const isHgUser = (role: Resource): boolean =>
  role.meta?.profile?.some(url => url.split('|')[0] === HG_USER) ?? false
export const isAccount = (role?: Resource): boolean =>
  role?.meta?.profile?.some(url => [HG_USER, USER_ACCOUNT].includes(url.split('|')[0]!)) ?? false

/** P7: the tenant that the role names as its own, without `t-`. */
export const tenantOf = (role: Resource): string | undefined =>
  /^Organization\/t-(.+)$/.exec((role.organization as Reference | undefined)?.reference ?? '')?.[1]

/** P8, P13: who may say who is what in this tenant. */
export const cannotManage = (what: string): Issue =>
  error(
    'forbidden',
    `Cannot manage this clinic: ${what} needs a CLINIC_ADMIN or the scope create_users`,
    undefined,
    'P8'
  )

export const codings = (role: Resource): Coding[] =>
  ((role.code as CodeableConcept[] | undefined) ?? []).flatMap(concept => concept.coding ?? [])

/** What the table role_codes says of each coding, in their order: lists of none or one row. */
export const roleCodeRequests = (role: Resource): FactRequest[] =>
  codings(role).map(({ system = '', code = '' }) => ({
    kind: 'rows',
    table: 'role_codes',
    where: { system, code },
    shared: true
  }))

export const isClinical = (role: Resource): boolean =>
  codings(role).some(({ system }) => PRACTITIONER_ROLE_SYSTEMS.includes(system ?? ''))

export const hasTag = (role: Resource, code: string): boolean =>
  role.meta?.tag?.some(tag => tag.system === TAG_SYSTEM && tag.code === code) ?? false

const MEMBERSHIP_ROLES = ['STAFF', 'CLINIC_ADMIN']
const ACCESS_ROLES = ['rx_reader', 'provider', 'member']

/** P14, P20: what a tenant can grant; and P1: a provider is a clinical user. */
export function codeIssues(role: Resource): Issue[] {
  const wrong =
    (allowed: readonly string[]) =>
    ({ code }: Coding) =>
      error(
        'code-invalid',
        `There is no role ${JSON.stringify(code ?? '')} to grant here: ${allowed.join(', ')}`,
        'PractitionerRole.code',
        'P20'
      )
  const outside = (of: string, allowed: readonly string[]) =>
    codings(role)
      .filter(({ system, code }) => system === of && !allowed.includes(code ?? ''))
      .map(wrong(allowed))
  const provider = codings(role).some(({ system, code }) => system === ADMINISTRATIVE_ROLE && code === 'provider')
  return [
    ...outside(MEMBERSHIP_ROLE, MEMBERSHIP_ROLES),
    ...outside(ACCESS_ROLE, ACCESS_ROLES),
    ...saidTwice(role),
    ...severalRoles(role),
    ...(isHgUser(role) && provider && !isClinical(role)
      ? [
          error(
            'business-rule',
            'The administrative-role provider needs a practitioner-role coding beside it, such as doctor',
            'PractitionerRole.code',
            'P1'
          )
        ]
      : [])
  ]
}

/** What a membership has one of is said once. */
const saidTwice = (role: Resource): Issue[] =>
  extensions(role).flatMap(({ url }, index) =>
    [MEMBERSHIP_STATUS, IS_PROVIDER, SECURITY_ROLE].includes(url) &&
    extensions(role).findIndex(each => each.url === url) < index
      ? [
          error(
            'business-rule',
            `This is said twice: keep one extension ${url.split('/').at(-1)}`,
            `PractitionerRole.extension[${index}]`,
            'P20'
          )
        ]
      : []
  )

/** P20: STAFF and CLINIC_ADMIN exclude each other, as does the security role `administrator` a STAFF beside it. */
function severalRoles(role: Resource): Issue[] {
  const named = new Set(codings(role).flatMap(({ system, code }) => (system === MEMBERSHIP_ROLE && code ? [code] : [])))
  if (isAdministrator(role)) named.add('CLINIC_ADMIN')
  if (named.size < 2) return []
  const text = 'A membership has one role, STAFF or CLINIC_ADMIN: keep one of them'
  return [error('business-rule', text, 'PractitionerRole.code', 'P20')]
}

const extensions = (role: Resource): Extension[] => (role.extension as Extension[] | undefined) ?? []
const valueOf = (role: Resource, url: string): Extension | undefined => extensions(role).find(each => each.url === url)

export type MembershipStatus = 'approved' | 'pending' | 'suspended'

/** P13: the extension wins, else `active` says; a changed `active` beside an extension as it was is a change, too. */
export function statusOf(role: Resource, current?: Resource): MembershipStatus {
  const told = valueOf(role, MEMBERSHIP_STATUS)?.valueCode as MembershipStatus | undefined
  const untouched = current && told === valueOf(current, MEMBERSHIP_STATUS)?.valueCode && role.active !== current.active
  return untouched || !told ? (role.active === false ? 'suspended' : 'approved') : told
}

/** P20: the extension wins, else the codes say, by the table role_codes. */
export const isProvider = (role: Resource, codesSayProvider: boolean): boolean =>
  valueOf(role, IS_PROVIDER)?.valueBoolean ?? codesSayProvider

export function membershipRole(role: Resource): 'STAFF' | 'CLINIC_ADMIN' {
  const named = codings(role).find(({ system }) => system === MEMBERSHIP_ROLE)?.code
  return named === 'CLINIC_ADMIN' || isAdministrator(role) ? 'CLINIC_ADMIN' : 'STAFF'
}

const isAdministrator = (role: Resource): boolean =>
  valueOf(role, SECURITY_ROLE)?.valueCodeableConcept?.coding?.some(({ code }) => code === 'administrator') ?? false

export const accessRoles = (role: Resource): string[] =>
  codings(role).flatMap(({ system, code }) => (system === ACCESS_ROLE && code ? [code] : []))

const DERIVED = [MEMBERSHIP_STATUS, IS_PROVIDER, PRESCRIBER_INCOMPLETE]

/** The role with status, provider flag, what a prescriber lacks, and `active`, as the membership has them (P13, P14, P20). */
export function withMembership(
  role: Resource,
  { status, provider, lacks }: { status: MembershipStatus; provider: boolean; lacks: readonly string[] }
): Resource {
  const others = extensions(role).filter(({ url }) => !DERIVED.includes(url))
  return {
    ...role,
    active: status === 'approved',
    extension: [
      ...others,
      { url: MEMBERSHIP_STATUS, valueCode: status },
      { url: IS_PROVIDER, valueBoolean: provider },
      ...lacks.map(valueString => ({ url: PRESCRIBER_INCOMPLETE, valueString }))
    ]
  }
}

/** P14: an access role that prescribes. */
export const prescribes = (role: Resource): boolean => accessRoles(role).includes('provider')
