/** Creating an account: user, membership, profile, practitioner and role in one transaction, or nothing (P1 to P10). */
import { matchName, type PersonName } from '../../domain/names.js'
import { error, warning, type Issue } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { FactRequest, ResourceWrite, RowWrite, Taken } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { readAccount, type Account } from './account.js'
import {
  accessRoles,
  codings,
  hasTag,
  isAccount,
  isCredential,
  isProvider,
  membershipRole,
  statusOf,
  withMembership
} from './codes.js'
import { facilityIssues, facilityRequests, withFacilitySystems } from './facilities.js'

export const createAccount: WriteRule = {
  key: 'account',
  when: ({ interaction, resource }) => interaction === 'create' && isAccount(resource),
  prepare: ({ resource }) => withFacilitySystems(withoutVersions(resource!)),
  target: ({ resource }) =>
    /^Organization\/t-(.+)$/.exec((resource!.organization as { reference?: string } | undefined)?.reference ?? '')?.[1],
  facts: requests,
  decide
}

/** P1: versions in a contained Practitioner come from copying the directory's record; everywhere else dom-4 refuses them. */
function withoutVersions(role: Resource): { resource: Resource; issues: Issue[] } {
  const issues: Issue[] = []
  const contained = role.contained?.map((each, index) => {
    const { versionId, lastUpdated, ...meta } = each.meta ?? {}
    if (versionId === undefined && lastUpdated === undefined) return each
    const place = `PractitionerRole.contained[${index}].meta`
    issues.push({
      severity: 'information',
      code: 'informational',
      text: 'versionId and lastUpdated of the contained resource were left out',
      expression: place
    })
    return { ...each, meta }
  })
  return { resource: { ...role, ...(contained && { contained }) }, issues }
}

/** Facts in this order: directory, taken, practitioner-with, role codes, facilities. */
function requests({ resource }: RuleWrite, env: RuleEnv): FactRequest[] {
  const { account } = readAccount(resource!, env.tenant.country)
  const { npi, username, email, phone } = account ?? {}
  return [
    { kind: 'directory', npi: npi ?? '' },
    { kind: 'taken', ...(username && { username }), ...(email && { email }), ...(phone && { phone }) },
    { kind: 'practitioner-with', system: SYSTEM.npi, value: npi ?? '' },
    ...codings(resource!).map((coding): FactRequest => ({
      kind: 'rows',
      table: 'role_codes',
      where: { system: coding.system ?? '', code: coding.code ?? '' },
      shared: true
    })),
    ...facilityRequests(resource!)
  ]
}

async function decide({ resource, id }: RuleWrite, facts: unknown[], env: RuleEnv): Promise<Decision> {
  const role = resource!
  if (!env.has('create_users'))
    return { issues: [error('forbidden', 'Creating users needs the scope create_users', undefined, 'P8')] }
  const { account, issues } = readAccount(role, env.tenant.country)
  if (!account || issues.length > 0) return { issues }
  const [directory, taken, owner, ...more] = facts as [DirectoryRow | null, Taken, Owner | null, ...unknown[]]
  const codes = (more.slice(0, codings(role).length) as { provider: boolean }[][]).flat()
  issues.push(...facilityIssues(role, more.slice(codings(role).length)))
  if (account.clinical) issues.push(...directoryIssues(account, directory, env))
  issues.push(...takenIssues(account, taken))
  if (account.npi && owner?.membership_id)
    issues.push(
      error(
        'duplicate',
        `A member of this tenant has this NPI already: change PractitionerRole of Practitioner/${owner.id} instead`,
        `${account.at}.identifier`,
        'P2'
      )
    )
  if (issues.length > 0) return { issues }
  const provider = isProvider(
    role,
    codes.some(code => code.provider)
  )
  return rowsOfAccount({ id, role, account, provider, adopted: account.npi ? owner?.id : undefined }, env)
}

interface DirectoryRow {
  family: string | null
  given: string | null
  middle: string | null
  suffix: string | null
  active: boolean
  entity_type: number | string
}
interface Owner {
  id: string
  membership_id: string | null
}

