/** Changing and ending an account role: P9, P12, P13, P20. */
import type { Practitioner, Reference } from 'fhir/r4.js'
import { directoryFault, type DirectoryRecord } from '../../domain/directory.js'
import { officialName } from '../../domain/names.js'
import { readJson } from '../../fhir/digits.js'
import { error, type Issue } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { CurrentFact, FactRequest, RowWrite } from '../../store/ports.js'
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
  roleCodeRequests,
  statusOf,
  withMembership
} from './codes.js'
import { prepareAccount } from './prepare-account.js'

interface RoleRow {
  membership_id: string | null
  practitioner_id: string | null
}

export const changeAccount: WriteRule = {
  key: 'account-change',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  // Who sends the document of the creation again is to hear of that, not of what is missing in it.
  prepare: ({ resource }) => (isAccount(resource) ? prepareAccount(resource!) : { resource: resource!, issues: [] }),
  facts: ({ id, resource }): FactRequest[] => [
    { kind: 'rows', table: 'practitioner_roles', where: { id } },
    { kind: 'directory-of', practitioner: practitionerOf(resource!) },
    { kind: 'current', type: 'Practitioner', id: practitionerOf(resource!) },
    ...roleCodeRequests(resource!)
  ],
  decide: change
}

function change(write: RuleWrite, facts: unknown[], env: RuleEnv): Decision {
  const role = write.resource!
  const [row] = (facts[0] as RoleRow[] | null) ?? []
  if (!write.current || !row?.membership_id) return { issues: isAccount(role) ? [notByUpdate()] : [] }
  const issues = [...unchangeable(write.current, role), ...codeIssues(role)]
  if (isHgUser(role) && isClinical(role) && !isClinical(write.current)) issues.push(...becomesClinical(facts, env))
  if (issues.length > 0) return { issues }
  const provider = isProvider(
    role,
    (facts.slice(3) as { provider: boolean }[][]).flat().some(code => code.provider)
  )
  const status = statusOf(role, write.current)
  const rows: RowWrite[] = [
    {
      table: 'memberships',
      mode: 'update',
      row: { id: row.membership_id, membership_role: membershipRole(role), access_roles: accessRoles(role) }
    },
    {
      table: 'set_notifications',
      mode: 'call',
      row: { membership: row.membership_id, enabled: !hasTag(role, 'NO_SUBSCRIPTIONS') }
    }
  ]
  return {
    resource: withMembership(role, status, provider),
    rows,
    audit: [
      {
        key: env.newId(),
        action: 'USER_UPDATED',
        type: 'PractitionerRole',
        id: write.id,
        detail: { is_provider: provider, status }
      }
    ]
  }
}

const practitionerOf = (role: Resource): string =>
  /^Practitioner\/(.+)$/.exec((role.practitioner as Reference | undefined)?.reference ?? '')?.[1] ?? ''

/** P9: a practitioner-role coding makes the user clinical, and so P2 holds from now on. */
function becomesClinical(facts: unknown[], env: RuleEnv): Issue[] {
  const [, record, found] = facts as [unknown, DirectoryRecord | null, CurrentFact | null]
  const practitioner = readJson(found?.text ?? '{}') as Practitioner
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
function unchangeable(current: Resource, role: Resource): Issue[] {
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
    ...(before !== after && (before.startsWith('Organization/t-') || after.startsWith('Organization/t-'))
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

export const endAccount: WriteRule = {
  key: 'account-end',
  when: ({ interaction }) => interaction === 'delete',
  facts: ({ id }) => [{ kind: 'rows', table: 'practitioner_roles', where: { id } }],
  decide: ({ id }, [found], env) => {
    const [row] = (found as RoleRow[] | null) ?? []
    if (!row?.membership_id) return {}
    const ended = { id: row.membership_id, status: 'suspended', disabled_at: env.now.toISOString() }
    return {
      rows: [
        { table: 'memberships', mode: 'update', row: ended },
        ...(row.practitioner_id
          ? [{ table: 'practitioners', mode: 'update' as const, row: { id: row.practitioner_id, membership_id: null } }]
          : [])
      ],
      audit: [{ key: env.newId(), action: 'USER_DISABLED', type: 'PractitionerRole', id }]
    }
  }
}
