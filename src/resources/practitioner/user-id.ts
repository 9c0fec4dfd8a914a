/** A member's Practitioner carries the id of the user (P11): the server says it, and nobody else. */
import type { Identifier } from 'fhir/r4.js'
import { error } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { MembershipFact } from '../../store/ports.js'
import type { WriteRule } from '../../store/write-rule.js'

const identifiers = (resource: Resource): Identifier[] => (resource.identifier as Identifier[] | undefined) ?? []

export const userId: WriteRule = {
  key: 'user-id',
  when: ({ resource }) => resource !== undefined,
  facts: ({ id }) => [{ kind: 'membership-of', type: 'Practitioner', id }],
  decide: ({ resource }, [found]) => {
    const own = (found as MembershipFact | null)?.user_id
    const wrong = identifiers(resource!).findIndex(({ system, value }) => system === SYSTEM.userId && value !== own)
    if (wrong >= 0)
      return {
        issues: [
          error(
            'business-rule',
            own
              ? 'The user of a member does not change: leave this identifier as it was'
              : 'A user id is for members: create a PractitionerRole with profile user-account that contains it',
            `Practitioner.identifier[${wrong}]`,
            'P11'
          )
        ]
      }
    if (own === undefined || identifiers(resource!).some(({ system }) => system === SYSTEM.userId)) return {}
    return {
      resource: { ...resource!, identifier: [...identifiers(resource!), { system: SYSTEM.userId, value: own }] }
    }
  }
}
