/** P16, what $erase leaves of a role: what somebody did where and when, without who it was. */
import { error } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'

const NAMES = ['text', 'contained', 'identifier', 'telecom', 'practitioner'] as const

export const eraseRole: WriteRule = {
  key: 'role-erase',
  means: 'erase',
  when: () => true,
  decide: ({ id, current }, _facts, env) => {
    if (!current) return { issues: [error('not-found', `There is no PractitionerRole/${id}`)] }
    const kept = Object.fromEntries(Object.entries(current).filter(([key]) => !NAMES.some(name => name === key)))
    const { reference } = current.practitioner as { reference: string }
    return {
      resource: { ...kept, practitioner: { reference } } as unknown as Resource,
      audit: [{ key: env.newId(), action: 'USER_ERASED', type: 'PractitionerRole', id }]
    }
  }
}
