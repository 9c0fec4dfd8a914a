/** P6: account numbers of labs (AN) and provider numbers of single sign-on facilities (PRN) on an account's Practitioner. */
import type { Identifier } from 'fhir/r4.js'
import { copyJson } from '../../fhir/digits.js'
import { error, type Issue } from '../../fhir/errors.js'
import { CANONICAL, SYSTEM, type Resource } from '../../fhir/types.js'
import type { FactRequest } from '../../store/ports.js'

const KIND: Record<string, string> = { AN: 'lab', PRN: 'sso' }
const WORD: Record<string, string> = { lab: 'a lab facility', sso: "the single sign-on facility of the user's tenant" }

interface Numbered {
  identifier: Identifier
  code: string
  facility?: string
  at: string
}

function numbered(role: Resource): Numbered[] {
  return (role.contained ?? []).flatMap((each, index) => {
    if (each.resourceType !== 'Practitioner') return []
    return ((each.identifier as Identifier[] | undefined) ?? []).flatMap((identifier, position) => {
      const code = identifier?.type?.coding?.find(
        coding => coding.system === SYSTEM.v2IdentifierType && coding.code && coding.code in KIND
      )?.code
      if (!code) return []
      const facility = /^Organization\/f-([A-Za-z0-9.-]+)$/.exec(identifier.assigner?.reference ?? '')?.[1]
      return [
        {
          identifier,
          code,
          ...(facility && { facility }),
          at: `PractitionerRole.contained[${index}].identifier[${position}]`
        }
      ]
    })
  })
}

/** Those without `system` get the facility's, so that us-core-practitioner holds and a search finds them. */
export function withFacilitySystems({ resource, issues }: { resource: Resource; issues: Issue[] }): {
  resource: Resource
  issues: Issue[]
} {
  const incomplete = numbered(resource).some(({ identifier, facility }) => !identifier.system && facility)
  if (!incomplete) return { resource, issues }
  const copy = copyJson(resource)
  for (const { identifier, code, facility } of numbered(copy))
    if (!identifier.system && facility)
      identifier.system = `${CANONICAL}/sid/facility/f-${facility}/${code.toLowerCase()}`
  return { resource: copy, issues }
}

export const facilityRequests = (role: Resource): FactRequest[] =>
  numbered(role).map(({ facility }) => ({
    kind: 'rows',
    table: 'tenant_facilities',
    where: { id: facility ?? '' },
    shared: true
  }))

/** `facts` are the facilities' rows that the tenant may see, one list a request. */
export function facilityIssues(role: Resource, facts: readonly unknown[]): Issue[] {
  return numbered(role).flatMap(({ code, at }, index) => {
    const [row] = (facts[index] as { kind: string }[] | null) ?? []
    const needed = KIND[code]!
    if (row?.kind === needed) return []
    return [
      error(
        'business-rule',
        `The assigner of an identifier of type ${code} must be ${WORD[needed]}: Organization/f-...`,
        `${at}.assigner`,
        'P6'
      )
    ]
  })
}
