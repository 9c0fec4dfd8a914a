/** `Appointment/$reschedule`: the same Appointment at another time; the old Slots are free and the new ones taken, or nothing changes. */
import type { Appointment, AppointmentParticipant, Slot } from 'fhir/r4.js'
import { hasEnded } from '../../domain/booking/index.js'
import { fhirError } from '../../fhir/errors.js'
import { parseReference } from '../../fhir/reference.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { read } from '../../interactions/read.js'
import { answered, NAMES, nameOne, standing } from '../appointment/change.js'
import { appointmentId, given, sentAppointment, textsOf } from '../appointment/parameters.js'
import { proposed } from '../appointment/proposed.js'

export const rescheduleOperation: Operation = {
  name: 'reschedule',
  definition: `${CANONICAL}/OperationDefinition/Appointment-reschedule`,
  types: ['Appointment'],
  on: ['type', 'instance'],
  run: reschedule
}

async function reschedule(context: Context, call: OperationCall): Promise<FhirResponse> {
  const all = given(call, 'reschedule', [...NAMES, 'slot', 'comment'])
  const sent = sentAppointment(context, all)
  const id = appointmentId(context, call, all) ?? sent?.id
  if (id === undefined) throw nameOne('reschedule')
  const slots = slotsOf(context, textsOf(all, 'slot'), sent)
  const current = await standing(context, id)
  refuseEnded(current)
  const [proposal] = await proposed(context, [await Promise.all(slots.map(slot => slotOf(context, slot)))], [])
  const [comment] = textsOf(all, 'comment')
  const resource = { ...moved(current, proposal!), ...(comment && { comment }) }
  const ifMatch = Number(current.meta?.versionId)
  return answered(context, call, [{ interaction: 'update', type: 'Appointment', id, resource, ifMatch }])
}

/** What has ended takes no time: moved, it would still not be expected by anybody. */
function refuseEnded({ id, ...appointment }: Resource): void {
  const status = String(appointment.status)
  if (!hasEnded(status)) return
  throw fhirError('business-rule', `Appointment/${id} is ${status}, and is not moved any more: book a new one`, {
    expression: 'Appointment.status',
    rule: 'S8'
  })
}

/** Taken or not: the write finds out. */
async function slotOf(context: Context, id: string): Promise<Slot> {
  const { body } = await read(context, 'Slot', id, {})
  return JSON.parse(body as string) as Slot
}

function slotsOf({ base }: Context, texts: readonly string[], sent: Resource | undefined): string[] {
  const told = ((sent?.slot ?? []) as { reference?: string }[]).flatMap(({ reference }) => reference ?? [])
  const slots = (texts.length > 0 ? texts : told).map(text => parseReference(text, base) ?? { type: 'Slot', id: text })
  const [other] = slots.filter(({ type }) => type !== 'Slot')
  if (other || slots.length === 0)
    throw fhirError('required', 'Say in slot where the Appointment goes: Slot/... of a free Slot', {
      expression: 'slot'
    })
  return slots.map(({ id }) => id)
}

/** Those whom the old Slots brought, and what they are for: the new ones bring their own. */
const BROUGHT = /^(Practitioner|PractitionerRole|Location|HealthcareService)\//

function moved(appointment: Resource, proposal: Appointment): Resource {
  const { minutesDuration: _m, serviceCategory: _c, serviceType: _t, specialty: _p, ...rest } = appointment
  const { start, end, slot, serviceCategory, serviceType, specialty, participant } = proposal
  const actors = (appointment.participant ?? []) as AppointmentParticipant[]
  const others = actors.filter(({ actor }) => !BROUGHT.test(actor?.reference ?? ''))
  const brought = participant.map(each => ({ ...each, status: 'accepted' }))
  return {
    ...rest,
    ...(serviceCategory && { serviceCategory }),
    ...(serviceType && { serviceType }),
    ...(specialty && { specialty }),
    start,
    end,
    slot,
    participant: [...others, ...brought]
  }
}
