/** Those whom the Slots brought to an Appointment, while it keeps its time: they stay, and nobody joins whose time is not kept (S8). */
import { isBrought } from '../../domain/booking/index.js'
import { error, type Issue } from '../../fhir/errors.js'
import type { JsonObject, Resource } from '../../fhir/types.js'

const participants = ({ participant }: Resource): JsonObject[] => (participant ?? []) as JsonObject[]
const actorOf = ({ actor }: JsonObject): string => (actor as { reference?: string } | undefined)?.reference ?? ''
const broughtTo = (appointment: Resource): JsonObject[] =>
  participants(appointment).filter(each => isBrought(actorOf(each)))

/** Errors for those who are new in it. */
export function strangers(appointment: Resource, current: Resource): Issue[] {
  const known = new Set(broughtTo(current).map(actorOf))
  return participants(appointment).flatMap((participant, index) => {
    const actor = actorOf(participant)
    if (!isBrought(actor) || known.has(actor)) return []
    const text = `${actor} is not who the Slots are of (${[...known].join(', ') || 'none'}): name a free Slot of theirs as well`
    return [error('business-rule', text, `Appointment.participant[${index}].actor`, 'S8')]
  })
}

/** With those whom it does not name any more. */
export function withExpected(appointment: Resource, current: Resource): Resource {
  const named = new Set(participants(appointment).map(actorOf))
  const missing = broughtTo(current).filter(each => !named.has(actorOf(each)))
  return missing.length > 0 ? { ...appointment, participant: [...participants(appointment), ...missing] } : appointment
}

/** Who was asked by a proposal has said yes, once the time is booked that is kept for them. */
export function withAccepted(appointment: Resource): Resource {
  const asked = (each: JsonObject): boolean => each.status === 'needs-action' && isBrought(actorOf(each))
  if (!participants(appointment).some(asked)) return appointment
  const participant = participants(appointment).map(each => (asked(each) ? { ...each, status: 'accepted' } : each))
  return { ...appointment, participant }
}
