/** `Appointment/$reschedule`: the same Appointment at another time; the old Slots are free and the new ones taken, or nothing changes. */
import type { Appointment, AppointmentParticipant, Slot } from 'fhir/r4.js'
import { parseSlotId, slotSpan, type Interval, type SlotKey } from '../../domain/availability/index.js'
import { hasEnded, isBrought } from '../../domain/booking/index.js'
import { FhirError, fhirError } from '../../fhir/errors.js'
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
  const [comment] = textsOf(all, 'comment')
  const resource = { ...moved(current, await goal(context, slots)), ...(comment && { comment }) }
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

type Goal = Pick<
  Appointment,
  'start' | 'end' | 'slot' | 'serviceCategory' | 'serviceType' | 'specialty' | 'participant'
>

/** Where it goes, and who is there: as far as it can be seen. Taken or not, the write finds out. */
async function goal(context: Context, ids: readonly string[]): Promise<Goal> {
  const slots = await Promise.all(ids.map(id => slotOf(context, id)))
  const seen = slots.filter(slot => slot !== undefined)
  const [proposal] = seen.length === slots.length ? await proposed(context, [seen], []) : []
  if (proposal) return proposal
  const spans = ids.map((id, index) => parseSlotId(id) ?? slots[index]!).map(spanOf)
  const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
  return {
    start: iso(Math.min(...spans.map(({ start }) => start))),
    end: iso(Math.max(...spans.map(({ end }) => end))),
    slot: ids.map(id => ({ reference: `Slot/${id}` })),
    participant: []
  }
}

/** Undefined for a computed one that cannot be seen: perhaps it is only hidden by the Appointment that gives up its time. */
async function slotOf(context: Context, id: string): Promise<Slot | undefined> {
  try {
    const { body } = await read(context, 'Slot', id, {})
    return JSON.parse(body as string) as Slot
  } catch (error) {
    if (error instanceof FhirError && error.status === 404 && parseSlotId(id)) return undefined
    throw error
  }
}

const spanOf = (slot: SlotKey | Slot): Interval =>
  'minutes' in slot ? slotSpan(slot) : { start: Date.parse(slot.start), end: Date.parse(slot.end) }

function slotsOf({ base }: Context, texts: readonly string[], sent: Resource | undefined): string[] {
  const told = ((sent?.slot ?? []) as { reference?: string }[]).flatMap(({ reference }) => reference ?? [])
  const slots = (texts.length > 0 ? texts : told).map(text => parseReference(text, base) ?? { type: 'Slot', id: text })
  const [other] = slots.filter(({ type }) => type !== 'Slot')
  if (other || slots.length === 0)
    throw fhirError('required', 'Say in slot where the Appointment goes: Slot/... of a free Slot', {
      expression: 'slot'
    })
  return [...new Set(slots.map(({ id }) => id))]
}

const isPerson = ({ actor }: AppointmentParticipant): boolean => /^Practitioner(Role)?\//.test(actor?.reference ?? '')

function moved(appointment: Resource, { participant, ...goal }: Goal): Resource {
  const { minutesDuration: _m, serviceCategory: _c, serviceType: _t, specialty: _p, ...rest } = appointment
  const { start, end, slot, serviceCategory, serviceType, specialty } = goal
  const actors = (appointment.participant ?? []) as AppointmentParticipant[]
  // Those whom the old Slots brought stay behind, as does what they were for: the new ones bring their own.
  const others = actors.filter(({ actor }) => !isBrought(actor?.reference))
  const brought = participant.map(each => ({ ...each, status: 'accepted' }))
  return {
    ...rest,
    ...(serviceCategory && { serviceCategory }),
    ...(serviceType && { serviceType }),
    ...(specialty && { specialty }),
    start,
    end,
    slot,
    // Nobody is named only where the Slots are hidden by one who stays the same; the write adds the others.
    participant: others.length + brought.length > 0 ? [...others, ...brought] : actors.filter(isPerson)
  }
}
