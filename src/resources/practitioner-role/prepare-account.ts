/** An account role as it is sent, brought into the form that is validated; what is changed is told. */
import type { Issue } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import { withFacilitySystems } from './facilities.js'

export const prepareAccount = (role: Resource): { resource: Resource; issues: Issue[] } =>
  withFacilitySystems(withoutVersions(role))

/** P1: versions in a contained Practitioner come from copying the directory's record; everywhere else dom-4 refuses them. */
function withoutVersions(role: Resource): { resource: Resource; issues: Issue[] } {
  const issues: Issue[] = []
  const contained = role.contained?.map((each, index) => {
    const { versionId, lastUpdated, ...meta } = each.meta ?? {}
    if (versionId === undefined && lastUpdated === undefined) return each
    const place = `PractitionerRole.contained[${index}].meta`
    issues.push({
      severity: 'information',
      code: 'informational',
      text: 'versionId and lastUpdated of the contained resource were left out',
      expression: place
    })
    return { ...each, meta }
  })
  return { resource: issues.length > 0 ? { ...role, contained: contained! } : role, issues }
}
