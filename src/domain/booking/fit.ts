/** Whether openings side by side can be taken together, and what time they take. */
import type { Opening, ScheduleFacts } from '../availability/index.js'
import { openingAt, type Interval } from '../availability/index.js'

const MINUTE = 60_000

export interface Seat extends Interval {
  /** The opening with the buffers that it needs, but for those between openings that are taken together. */
  blocked: Interval
  capacity: number
  appointmentTypes?: readonly string[]
}

/** `offered`: the hours do not yield one of them. `taken`: they do, and somebody else has its time. */
export type Fit = { ok: true; seats: Seat[] } | { ok: false; reason: 'offered' | 'taken'; at: Interval }

/** What whoever comes too late is told. */
export const slotTaken = (id: string): string => `Slot/${id} is taken: choose another that is free`

/** `pieces` in order, each to begin where the one before ends. */
export function fit(facts: ScheduleFacts, pieces: readonly Interval[]): Fit {
  const empty = { ...facts, busy: [], seats: [] }
  const found: Opening[] = []
  for (const piece of pieces) {
    const opening = openingAt(empty, piece.start, (piece.end - piece.start) / MINUTE)
    if (!opening) return { ok: false, reason: 'offered', at: piece }
    found.push(opening)
  }
  return room(facts, found)
}

/** The same of openings that are known to be offered. */
export function room(
  { seats: windows = [], busy, ...facts }: Pick<ScheduleFacts, 'busy' | 'seats' | 'service' | 'bufferAfter'>,
  pieces: readonly Omit<Opening, 'taken'>[]
): Fit {
  const before = (facts.service?.before ?? 0) * MINUTE
  const after = (facts.service?.after ?? facts.bufferAfter) * MINUTE
  const isOwn = (window: Interval) => pieces.some(({ start, end }) => window.start === start && window.end === end)
  const others = [...busy, ...windows.filter(window => !isOwn(window)).map(({ blocked }) => blocked)]
  const seats: Seat[] = []
  for (const [index, { start, end, capacity, appointmentTypes }] of pieces.entries()) {
    const own = windows.find(window => window.start === start && window.end === end)
    const most = Math.min(capacity, own?.capacity ?? capacity)
    const blocked = {
      start: index === 0 ? start - before : start,
      end: index === pieces.length - 1 ? end + after : end
    }
    if ((own?.taken ?? 0) >= most || others.some(other => other.start < blocked.end && other.end > blocked.start))
      return { ok: false, reason: 'taken', at: { start, end } }
    seats.push({ start, end, blocked, capacity: most, ...(appointmentTypes && { appointmentTypes }) })
  }
  return { ok: true, seats }
}
