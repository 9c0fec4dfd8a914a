/**
 * Wall clock and instants. A zone is a row of stretches with one offset each; an instant is in a range of the wall clock
 * when its own wall clock is. So a time that does not exist starts at the next instant, and a repeated hour counts once
 * per instant. The offsets come from the IANA data behind Temporal; they are kept per zone and year.
 */
import { Temporal } from 'temporal-polyfill'
import type { Instant, Interval } from './interval.js'

/** Milliseconds of the wall clock since 1970-01-01T00:00 of the wall clock. */
export type LocalTime = number

/** Days of the calendar since 1970-01-01. */
export type LocalDay = number

export const MINUTE = 60_000
export const DAY = 86_400_000
/** More than any zone was ever off UTC. */
const FARTHEST = 16 * 60 * MINUTE

interface Stretch extends Interval {
  offset: number
}

const memo = new Map<string, Stretch[]>()

const startOf = (year: number): Instant => new Date(0).setUTCFullYear(year, 0, 1)

/** The stretches of one year (UTC) of a zone, in order. Throws RangeError on an unknown zone. */
function stretchesOf(zone: string, year: number): Stretch[] {
  const key = `${zone} ${year}`
  const known = memo.get(key)
  if (known) return known
  const end = startOf(year + 1)
  const list: Stretch[] = []
  let at: Temporal.ZonedDateTime | null = new Temporal.ZonedDateTime(BigInt(startOf(year)) * 1_000_000n, zone)
  while (at && at.epochMilliseconds < end) {
    const next: Temporal.ZonedDateTime | null = at.getTimeZoneTransition('next')
    const until = Math.min(next?.epochMilliseconds ?? end, end)
    list.push({ start: at.epochMilliseconds, end: until, offset: at.offsetNanoseconds / 1e6 })
    at = next
  }
  memo.set(key, list)
  return list
}

/** The instants whose wall clock in `zone` reads `from` or later, and earlier than `to`. */
export function instantsBetween(zone: string, from: LocalTime, to: LocalTime): Interval[] {
  const list: Interval[] = []
  const lastYear = new Date(to + FARTHEST).getUTCFullYear()
  for (let year = new Date(from - FARTHEST).getUTCFullYear(); year <= lastYear; year++)
    for (const stretch of stretchesOf(zone, year)) {
      const start = Math.max(from - stretch.offset, stretch.start)
      const end = Math.min(to - stretch.offset, stretch.end)
      if (start >= end) continue
      const last = list.at(-1)
      if (last?.end === start) last.end = end
      else list.push({ start, end })
    }
  return list
}

/** The first instant whose wall clock in `zone` reads `local` or later. Throws RangeError on an unknown zone. */
export function instantAt(zone: string, local: LocalTime): Instant {
  // Two days, because a zone can skip one.
  return instantsBetween(zone, local, local + 2 * DAY)[0]!.start
}

/** The first instant whose wall clock in `zone` reads midnight of `day` or later. */
export const startOfDay = (zone: string, day: LocalDay): Instant => instantAt(zone, day * DAY)

/** Per zone the stretch that was asked for last: the next question is mostly about it. */
const latest = new Map<string, Stretch>()

/** Milliseconds that the wall clock of `zone` is ahead of UTC at an instant. */
function offsetAt(zone: string, instant: Instant): number {
  const known = latest.get(zone)
  if (known && known.start <= instant && instant < known.end) return known.offset
  const year = stretchesOf(zone, new Date(instant).getUTCFullYear())
  const found = year.find(({ end }) => instant < end)!
  latest.set(zone, found)
  return found.offset
}

/** The day of the calendar that `zone` has at an instant. */
export const dayAt = (zone: string, instant: Instant): LocalDay => Math.floor((instant + offsetAt(zone, instant)) / DAY)

/** An instant as the wall clock of `zone` shows it, to the second: `2026-01-05T09:00:00-05:00`. */
export function isoAt(zone: string, instant: Instant): string {
  const offset = offsetAt(zone, instant)
  const local = instant + offset
  const day = Math.floor(local / DAY)
  const second = Math.floor((local - day * DAY) / 1000)
  const ahead = Math.abs(offset) / MINUTE
  return `${dateOf(day)}T${hourAndMinute(second / 60)}:${two(second % 60)}${offset < 0 ? '-' : '+'}${hourAndMinute(ahead)}`
}

const two = (number: number): string => (number < 10 ? `0${number}` : String(number))
const hourAndMinute = (minutes: number): string => `${two(Math.floor(minutes / 60))}:${two(Math.floor(minutes % 60))}`

let lastDay: { day: LocalDay; date: string } | undefined

/** Slots come day by day. */
function dateOf(day: LocalDay): string {
  if (lastDay?.day !== day) lastDay = { day, date: new Date(day * DAY).toISOString().slice(0, -14) }
  return lastDay.date
}

/** The day of an ISO date (`2026-02-28`). */
export const dayOf = (date: string): LocalDay => Date.parse(`${date}T00:00Z`) / DAY

const ZONES = new Map<string, boolean>()

/** Whether there are clocks for a zone of that name. */
export function isZone(zone: string): boolean {
  const known = ZONES.get(zone)
  if (known !== undefined) return known
  let valid = true
  try {
    new Temporal.ZonedDateTime(0n, zone)
  } catch {
    valid = false
  }
  // Names come from outside: those that are none are not kept.
  if (valid) ZONES.set(zone, true)
  return valid
}
