/** Ends the account of a practitioner in this tenant for good (P15): `POST Practitioner/{id}/$disable`, idempotent. */
import { fhirError } from '../../fhir/errors.js'
import { CANONICAL } from '../../fhir/types.js'
import { writtenAnswer } from '../../interactions/answer.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { endAccount } from '../end-account.js'

export const disableOperation: Operation = {
  name: 'disable',
  definition: `${CANONICAL}/OperationDefinition/Practitioner-disable`,
  types: ['Practitioner'],
  on: ['instance'],
  run: disable
}

/** Answers with the account role as it stands afterwards; or, as `Prefer` asks, with the appointments that stay (S9). */
async function disable(context: Context, { id = '', request }: OperationCall): Promise<FhirResponse> {
  const ended = await endAccount(context, id)
  const stored = ended && (await context.store.read('PractitionerRole', ended.role))
  if (!stored) throw fhirError('business-rule', `Practitioner/${id} has no account in this tenant`, { rule: 'P15' })
  return writtenAnswer(context, request, { ...stored, created: false }, ended.issues)
}
