/** P16, what $erase leaves of a Practitioner: the id, and that of the user. */
import type { Identifier } from 'fhir/r4.js'
import { error } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { tracesOf, versionsOf } from '../traces.js'

export const erasePractitioner: WriteRule = {
  key: 'practitioner-erase',
  means: 'erase',
  when: () => true,
  facts: ({ id }) => versionsOf('Practitioner', id),
  decide: ({ id, current }, [versions], env) => {
    const text = 'Cannot manage this clinic: erasing a person needs a CLINIC_ADMIN or the scope create_users'
    if (!env.has('create_users')) return { issues: [error('forbidden', text, undefined, 'P16')] }
    if (!current) return { issues: [error('not-found', `There is no Practitioner/${id}`)] }
    const identifier = ((current.identifier as Identifier[] | undefined) ?? []).filter(
      ({ system }) => system === SYSTEM.userId
    )
    const texts = tracesOf(current, versions)
    const left = { resourceType: 'Practitioner', id, active: false, ...(identifier.length > 0 && { identifier }) }
    return {
      resource: left as unknown as Resource,
      rows: [
        { table: 'erase_traces', mode: 'call', row: { practitioner: id, texts } },
        { table: 'erase_member', mode: 'call', row: { practitioner: id } }
      ],
      audit: [{ key: env.newId(), action: 'USER_ERASED', type: 'Practitioner', id }]
    }
  }
}
