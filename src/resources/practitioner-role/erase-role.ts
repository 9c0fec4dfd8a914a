/** P16, what $erase leaves of a role: what somebody did where and when, without who it was. */
import { error } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { tracesOf, versionsOf } from '../traces.js'

const NAMES = ['text', 'contained', 'identifier', 'telecom', 'practitioner'] as const

export const eraseRole: WriteRule = {
  key: 'role-erase',
  means: 'erase',
  when: () => true,
  facts: ({ id }) => versionsOf('PractitionerRole', id),
  decide: ({ id, current }, [versions], env) => {
    if (!current) return { issues: [error('not-found', `There is no PractitionerRole/${id}`)] }
    const kept = Object.fromEntries(Object.entries(current).filter(([key]) => !NAMES.some(name => name === key)))
    const { reference } = current.practitioner as { reference: string }
    const texts = tracesOf(current, versions)
    return {
      resource: { ...kept, practitioner: { reference } } as unknown as Resource,
      rows: texts.length > 0 ? [{ table: 'erase_texts', mode: 'call', row: { texts } }] : [],
      audit: [{ key: env.newId(), action: 'USER_ERASED', type: 'PractitionerRole', id }]
    }
  }
}
