/** P15, what $disable does to the account role: access roles become `member`, and the membership ends for good. */
import type { CodeableConcept, Extension } from 'fhir/r4.js'
import { error } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { MembershipFact } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { ACCESS_ROLE, cannotManage, MEMBERSHIP_ROLE, SECURITY_ROLE, withMembership } from './codes.js'

export const disableAccount: WriteRule = {
  key: 'account-disable',
  means: 'disable',
  when: () => true,
  facts: ({ id }) => [{ kind: 'membership-of', type: 'PractitionerRole', id }],
  decide: ({ id, current }: RuleWrite, [found], env: RuleEnv): Decision => {
    const member = found as MembershipFact | null
    if (!env.has('create_users')) return { issues: [cannotManage('disabling a user')] }
    if (!current || !member) return { issues: [error('not-found', `There is no account role ${id}`)] }
    const { is_provider: provider, user_id } = member
    const detail = { user_id, access_roles: { from: member.access_roles, to: ['member'] } }
    return {
      resource: withMembership(downgraded(current), { status: 'suspended', provider, lacks: [] }),
      rows: [
        {
          table: 'memberships',
          mode: 'update',
          row: { id: member.id, membership_role: 'STAFF', access_roles: ['member'] }
        },
        { table: 'end_membership', mode: 'call', row: { membership: member.id } }
      ],
      audit: [{ key: env.newId(), action: 'USER_DISABLED', type: 'PractitionerRole', id, detail }]
    }
  }
}

/** Codes of other systems say what someone is, not what they may. */
function downgraded(role: Resource): Resource {
  const concepts = ((role.code as CodeableConcept[] | undefined) ?? []).flatMap(concept => {
    const kept = concept.coding?.filter(({ system }) => system !== ACCESS_ROLE && system !== MEMBERSHIP_ROLE)
    return kept?.length === 0 && !concept.text ? [] : [{ ...concept, ...(kept && { coding: kept }) }]
  })
  const extension = ((role.extension as Extension[] | undefined) ?? []).filter(({ url }) => url !== SECURITY_ROLE)
  return { ...role, extension, code: [...concepts, { coding: [{ system: ACCESS_ROLE, code: 'member' }] }] }
}
