/** Removes what names a person (P16): `POST Practitioner/{id}/$erase`, idempotent. The account ends with it. */
import { CANONICAL } from '../../fhir/types.js'
import { writtenAnswer } from '../../interactions/answer.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { write } from '../../interactions/write.js'
import { endAccount } from '../end-account.js'

export const eraseOperation: Operation = {
  name: 'erase',
  definition: `${CANONICAL}/OperationDefinition/Practitioner-erase`,
  types: ['Practitioner'],
  on: ['instance'],
  run: erase
}

/** Answers with what is left of the Practitioner; or, as `Prefer` asks, with the appointments that stay (S9). */
async function erase(context: Context, { id = '', request }: OperationCall): Promise<FhirResponse> {
  await endAccount(context, id)
  const where = { practitioner_type: 'Practitioner', practitioner_id: id, deleted_at: null }
  const [roles] = await context.store.facts([{ kind: 'rows', table: 'practitioner_roles', where }])
  const asked = (type: string, id: string) => ({ interaction: 'update' as const, type, id, means: 'erase' })
  const { written, issues } = await write(context, [
    asked('Practitioner', id),
    ...(roles as { id: string }[]).map(role => asked('PractitionerRole', role.id))
  ])
  return writtenAnswer(context, request, written[0]!, issues)
}
