/** Changing an account role: P9, P12, P13, P14, P20. */
import type { Practitioner, Reference } from 'fhir/r4.js'
import { directoryFault, type DirectoryRecord } from '../../domain/directory.js'
import { officialName } from '../../domain/names.js'
import { prescriberLacks } from '../../domain/prescriber.js'
import { readJson } from '../../fhir/digits.js'
import { error, warning, type Issue } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { CurrentFact, FactRequest, MembershipFact, RowWrite } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import {
  accessRoles,
  codeIssues,
  hasTag,
  isAccount,
  isClinical,
  isHgUser,
  isProvider,
  membershipRole,
  prescribes,
  roleCodeRequests,
  statusOf,
  withMembership
} from './codes.js'
import { mayBecome, trailOf, type Standing } from './membership-change.js'
import { prepareAccount } from './prepare-account.js'

export const changeAccount: WriteRule = {
  key: 'account-change',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  // Who sends the document of the creation again is to hear of that, not of what is missing in it.
  prepare: ({ resource }) => (isAccount(resource) ? prepareAccount(resource!) : { resource: resource!, issues: [] }),
  facts: ({ id, resource }): FactRequest[] => [
    { kind: 'membership-of', type: 'PractitionerRole', id },
    { kind: 'directory-of', practitioner: practitionerOf(resource!) },
    { kind: 'current', type: 'Practitioner', id: practitionerOf(resource!) },
    ...roleCodeRequests(resource!)
  ],
  decide: change
}

function change(write: RuleWrite, facts: unknown[], env: RuleEnv): Decision {
  const role = write.resource!
  const before = facts[0] as MembershipFact | null
  if (!write.current || !before) return { issues: isAccount(role) ? [notByUpdate()] : [] }
  const issues = [...unchangeable(write.current, role, env.tenant.id), ...codeIssues(role)]
  const practitioner = practitionerSent(facts[2] as CurrentFact | null, env)
  if (isHgUser(role) && isClinical(role) && !isClinical(write.current))
    issues.push(...becomesClinical(practitioner, facts[1] as DirectoryRecord | null, env))
  if (issues.length > 0) return { issues }
  const says = (facts.slice(3) as { provider: boolean }[][]).flat().some(code => code.provider)
  const after: Standing = {
    status: statusOf(role, write.current),
    is_provider: isProvider(role, says),
    membership_role: membershipRole(role),
    access_roles: accessRoles(role)
  }
  const refused = mayBecome(before, after, env)
  if (refused.length > 0) return { issues: refused }
  const lacks = prescribes(role) ? prescriberLacks(practitioner).map(({ name }) => name) : []
  return {
    resource: withMembership(role, { status: after.status, provider: after.is_provider, lacks }),
    rows: rowsOf(before, after, role),
    audit: trailOf(write.id, before, after, env),
    issues: lacks.length > 0 ? [incomplete(lacks, before)] : []
  }
}

function rowsOf({ id }: MembershipFact, { membership_role, access_roles }: Standing, role: Resource): RowWrite[] {
  const enabled = !hasTag(role, 'NO_SUBSCRIPTIONS')
  return [
    { table: 'memberships', mode: 'update', row: { id, membership_role, access_roles } },
    { table: 'set_notifications', mode: 'call', row: { membership: id, enabled } }
  ]
}

/** P14: the role comes first, the details after it. */
const incomplete = (lacks: readonly string[], { practitioner_id }: MembershipFact): Issue =>
  warning(
    'business-rule',
    `Until they are there, nothing can be booked with this prescriber. Missing: ${lacks.join(', ')}; add them to Practitioner/${practitioner_id}`,
    'PractitionerRole.code',
    'P14'
  )

/** The Practitioner as it will stand: the one that comes in the same transaction, else the stored one. */
function practitionerSent(found: CurrentFact | null, { writes }: RuleEnv): Practitioner {
  const stored = readJson(found?.text ?? '{}') as Practitioner
  const sent = writes.find(({ type, id }) => type === 'Practitioner' && id === stored.id)?.resource
  return (sent as Practitioner | undefined) ?? stored
}

const practitionerOf = (role: Resource): string =>
  /^Practitioner\/(.+)$/.exec((role.practitioner as Reference | undefined)?.reference ?? '')?.[1] ?? ''

/** P9: a practitioner-role coding makes the user clinical, and so P2 holds from now on. */
function becomesClinical(practitioner: Practitioner, record: DirectoryRecord | null, env: RuleEnv): Issue[] {
  const npi = practitioner.identifier?.find(({ system }) => system === SYSTEM.npi)?.value
  if (!npi)
    return [
      error(
        'business-rule',
        `A clinical user needs an NPI: add it to Practitioner/${practitioner.id} first`,
        'PractitionerRole.code',
        'P9'
      )
    ]
  const name = officialName(practitioner.name)
  const fault = directoryFault(npi, name ?? {}, record, env.tenant.nameMatch)
  return fault ? [error(fault.code, fault.reason, 'PractitionerRole.code', 'P9')] : []
}

const notByUpdate = (): Issue =>
  error(
    'business-rule',
    'An account is made by POST of the PractitionerRole, not by PUT: the server chooses its id',
    'PractitionerRole.meta.profile',
    'P9'
  )

/** P9: what a change of an account role may not touch. */
function unchangeable(current: Resource, role: Resource, tenant: string): Issue[] {
  const reference = (from: Resource, element: string): string =>
    (from[element] as Reference | undefined)?.reference ?? ''
  const target = reference(current, 'practitioner')
  const [before, after] = [reference(current, 'organization'), reference(role, 'organization')]
  return [
    ...(role.contained?.length
      ? [
          error(
            'business-rule',
            `An account role contains nothing: change ${target} instead`,
            'PractitionerRole.contained',
            'P9'
          )
        ]
      : []),
    ...(reference(role, 'practitioner') !== target
      ? [error('business-rule', `practitioner must stay ${target}`, 'PractitionerRole.practitioner', 'P9')]
      : []),
    // To name the tenant where it was not named is no change.
    ...(before !== after &&
    after !== `Organization/t-${tenant}` &&
    [before, after].some(each => each.startsWith('Organization/t-'))
      ? [error('business-rule', 'The tenant of an account cannot be changed', 'PractitionerRole.organization', 'P9')]
      : []),
    ...(!isAccount(role) || (isHgUser(current) && !isHgUser(role))
      ? [
          error(
            'business-rule',
            `Keep the account's profile: ${current.meta?.profile?.join(', ') ?? ''}`,
            'PractitionerRole.meta.profile',
            'P9'
          )
        ]
      : [])
  ]
}
