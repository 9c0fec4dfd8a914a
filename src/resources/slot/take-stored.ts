/** Slots that a client stored as free, to be taken: openings beside the hours, one seat each (S8). */
import { isOneOf } from '../../search/params.js'
import { bare } from '../../search/plan.js'
import { room } from '../../domain/booking/index.js'
import { fhirError, type FhirError } from '../../fhir/errors.js'
import { parseReference } from '../../fhir/reference.js'
import type { Resource } from '../../fhir/types.js'
import type { ComputedEnv, Window } from '../../search/computed.js'
import { tokens } from '../../mapping/kinds.js'
import { whoOf, type Offer } from './offers.js'
import { refusalOf } from './refusals.js'
import { isLive, ofNoService } from './stored-free.js'
import { offersIn } from './walk.js'

/** Throws FhirError 409 where one is taken, 422 where one is gone, out of the bounds of S5, or of a Schedule that is not active. */
export async function takeStored(env: ComputedEnv, ids: readonly string[]): Promise<Window[]> {
  if (ids.length === 0) return []
  const { matches } = await env.store.search(bare('Slot', [isOneOf('Slot', ids)], ids.length))
  const slots = ids.map(id => {
    const found = matches.find(match => match.id === id)
    if (!found) throw gone(id)
    return JSON.parse(found.text) as Resource & { id: string }
  })
  const spans = slots.map(spanOf)
  const schedules = slots.map(scheduleOf)
  const within = { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) }
  const offers = await offersIn(env, [{ where: [isOneOf('Schedule', schedules)] }], within)
  return slots.map((slot, index) =>
    taken(
      slot,
      offers.find(({ schedule }) => schedule.id === schedules[index])
    )
  )
}

function taken(slot: Resource & { id: string }, offer: Offer | undefined): Window {
  const { id } = slot
  const span = spanOf(slot)
  if (!offer || !isLive(offer.facts, span)) throw gone(id)
  if (slot.status !== 'free') throw refusalOf({ ok: false, reason: 'taken', at: span }, id)
  const fitted = room(ofNoService(offer.facts), [{ ...span, capacity: 1 }])
  if (!fitted.ok) throw refusalOf(fitted, id)
  const types = slot.appointmentType && tokens.parse([slot.appointmentType])?.['']
  return {
    id,
    ...span,
    blocked: fitted.seats[0]!.blocked,
    capacity: 1,
    resource: slot,
    stands: true,
    ...whoOf(offer),
    ...(types !== undefined && { appointmentTypes: types as string[] })
  }
}

const spanOf = ({ start, end }: Resource) => ({ start: Date.parse(String(start)), end: Date.parse(String(end)) })

const scheduleOf = ({ schedule }: Resource): string =>
  parseReference(String((schedule as { reference?: string } | undefined)?.reference))?.id ?? ''

const gone = (id: string): FhirError =>
  fhirError(
    'business-rule',
    `Slot/${id} cannot be booked: it is gone, past, too soon or too far ahead, or who offers it is not active`,
    {
      expression: 'Appointment.slot',
      rule: 'S5'
    }
  )
