/** Facts made ready for a walk over the days: who works when, and what is taken. */
import type { Opening, ScheduleFacts, SeatsTaken } from './facts.js'
import { hoursAround, hoursOn, shiftOf, type Shift, type WeeklyHours } from './hours.js'
import { intersect, overlaps, union, type Instant, type Interval } from './interval.js'
import { closedBy } from './period.js'
import { MINUTE, type LocalDay } from './zone.js'

/** Hours that offer the same, so that they join where they touch. */
interface Pattern {
  shifts: Shift[]
  length: number
  offer: Pick<Opening, 'capacity' | 'appointmentTypes'>
}

export interface Plan {
  /** What shifts of a day offer, in order, taken or not. */
  candidates(day: LocalDay): Opening[]
  /** The candidate with its seats, or undefined when it is not free. */
  free(candidate: Opening): Opening | undefined
}

export function planOf(facts: ScheduleFacts): Plan {
  const patterns = patternsOf(facts)
  const limits = [facts.clinicHours ?? [], facts.service?.hours ?? []]
    .filter(hours => hours.length > 0)
    .map(hours => hoursAround(hours, facts.zone))
  const worked = (pattern: Pattern, day: LocalDay): Interval[] => {
    const shifts = hoursOn(pattern.shifts, facts.zone, day)
    return shifts.length === 0 ? shifts : limits.reduce((list, limit) => intersect(list, limit(day)), shifts)
  }
  return {
    candidates: day => patterns.flatMap(pattern => worked(pattern, day).flatMap(piece => grid(piece, pattern))),
    free: freeTest(facts)
  }
}

function patternsOf({ hours, minutes, capacity, service }: ScheduleFacts): Pattern[] {
  const patterns = new Map<string, Pattern>()
  for (const row of hours) {
    const length = (service?.minutes ?? row.minutes ?? minutes) * MINUTE
    if (!(length > 0)) continue
    const offer = offerOf(row, capacity)
    const key = JSON.stringify([length, offer])
    const pattern = patterns.get(key) ?? { shifts: [], length, offer }
    pattern.shifts.push(shiftOf(row))
    patterns.set(key, pattern)
  }
  return [...patterns.values()]
}

const offerOf = (row: WeeklyHours, capacity: number): Pattern['offer'] => ({
  capacity: row.capacity ?? capacity,
  ...(row.appointmentTypes?.length ? { appointmentTypes: row.appointmentTypes } : {})
})

/** Openings side by side from the start of a piece of hours, on whole minutes because ids carry minutes. */
function grid({ start, end }: Interval, { length, offer }: Pattern): Opening[] {
  const list: Opening[] = []
  for (let at = Math.ceil(start / MINUTE) * MINUTE; at + length <= end; at += length)
    list.push({ start: at, end: at + length, taken: 0, ...offer })
  return list
}

/**
 * An opening is free when no closure touches it and nothing busy touches it with its buffers, which may leave the hours.
 * Of a window in which seats are taken, only its own range does not count.
 */
function freeTest({ zone, live, service, bufferAfter, ...facts }: ScheduleFacts): Plan['free'] {
  const before = (service?.before ?? 0) * MINUTE
  const after = (service?.after ?? bufferAfter) * MINUTE
  const closed = closedBy([...facts.closures, ...(service?.closures ?? [])], zone)
  const seats = facts.seats ?? []
  const busy = union(facts.busy)
  const blocked = union([...facts.busy, ...seats.map(window => window.blocked)])
  const windows = new Map<Instant, SeatsTaken[]>()
  for (const window of seats) windows.set(window.start, [...(windows.get(window.start) ?? []), window])
  return opening => {
    const { start, end, capacity } = opening
    if (start < live.start || end > live.end) return undefined
    const own = windows.get(start)?.find(window => window.end === end)
    const most = Math.min(capacity, own?.capacity ?? capacity)
    if (own && own.taken >= most) return undefined
    if (overlaps(closed, opening)) return undefined
    // Other windows with seats cannot touch a window that has some: the database excludes it.
    if (overlaps(own ? busy : blocked, { start: start - before, end: end + after })) return undefined
    return own ? { ...opening, capacity: most, taken: own.taken } : opening
  }
}
