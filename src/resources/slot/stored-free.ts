/** Free Slots that a client stored, held against S5: those whose time is taken, or of who cannot be booked now, are not shown as free. */
import type { Bounds, Interval, ScheduleFacts } from '../../domain/availability/index.js'
import { room } from '../../domain/booking/index.js'
import { parseReference } from '../../fhir/reference.js'
import type { ComputedEnv, StoredDocument } from '../../search/computed.js'
import { isOneOf } from '../../search/params.js'
import { offersIn } from './walk.js'

interface StoredSlot {
  status: string
  start: string
  end: string
  schedule: { reference?: string }
}

/** Those of the Slots that are not free, or are and can be booked. */
export async function bookable(env: ComputedEnv, documents: readonly StoredDocument[]): Promise<StoredDocument[]> {
  const slots = documents.map(document => ({ document, slot: JSON.parse(document.text) as StoredSlot }))
  const free = slots.filter(({ slot }) => slot.status === 'free')
  if (free.length === 0) return [...documents]
  const schedules = [...new Set(free.map(({ slot }) => scheduleOf(slot)))]
  const window = {
    start: Math.min(...free.map(({ slot }) => Date.parse(slot.start))),
    end: Math.max(...free.map(({ slot }) => Date.parse(slot.end)))
  }
  const offers = await offersIn(env, [{ where: [isOneOf('Schedule', schedules)] }], window)
  const facts = new Map(offers.map(offer => [offer.schedule.id, offer.facts]))
  const canBeTaken = (slot: StoredSlot): boolean => {
    const span = { start: Date.parse(slot.start), end: Date.parse(slot.end) }
    const found = facts.get(scheduleOf(slot))
    return found !== undefined && isLive(found, span) && room(ofNoService(found), [{ ...span, capacity: 1 }]).ok
  }
  return slots.filter(({ slot }) => slot.status !== 'free' || canBeTaken(slot)).map(({ document }) => document)
}

/** Whether a stored opening starts and lies within what S5 allows. */
export const isLive = ({ starts, live }: Bounds, { start, end }: Interval): boolean =>
  starts.start <= start && start < starts.end && live.start <= start && end <= live.end

/** What a stored opening may not touch: it has no service, so buffers are those of the tenant. */
export const ofNoService = ({ busy, seats, bufferAfter }: ScheduleFacts) => ({ busy, seats: seats ?? [], bufferAfter })

const scheduleOf = ({ schedule }: StoredSlot): string => parseReference(schedule.reference ?? '')?.id ?? ''
