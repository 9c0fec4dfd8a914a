/** Ends the account of a practitioner in this tenant for good (P15): `POST Practitioner/{id}/$disable`, idempotent. */
import { fhirError } from '../../fhir/errors.js'
import { CANONICAL } from '../../fhir/types.js'
import { documentAnswer } from '../../interactions/answer.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { endAccount } from '../end-account.js'

export const disableOperation: Operation = {
  name: 'disable',
  definition: `${CANONICAL}/OperationDefinition/Practitioner-disable`,
  types: ['Practitioner'],
  on: ['instance'],
  run: disable
}

/** Answers with the account role as it stands afterwards. */
async function disable(context: Context, { id = '' }: OperationCall): Promise<FhirResponse> {
  const role = await endAccount(context, id)
  const stored = role && (await context.store.read('PractitionerRole', role))
  if (!stored) throw fhirError('business-rule', `Practitioner/${id} has no account in this tenant`, { rule: 'P15' })
  return documentAnswer(stored)
}
