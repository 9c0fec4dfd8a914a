/** Within which instants anything may be offered at all: the future, lead time, planning horizon and effective periods. */
import { ALWAYS, spanOf, type Period } from './period.js'
import type { Instant, Interval } from './interval.js'
import { DAY, MINUTE } from './zone.js'

export interface Limits {
  now: Instant
  zone: string
  /** From now to the earliest start. */
  leadMinutes: number
  /** From now to the latest start, in days of 24 hours. */
  horizonDays: number
  /** Of the role, its assignment to the clinic, the Schedule's planning horizon ... */
  periods: readonly Period[]
}

export interface Bounds {
  /** An opening starts in here, ... */
  starts: Interval
  /** ... and lies in here from start to end. */
  live: Interval
}

export function boundsOf({ now, zone, leadMinutes, horizonDays, periods }: Limits): Bounds {
  const spans = [ALWAYS, ...periods.map(period => spanOf(period, zone))]
  return {
    starts: { start: Math.max(now + 1, now + leadMinutes * MINUTE), end: now + horizonDays * DAY },
    live: {
      start: Math.max(...spans.map(({ start }) => start)),
      end: Math.min(...spans.map(({ end }) => end))
    }
  }
}
