/** What can be booked: the grid of a schedule's hours, less closures and what is busy, in order of time. */
import type { Opening, ScheduleFacts } from './facts.js'
import { intersect, type Instant, type Interval } from './interval.js'
import { planOf } from './plan.js'
import { dayAt, MINUTE, startOfDay } from './zone.js'

/**
 * The openings that start in a window, by start and end. They are made day by day as they are taken: the first costs
 * the work of a few days, whatever the window. Ends because `facts.starts` does.
 */
export function* openings(facts: ScheduleFacts, window: Interval): Generator<Opening, undefined> {
  const [span] = intersect([window], [facts.starts])
  if (!span) return
  const plan = planOf(facts)
  let pending: Opening[] = []
  // A shift lasts into the next day, and a clock set back over midnight returns to the day before.
  let day = dayAt(facts.zone, span.start) - 2
  for (let next = -Infinity; next < span.end; day++) {
    next = startOfDay(facts.zone, day + 1)
    const added = plan.candidates(day).filter(({ start }) => start >= span.start && start < span.end)
    if (added.length > 0) pending = merge([...pending, ...added])
    // Shifts of later days start at `next` or later.
    const settled = pending.filter(({ start }) => start < next)
    pending = pending.slice(settled.length)
    for (const opening of settled) {
      const free = plan.free(opening)
      if (free) yield free
    }
  }
}

/** The opening of that start and length, if the rules yield it now: a computed Slot read by its id. */
export function openingAt(facts: ScheduleFacts, start: Instant, minutes: number): Opening | undefined {
  for (const opening of openings(facts, { start, end: start + 1 }))
    if (opening.end === start + minutes * MINUTE) return opening
  return undefined
}

/** In order; where two shifts offer the same window, it has the larger capacity and the types of both. */
function merge(list: Opening[]): Opening[] {
  const merged: Opening[] = []
  for (const opening of list.sort((a, b) => a.start - b.start || a.end - b.end)) {
    const last = merged.at(-1)
    if (last?.start === opening.start && last.end === opening.end) merged[merged.length - 1] = joint(last, opening)
    else merged.push(opening)
  }
  return merged
}

function joint({ start, end, taken, ...a }: Opening, b: Opening): Opening {
  const types = a.appointmentTypes && b.appointmentTypes && [...new Set([...a.appointmentTypes, ...b.appointmentTypes])]
  return {
    start,
    end,
    taken,
    capacity: Math.max(a.capacity, b.capacity),
    ...(types ? { appointmentTypes: types } : {})
  }
}
