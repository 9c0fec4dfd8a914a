/** The Slots of an Appointment, and the times that their ids tell. */
import { parseSlotId, slotSpan } from '../../domain/availability/index.js'
import { parseReference } from '../../fhir/reference.js'
import type { Resource } from '../../fhir/types.js'

/** Ids, in the order in which they are named. */
export function slotIds({ slot }: Resource): string[] {
  const references = (slot ?? []) as { reference?: string }[]
  const literal = references.flatMap(({ reference }) => (reference ? (parseReference(reference) ?? []) : []))
  return [...new Set(literal.filter(({ type }) => type === 'Slot').map(({ id }) => id))]
}

/** Slots that are taken by computed ids say from when to when they are: who names them need not. */
export function withTimes(appointment: Resource): Resource {
  const keys = slotIds(appointment).map(parseSlotId)
  if (keys.length === 0 || (appointment.start !== undefined && appointment.end !== undefined)) return appointment
  const spans = keys.flatMap(key => (key ? slotSpan(key) : []))
  if (spans.length < keys.length) return appointment
  const iso = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
  return {
    ...appointment,
    start: appointment.start ?? iso(Math.min(...spans.map(({ start }) => start))),
    end: appointment.end ?? iso(Math.max(...spans.map(({ end }) => end)))
  }
}

/** Whether two versions are at the same time, in the same Slots. */
export function sameTime(one: Resource, other: Resource): boolean {
  const at = ({ start, end }: Resource): string => `${Date.parse(String(start))} ${Date.parse(String(end))}`
  return at(one) === at(other) && [...slotIds(one)].sort().join() === [...slotIds(other)].sort().join()
}