/** P2: the directory must know the NPI, as a person's, and by the same name. */
function directoryIssues({ at, name, npi }: Account, directory: DirectoryRow | null, env: RuleEnv): Issue[] {
  const place = `${at}.identifier`
  if (!directory || Number(directory.entity_type) !== 1)
    return [
      {
        ...error(
          'not-found',
          `NPI ${npi} is no person's in the national provider directory: check the number`,
          place,
          'P2'
        )
      }
    ]
  if (!directory.active)
    return [error('business-rule', `NPI ${npi} was deactivated in the national provider directory`, place, 'P2')]
  const given = [directory.given, directory.middle].filter((part): part is string => !!part)
  const onFile: PersonName = {
    family: directory.family ?? '',
    given,
    ...(directory.suffix && { suffix: [directory.suffix] })
  }
  const verdict = matchName((name ?? {}), onFile, env.tenant.nameMatch)
  return verdict.ok ? [] : [error('business-rule', verdict.reason, `${at}.name`, 'P2')]
}

function takenIssues({ at, email }: Account, taken: Taken): Issue[] {
  return [
    ...(taken.email && email ? [error('duplicate', 'Email already in use', `${at}.telecom`, 'P4')] : []),
    ...(taken.phone ? [error('duplicate', 'Phone number already in use', `${at}.telecom`, 'P4')] : []),
    ...(taken.username ? [error('duplicate', 'Login already in use', `${at}.extension`, 'P4')] : [])
  ]
}

interface NewAccount {
  id: string
  role: Resource
  account: Account
  provider: boolean
  /** Id of the tenant's practitioner without membership that has the NPI: it becomes the account's. */
  adopted?: string
}

async function rowsOfAccount({ id, role, account, provider, adopted }: NewAccount, env: RuleEnv): Promise<Decision> {
  const [userId, membershipId, practitionerId] = [env.newId(), env.newId(), adopted ?? env.newId()]
  const { contained: _contained, ...rest } = role
  const status = statusOf(role)
  const verified = hasTag(role, 'VERIFIED')
  const stored = withMembership(
    { ...rest, practitioner: { ...(rest.practitioner as object), reference: `Practitioner/${practitionerId}` } },
    status,
    provider
  )
  const user = {
    id: userId,
    username: account.username,
    email: account.email ?? null,
    phone_e164: account.phone ?? null,
    password_hash: account.password ? await env.hash(account.password) : null,
    email_verified_at: verified && account.email ? env.now.toISOString() : null,
    notifications: !hasTag(role, 'NO_SUBSCRIPTIONS')
  }
  const membership = {
    id: membershipId,
    user_id: userId,
    membership_role: membershipRole(role),
    is_provider: provider,
    access_roles: accessRoles(role),
    status,
    accepted_at: env.now.toISOString()
  }
  const rows: RowWrite[] = [
    { table: 'users', mode: 'insert', row: user },
    { table: 'memberships', mode: 'insert', row: membership },
    {
      table: 'membership_profiles',
      mode: 'insert',
      row: { membership_id: membershipId, full_name: fullName(account) }
    },
    ...(adopted
      ? [{ table: 'practitioners', mode: 'update' as const, row: { id: adopted, membership_id: membershipId } }]
      : [])
  ]
  const invite = account.email && !verified
  return {
    resource: stored,
    columns: { membership_id: membershipId },
    rows,
    writes: adopted ? [] : [practitionerWrite(account, practitionerId, membershipId)],
    audit: [
      {
        key: env.newId(),
        action: 'USER_CREATED',
        type: 'PractitionerRole',
        id,
        detail: { user_id: userId, is_provider: provider }
      }
    ],
    outbox: invite ? [{ key: env.newId(), kind: 'invitation', payload: { user_id: userId } }] : [],
    issues: adopted
      ? [
          warning(
            'informational',
            `Practitioner/${adopted} of this tenant has this NPI: the account took it over as it is`,
            'PractitionerRole.practitioner',
            'P2'
          )
        ]
      : []
  }
}

/** The contained Practitioner as the resource that it becomes: without login and password. */
function practitionerWrite({ practitioner }: Account, id: string, membershipId: string): ResourceWrite {
  const extension = practitioner.extension?.filter(
    each => !isCredential(each, 'login') && !isCredential(each, 'password')
  )
  const { extension: _e, ...rest } = practitioner
  const resource = { ...rest, id, ...(extension?.length && { extension }) } as unknown as Resource
  return { type: 'Practitioner', id, resource, expected: 0, fresh: true, columns: { membership_id: membershipId } }
}

/** As the official name says it: practitioner/full-name.ts shows it again. */
function fullName({ name }: Account): string {
  return (
    name?.text ??
    [...(name?.prefix ?? []), ...(name?.given ?? []), name?.family, ...(name?.suffix ?? [])].filter(Boolean).join(' ')
  )
}
