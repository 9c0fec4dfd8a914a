/** Date values of a search: a prefix and a moment of any precision. https://hl7.org/fhir/R4/search.html#date */
import type { DatePrefix, DateValue } from './plan.js'

/** What a date without a zone means, and when `ap` looks from. */
export interface Clock {
  now: Date
  /** Epoch milliseconds of a wall-clock time such as `2026-01-05T00:00:00.000` where no zone is written; default UTC. */
  instantOf?: (local: string) => number
}

const FORM =
  /^(eq|ne|gt|lt|ge|le|sa|eb|ap)?((\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+ -]\d\d:\d\d)?)?)?)?)$/

const MINUTE = 60_000
/** Postgres has no year 0. */
const FIRST = Date.parse('0001-01-01T00:00:00Z')

/** Undefined when `text` is no date, or one that does not exist (2026-13-40). */
export function parseDate(text: string, clock: Clock): DateValue | undefined {
  const match = FORM.exec(text)
  const range = match && wallClock(match)
  if (!match || !range) return undefined
  const prefix = (match[1] ?? 'eq') as DatePrefix
  const zone = match[10]
  const offset = zone === undefined ? undefined : offsetOf(zone)
  if (offset === null) return undefined
  const toInstant = (local: number): number =>
    offset === undefined ? (clock.instantOf?.(iso(local).slice(0, -1)) ?? local) : local - offset
  const [low, high] = range.map(toInstant) as [number, number]
  const slack = prefix === 'ap' ? Math.abs(clock.now.getTime() - low) / 10 : 0
  return {
    form: 'date',
    prefix,
    low: iso(low - slack),
    high: iso(high + slack),
    local: { low: iso(range[0] - slack).slice(0, -1), high: iso(range[1] + slack).slice(0, -1) },
    lexical: match[2]!
  }
}

/** [low, high) of the wall clock as if it were UTC. */
function wallClock(match: RegExpExecArray): [number, number] | undefined {
  const [year, month, day, hour, minute, second] = match
    .slice(3, 9)
    .map(part => (part === undefined ? undefined : Number(part)))
  const low = at(year!, (month ?? 1) - 1, day ?? 1, hour, minute, second)
  const written = new Date(low)
  const exists = written.getUTCMonth() === (month ?? 1) - 1 && written.getUTCDate() === (day ?? 1)
  if (!exists || year === 0 || (hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined
  if (month === undefined) return [low, at(year! + 1, 0, 1)]
  if (day === undefined) return [low, at(year!, month, 1)]
  if (hour === undefined) return [low, low + 1440 * MINUTE]
  if (second === undefined) return [low, low + MINUTE]
  const fraction = match[9]
  if (fraction === undefined) return [low, low + 1000]
  const milliseconds = low + Number(fraction.padEnd(3, '0').slice(0, 3))
  return [milliseconds, milliseconds + 10 ** Math.max(0, 3 - fraction.length)]
}

/** Date.UTC that takes years below 100 as they are. */
function at(year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number {
  return new Date(0).setUTCFullYear(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000
}

/** Milliseconds east of UTC; null when there is no such zone. A blank is a `+` that was not encoded. */
function offsetOf(zone: string): number | null {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))]
  if (hours > 14 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE
}

/** ISO with Z; years above 9999 without the sign, as Postgres reads them. */
const iso = (instant: number): string => new Date(Math.max(instant, FIRST)).toISOString().replace(/^\+0*/, '')
