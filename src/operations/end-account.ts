/** The end of a practitioner's account in this tenant (P15), as $disable and $erase ask for it. */
import { fhirError, type Issue } from '../fhir/errors.js'
import type { Context } from '../interactions/context.js'
import { write } from '../interactions/write.js'
import type { CurrentFact, MembershipFact } from '../store/ports.js'

/** The account role, and what there is to tell: of the appointments that stay (S9), or that it had ended before. */
export interface EndedAccount {
  role: string
  issues: readonly Issue[]
}

/** Ends what is not ended yet; undefined without an account. Throws FhirError 403, and 404 for nobody. */
export async function endAccount(context: Context, practitioner: string): Promise<EndedAccount | undefined> {
  if (!context.may('Practitioner', 'u') || !context.has('create_users'))
    throw fhirError('forbidden', 'Cannot manage this clinic: this needs a CLINIC_ADMIN or the scope create_users')
  const [current, member] = (await context.store.facts([
    { kind: 'current', type: 'Practitioner', id: practitioner },
    { kind: 'membership-of', type: 'Practitioner', id: practitioner }
  ])) as [CurrentFact | null, MembershipFact | null]
  if (!current || current.deleted) throw fhirError('not-found', `There is no Practitioner/${practitioner}`)
  if (!member?.role_id) return undefined
  const role = member.role_id
  if (member.disabled_at) return { role, issues: [ENDED] }
  const { issues } = await write(context, [
    { interaction: 'update', type: 'PractitionerRole', id: role, means: 'disable' }
  ])
  return { role, issues }
}

const ENDED: Issue = { severity: 'information', code: 'informational', text: 'The account had ended before' }
