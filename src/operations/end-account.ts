/** The end of a practitioner's account in this tenant (P15), as $disable and $erase ask for it. */
import { fhirError } from '../fhir/errors.js'
import type { Context } from '../interactions/context.js'
import { write } from '../interactions/write.js'
import type { CurrentFact, MembershipFact } from '../store/ports.js'

/** Ends what is not ended yet; id of the account role, undefined without one. Throws FhirError 403, and 404 for nobody. */
export async function endAccount(context: Context, practitioner: string): Promise<string | undefined> {
  if (!context.may('Practitioner', 'u') || !context.has('create_users'))
    throw fhirError('forbidden', 'Cannot manage this clinic: this needs a CLINIC_ADMIN or the scope create_users')
  const [current, member] = (await context.store.facts([
    { kind: 'current', type: 'Practitioner', id: practitioner },
    { kind: 'membership-of', type: 'Practitioner', id: practitioner }
  ])) as [CurrentFact | null, MembershipFact | null]
  if (!current || current.deleted) throw fhirError('not-found', `There is no Practitioner/${practitioner}`)
  if (!member?.role_id) return undefined
  if (!member.disabled_at)
    await write(context, [{ interaction: 'update', type: 'PractitionerRole', id: member.role_id, means: 'disable' }])
  return member.role_id
}
