/** The rows of a new account, and the resources that it consists of (P1, P5, P13, P19). */
import type { Identifier, Practitioner } from 'fhir/r4.js'
import { displayName } from '../../domain/names.js'
import { readJson } from '../../fhir/digits.js'
import { warning, type Issue } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { Row } from '../../mapping/spec.js'
import type { PractitionerFact, ResourceWrite, RowWrite } from '../../store/ports.js'
import type { Decision, RuleEnv } from '../../store/write-rule.js'
import type { Account } from './account.js'
import { accessRoles, hasTag, isCredential, membershipRole, statusOf, withMembership } from './codes.js'

export interface NewAccount {
  id: string
  role: Resource
  account: Account
  provider: boolean
  /** The tenant's practitioner without membership that has the NPI: it becomes the account's. */
  adopted?: PractitionerFact
  /** P11: the caller may let the user in without asking them. */
  welcome?: boolean
}

/** What is written for an account: the user, the membership with its profile, the practitioner, and the role as it is stored. */
export async function rowsOfAccount(
  { id, role, account, provider, adopted, welcome }: NewAccount,
  env: RuleEnv
): Promise<Decision> {
  const joins = account.userId !== undefined
  const asked = joins && !welcome
  const [userId, membershipId] = [account.userId ?? env.newId(), env.newId()]
  const practitionerId = adopted?.id ?? env.newId()
  const { contained: _contained, ...rest } = role
  const status = asked ? 'pending' : statusOf(role)
  const verified = hasTag(role, 'VERIFIED')
  const stored = withMembership(
    { ...rest, practitioner: { ...(rest.practitioner as object), reference: `Practitioner/${practitionerId}` } },
    { status, provider, lacks: [] }
  )
  const membership = {
    id: membershipId,
    user_id: userId,
    membership_role: membershipRole(role),
    is_provider: provider,
    access_roles: accessRoles(role),
    status,
    accepted_at: asked ? null : env.now.toISOString()
  }
  const rows: RowWrite[] = [
    ...(joins ? [] : [{ table: 'users', mode: 'insert' as const, row: await userRow(userId, role, account, env) }]),
    { table: 'memberships', mode: 'insert', row: membership },
    {
      table: 'membership_profiles',
      mode: 'insert',
      row: { membership_id: membershipId, full_name: displayName(account.name ?? {}) }
    },
    ...(adopted
      ? [{ table: 'practitioners', mode: 'update' as const, row: { id: adopted.id, membership_id: membershipId } }]
      : [])
  ]
  const invite = !joins && account.email && !verified
  return {
    resource: stored,
    columns: { membership_id: membershipId },
    rows,
    writes: [practitionerWrite(account, practitionerId, { userId, membershipId }, adopted)],
    audit: [
      {
        key: env.newId(),
        action: 'USER_CREATED',
        type: 'PractitionerRole',
        id,
        detail: { user_id: userId, is_provider: provider, status }
      }
    ],
    outbox: invite ? [{ key: env.newId(), kind: 'invitation', payload: { user_id: userId } }] : [],
    issues: [...(adopted ? [tookOver(adopted)] : []), ...(asked ? [waits(env)] : [])]
  }
}

const tookOver = ({ id }: PractitionerFact): Issue =>
  warning(
    'informational',
    `Practitioner/${id} of this tenant has this NPI: the account took it over, with what was sent added to it`,
    'PractitionerRole.practitioner',
    'P2'
  )

const waits = ({ tenant }: RuleEnv): Issue =>
  warning(
    'informational',
    `The membership is pending until the user accepts it: POST /me/memberships/t-${tenant.id}/accept`,
    'PractitionerRole',
    'P11'
  )

const userRow = async (id: string, role: Resource, account: Account, env: RuleEnv): Promise<Row> => ({
  id,
  username: account.username,
  email: account.email ?? null,
  phone_e164: account.phone ?? null,
  password_hash: account.password ? await env.hash(account.password) : null,
  email_verified_at: hasTag(role, 'VERIFIED') && account.email ? env.now.toISOString() : null,
  notifications: !hasTag(role, 'NO_SUBSCRIPTIONS')
})

/**
 * The contained Practitioner as the resource that it becomes: without login and password. An adopted one keeps what it
 * has beside, and the identifiers and telecoms of both.
 */
function practitionerWrite(
  { practitioner, at: from }: Account,
  id: string,
  { userId, membershipId }: { userId: string; membershipId: string },
  adopted: PractitionerFact | undefined
): ResourceWrite {
  const { extension = [], ...rest } = practitioner
  const shown = extension.filter(each => !isCredential(each, 'login') && !isCredential(each, 'password'))
  const identifier = withUserId(practitioner.identifier, userId)
  const sent = { ...rest, identifier, ...(shown.length > 0 && { extension: shown }) }
  const write = { type: 'Practitioner', id, from, columns: { membership_id: membershipId } }
  if (!adopted) return { ...write, resource: { ...sent, id } as unknown as Resource, expected: 0, fresh: true }
  const kept = readJson(adopted.text ?? '{}') as Practitioner
  const resource = {
    ...kept,
    ...sent,
    id,
    ...joined('identifier', withoutUserId(kept.identifier), sent.identifier, each => `${each.system}|${each.value}`),
    ...joined('telecom', kept.telecom, sent.telecom, each => `${each.system}|${each.value}`)
  }
  return { ...write, resource: resource as unknown as Resource, expected: adopted.version }
}

/** The one of an account that ended is no longer true. */
const withoutUserId = (identifiers: readonly Identifier[] = []): Identifier[] =>
  identifiers.filter(({ system }) => system !== SYSTEM.userId)

/** A member is found by the id of the user. */
const withUserId = (identifiers: readonly Identifier[] = [], value: string): Identifier[] => [
  ...withoutUserId(identifiers),
  { system: SYSTEM.userId, value }
]

/** Both lists as one element, the kept first, none twice. */
function joined<T>(element: string, kept: T[] = [], sent: T[] = [], key: (item: T) => string): Record<string, T[]> {
  const known = new Set(kept.map(key))
  const both = [...kept, ...sent.filter(item => !known.has(key(item)))]
  return both.length > 0 ? { [element]: both } : {}
}
