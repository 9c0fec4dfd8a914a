/** Deleting an account role ends the membership for good (P9, P15); the practitioner stays, without an account. */
import type { MembershipFact } from '../../store/ports.js'
import type { WriteRule } from '../../store/write-rule.js'
import { cannotManage } from './codes.js'

export const endAccount: WriteRule = {
  key: 'account-end',
  when: ({ interaction }) => interaction === 'delete',
  facts: ({ id }) => [{ kind: 'membership-of', type: 'PractitionerRole', id }],
  decide: ({ id }, [found], env) => {
    const member = found as MembershipFact | null
    if (!member) return {}
    if (!env.has('create_users')) return { issues: [cannotManage('ending an account')] }
    const { practitioner_id, user_id } = member
    return {
      rows: [
        ...(practitioner_id
          ? [{ table: 'practitioners', mode: 'update' as const, row: { id: practitioner_id, membership_id: null } }]
          : []),
        { table: 'end_membership', mode: 'call', row: { membership: member.id } }
      ],
      audit: [{ key: env.newId(), action: 'USER_DISABLED', type: 'PractitionerRole', id, detail: { user_id } }]
    }
  }
}
