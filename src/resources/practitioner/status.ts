/** P13: `active` is true exactly when the status is active; who is on leave is not. */
import type { Extension } from 'fhir/r4.js'
import { error } from '../../fhir/errors.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'

const STATUS = `${CANONICAL}/StructureDefinition/practitioner-status`

const all = (resource?: Resource): Extension[] =>
  ((resource?.extension as Extension[] | undefined) ?? []).filter(({ url }) => url === STATUS)
const statusOf = (resource?: Resource): string | undefined => all(resource)[0]?.valueCode

export const practitionerStatus: WriteRule = {
  key: 'practitioner-status',
  when: ({ resource }) => statusOf(resource) !== undefined,
  decide: ({ resource, current }) => {
    const told = statusOf(resource)!
    if (all(resource).length > 1)
      return {
        issues: [
          error('business-rule', 'A practitioner has one status: leave the others out', 'Practitioner.extension', 'P13')
        ]
      }
    // The extension wins, unless it stayed as it was while `active` was changed.
    const onlyActive = current && told === statusOf(current) && resource!.active !== current.active
    const status = onlyActive && resource!.active !== undefined ? (resource!.active ? 'active' : 'inactive') : told
    const extension = (resource!.extension as Extension[]).map(each =>
      each.url === STATUS ? { ...each, valueCode: status } : each
    )
    return { resource: { ...resource!, active: status === 'active', extension } }
  }
}
