/** `Appointment/$hold`: keeps the Slots of an Appointment for a while. https://profiles.ihe.net/ITI/Scheduling (ITI-116) */
import { CANONICAL } from '../../fhir/types.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { answered, NAMES, nameOne, patched, placed } from '../appointment/change.js'
import { appointmentId, given, sentAppointment } from '../appointment/parameters.js'

export const holdOperation: Operation = {
  name: 'hold',
  definition: `${CANONICAL}/OperationDefinition/Appointment-hold`,
  types: ['Appointment'],
  on: ['type', 'instance'],
  run: hold
}

async function hold(context: Context, call: OperationCall): Promise<FhirResponse> {
  const all = given(call, 'hold', NAMES)
  const id = appointmentId(context, call, all)
  const sent = sentAppointment(context, all)
  if (id !== undefined) return answered(context, call, [patched(id, { status: 'pending' })])
  if (!sent) throw nameOne('hold')
  return answered(context, call, [await placed(context, { ...sent, status: 'pending' })])
}
