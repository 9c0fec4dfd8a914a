/** Free Slots that a client stored, held against S5: those of who cannot be booked now are not shown as free. */
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
  const bounds = new Map(offers.map(({ schedule, facts }) => [schedule.id, facts]))
  const isLive = (slot: StoredSlot): boolean => {
    const [start, end] = [Date.parse(slot.start), Date.parse(slot.end)]
    const found = bounds.get(scheduleOf(slot))
    if (!found) return false
    const { starts, live } = found
    return starts.start <= start && start < starts.end && live.start <= start && end <= live.end
  }
  return slots.filter(({ slot }) => slot.status !== 'free' || isLive(slot)).map(({ document }) => document)
}

const scheduleOf = ({ schedule }: StoredSlot): string => parseReference(schedule.reference ?? '')?.id ?? ''
