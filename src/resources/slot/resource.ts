/** An opening as a Slot. https://hl7.org/fhir/R4/slot.html */
import { formatSlotId, isoAt, type Opening } from '../../domain/availability/index.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import { conceptItems } from '../../mapping/concepts.js'
import type { StoredDocument } from '../../search/computed.js'
import type { Offer } from './offers.js'

/** HealthcareService of a Slot; R5 has it as Slot.serviceType.reference. */
export const SERVICE_REFERENCE = `${CANONICAL}/StructureDefinition/service-reference`

/** An opening of an offer, under the id that it has for as long as the rules yield it. */
export interface FreeSlot {
  id: string
  offer: Offer
  opening: Pick<Opening, 'start' | 'end' | 'appointmentTypes'>
}

/** A Slot of a page; `free` when it is computed. */
export interface Item {
  /** Values of the sort keys. */
  keys: (string | null)[]
  id: string
  document: StoredDocument
  free?: FreeSlot
}

export const freeSlot = (offer: Offer, opening: Opening): FreeSlot => ({
  id: formatSlotId({
    scheduleKey: offer.schedule.key,
    ...(offer.service && { serviceKey: offer.service.key }),
    start: opening.start,
    minutes: (opening.end - opening.start) / 60_000
  }),
  offer,
  opening
})

/** Computed Slots have no versions, so no meta. */
export function document(slot: FreeSlot): StoredDocument {
  const text = JSON.stringify(resourceOf(slot, 'free'))
  return { type: 'Slot', id: slot.id, version: 0, updatedAt: '', deleted: false, text }
}

/** The Slot of an opening, free or taken. */
export function resourceOf({ id, offer, opening }: FreeSlot, status: 'free' | 'busy'): Resource {
  const { schedule, service, facts } = offer
  const { start, end, appointmentTypes } = opening
  return {
    resourceType: 'Slot',
    id,
    ...(service && {
      extension: [{ url: SERVICE_REFERENCE, valueReference: { reference: `HealthcareService/${service.id}` } }],
      ...listed('serviceCategory', service.categories),
      ...listed('serviceType', service.types),
      ...listed('specialty', service.specialties)
    }),
    ...(appointmentTypes && { appointmentType: { coding: appointmentTypes.map(coding) } }),
    schedule: { reference: `Schedule/${schedule.id}` },
    status,
    start: isoAt(facts.zone, start),
    end: isoAt(facts.zone, end)
  }
}

const listed = (element: string, rows: Record<string, unknown>[]) =>
  rows.length > 0 ? { [element]: conceptItems(rows) } : {}

/** `system|code`, the system perhaps empty. */
function coding(token: string): { system?: string; code: string } {
  const bar = token.indexOf('|')
  return { ...(bar > 0 && { system: token.slice(0, bar) }), code: token.slice(bar + 1) }
}
