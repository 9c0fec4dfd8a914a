/** What a membership may become, and the trail of the change: P8, P11, P12, P13, P15, P19. */
import { error, type Issue } from '../../fhir/errors.js'
import type { AuditEntry, MembershipFact } from '../../store/ports.js'
import type { RuleEnv } from '../../store/write-rule.js'
import { cannotManage } from './codes.js'

/** What a change of the account role can change of the membership. */
export type Standing = Pick<MembershipFact, 'status' | 'is_provider' | 'membership_role' | 'access_roles'>

const PARTS = ['status', 'is_provider', 'membership_role', 'access_roles'] as const

const changed = (before: Standing, after: Standing): (typeof PARTS)[number][] =>
  PARTS.filter(part => String(before[part]) !== String(after[part]))

/** Issues that refuse the change. */
export function mayBecome(before: MembershipFact, after: Standing, env: RuleEnv): Issue[] {
  const parts = changed(before, after)
  if (before.disabled_at && (after.status !== 'suspended' || parts.some(part => part !== 'status')))
    return [
      error('business-rule', 'This account was ended for good: create another one', 'PractitionerRole.extension', 'P15')
    ]
  if (before.accepted_at === null && after.status === 'approved')
    return [
      error(
        'business-rule',
        `The user accepts the membership first: POST /me/memberships/t-${env.tenant.id}/accept`,
        'PractitionerRole.extension',
        'P11'
      )
    ]
  return parts.length > 0 && !env.has('create_users') ? [cannotManage(`changing ${WORDS[parts[0]!]}`)] : []
}

const WORDS: Record<(typeof PARTS)[number], string> = {
  status: 'the status of a user',
  is_provider: 'the provider flag',
  membership_role: 'the role of a user',
  access_roles: 'the access roles of a user'
}

/** An entry for the flag, one for roles, and one for all else. */
export function trailOf(id: string, before: MembershipFact, after: Standing, env: RuleEnv): AuditEntry[] {
  const parts = changed(before, after)
  const of = (part: (typeof PARTS)[number]) => ({ from: before[part], to: after[part] })
  const entry = (action: string, detail: AuditEntry['detail']): AuditEntry => ({
    key: env.newId(),
    action,
    type: 'PractitionerRole',
    id,
    detail: { user_id: before.user_id, ...detail }
  })
  const roles = parts.filter(part => part === 'membership_role' || part === 'access_roles')
  return [
    ...(parts.includes('is_provider') ? [entry('PROVIDER_FLAGGED', { is_provider: after.is_provider })] : []),
    ...(roles.length > 0 ? [entry('ROLE_CHANGED', Object.fromEntries(roles.map(part => [part, of(part)])))] : []),
    ...(parts.length === 0 || parts.includes('status')
      ? [
          entry(
            'USER_UPDATED',
            parts.includes('status') ? { status: of('status') } : { is_provider: after.is_provider }
          )
        ]
      : [])
  ]
}
