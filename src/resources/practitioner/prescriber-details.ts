/** P14: details of a prescriber come after the role; until all are there, each write says what is missing. */
import type { Practitioner } from 'fhir/r4.js'
import { prescriberLacks } from '../../domain/prescriber.js'
import { warning } from '../../fhir/errors.js'
import type { MembershipFact } from '../../store/ports.js'
import type { WriteRule } from '../../store/write-rule.js'

export const prescriberDetails: WriteRule = {
  key: 'prescriber-details',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  facts: ({ id }) => [{ kind: 'membership-of', type: 'Practitioner', id }],
  decide: ({ resource }, [found]) => {
    const prescribes = (found as MembershipFact | null)?.access_roles.includes('provider')
    if (!prescribes) return {}
    return {
      issues: prescriberLacks(resource as unknown as Practitioner).map(({ name, element }) =>
        warning(
          'business-rule',
          `A prescriber needs a ${name}: until then nothing can be booked`,
          `Practitioner.${element}`,
          'P14'
        )
      )
    }
  }
}
