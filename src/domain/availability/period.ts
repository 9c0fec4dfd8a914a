/** Periods as people write them: closures, assignments, effective times. https://hl7.org/fhir/R4/datatypes.html#Period */
import { union, type Instant, type Interval } from './interval.js'
import { DAY, dayOf, startOfDay, type LocalDay } from './zone.js'

/**
 * An ISO date (`2026-02-28`; `2026-02` and `2026` stand for all their days) is whole days of the zone, an end included;
 * a number is an instant, an end excluded. A side that is absent is open.
 */
export interface Period {
  start?: string | Instant
  end?: string | Instant
}

/** All of time, in numbers that JSON and Date can hold. */
export const ALWAYS: Interval = { start: -8.64e15, end: 8.64e15 }

/** The instants of a period. */
export function spanOf({ start, end }: Period, zone: string): Interval {
  return {
    start: typeof start === 'string' ? startOfDay(zone, firstDay(start)) : (start ?? ALWAYS.start),
    end: typeof end === 'string' ? startOfDay(zone, lastDay(end) + 1) : (end ?? ALWAYS.end)
  }
}

/** The instants of closures, as a list. One without start and end says nothing and closes nothing. */
export function closedBy(closures: readonly Period[], zone: string): Interval[] {
  const dated = closures.filter(({ start, end }) => start !== undefined || end !== undefined)
  return union(dated.map(closure => spanOf(closure, zone)))
}

/** The instants between periods, as closures: someone who is assigned from time to time is away in between. */
export function gapsBetween(periods: readonly Period[], zone: string): Period[] {
  const spans = union(periods.map(period => spanOf(period, zone)))
  return spans.slice(1).map(({ start }, index) => ({ start: spans[index]!.end, end: start }))
}

/** From the first start to the last end. */
export function hullOf(periods: readonly Period[], zone: string): Interval {
  const spans = periods.map(period => spanOf(period, zone))
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) }
}

/** The day of a date, the first of its month or year. */
const firstDay = (date: string): LocalDay => dayOf(date + '-01-01'.slice(date.length - 4))

function lastDay(date: string): LocalDay {
  const [year = 0, month = 12] = date.split('-').map(Number)
  // The day before the first of the next month.
  return date.length > 7 ? dayOf(date) : new Date(0).setUTCFullYear(year, month, 0) / DAY
}
