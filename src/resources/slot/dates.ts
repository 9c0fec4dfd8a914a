/** Date values of a search against an instant. https://hl7.org/fhir/R4/search.html#prefix */
import type { Instant, Interval } from '../../domain/availability/index.js'
import type { DateValue } from '../../search/plan.js'

/** Tells whether an instant meets one of the values. */
export function anyDate(values: readonly DateValue[]): (at: Instant) => boolean {
  const spans = values.map(({ prefix, low, high }) => ({
    holds: HOLDS[prefix],
    low: instant(low),
    high: instant(high)
  }))
  return at => spans.some(({ holds, low, high }) => holds(at, low, high))
}

/** The smallest interval outside of which no instant meets any of the values. */
export function hullOf(values: readonly DateValue[]): Interval {
  const spans = values.map(({ prefix, low, high }) => SPAN[prefix](instant(low), instant(high)))
  return { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) }
}

/** The end of the year 9999 is beyond what Date reads: as good as never. */
function instant(iso: string): Instant {
  const at = Date.parse(iso)
  return Number.isNaN(at) ? Infinity : at
}

type Prefix = DateValue['prefix']

/** The value covers [low, high). */
const HOLDS: Record<Prefix, (at: Instant, low: Instant, high: Instant) => boolean> = {
  eq: (at, low, high) => low <= at && at < high,
  ne: (at, low, high) => at < low || high <= at,
  gt: (at, _low, high) => at >= high,
  lt: (at, low) => at < low,
  ge: (at, low) => at >= low,
  le: (at, _low, high) => at < high,
  sa: (at, _low, high) => at >= high,
  eb: (at, low) => at < low,
  ap: (at, low, high) => low <= at && at < high
}

const SPAN: Record<Prefix, (low: Instant, high: Instant) => Interval> = {
  eq: (start, end) => ({ start, end }),
  ne: () => ({ start: -Infinity, end: Infinity }),
  gt: (_low, high) => ({ start: high, end: Infinity }),
  lt: low => ({ start: -Infinity, end: low }),
  ge: low => ({ start: low, end: Infinity }),
  le: (_low, high) => ({ start: -Infinity, end: high }),
  sa: (_low, high) => ({ start: high, end: Infinity }),
  eb: low => ({ start: -Infinity, end: low }),
  ap: (start, end) => ({ start, end })
}
