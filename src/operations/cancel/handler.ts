/** `Appointment/$cancel`: gives the time back at once, and keeps the reason. */
import { CANONICAL } from '../../fhir/types.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { answered, nameOne, patched } from '../appointment/change.js'
import { appointmentId, given, textsOf, type Given } from '../appointment/parameters.js'

export const cancelOperation: Operation = {
  name: 'cancel',
  definition: `${CANONICAL}/OperationDefinition/Appointment-cancel`,
  types: ['Appointment'],
  on: ['type', 'instance'],
  run: cancel
}

const REASON = 'cancelation-reason'

async function cancel(context: Context, call: OperationCall): Promise<FhirResponse> {
  const all = given(call, 'cancel', ['appointment-reference', 'appt-id', REASON, 'comment'])
  const id = appointmentId(context, call, all)
  if (id === undefined) throw nameOne('cancel')
  const [comment] = textsOf(all, 'comment')
  const reason = all.find(({ name }) => name === REASON)
  return answered(context, call, [
    patched(id, { status: 'cancelled', cancelationReason: reason && conceptOf(reason), comment })
  ])
}

/** A CodeableConcept, a Coding, or what somebody said. */
function conceptOf({ value, text }: Given): object {
  if (value && ('coding' in value || 'text' in value)) return value
  return value && 'code' in value ? { coding: [value] } : { text }
}
