/**
 * The slow oracle of availability: it steps minute by minute, asks Intl what a clock on the wall shows, and shares no
 * code with the library (types only). It says what an opening is in words as plain as possible.
 */
import type { Opening, Period, ScheduleFacts, WeeklyHours } from '../../src/domain/availability/index.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** What the wall clock shows, and the names of its day and of the one before. */
interface Wall {
  today: CalendarDay
  yesterday: CalendarDay
  minute: number
}

interface CalendarDay {
  date: string
  weekday: string
}

const clocks = new Map<string, { clock: Intl.DateTimeFormat; walls: Map<number, Wall> }>()
const calendar = new Map<string, CalendarDay>()

export function wallAt(zone: string, at: number): Wall {
  const { clock, walls } = clocks.get(zone) ?? newClock(zone)
  const known = walls.get(at)
  if (known) return known
  // Ten years of minutes are more than a memory should hold.
  if (walls.size > 100_000) walls.clear()
  for (const [minute, wall] of hourOf(clock, at)) walls.set(minute, wall)
  return walls.get(at) ?? shown(clock, at)
}

/** Intl is slow: an hour at whose ends the clock shows 59 minutes more, on the same day, ran evenly; others are asked of minute by minute. */
function hourOf(clock: Intl.DateTimeFormat, at: number): [number, Wall][] {
  const start = at - (at % HOUR)
  const minutes = Array.from({ length: 60 }, (_, minute) => start + minute * MINUTE)
  const [first, last] = [shown(clock, start), shown(clock, start + HOUR - MINUTE)]
  const even = first.today === last.today && last.minute - first.minute === 59
  return minutes.map((minute, index) => [
    minute,
    even ? { ...first, minute: first.minute + index } : shown(clock, minute)
  ])
}

function shown(clock: Intl.DateTimeFormat, at: number): Wall {
  const [date = '', time = ''] = clock.format(at).split(' ')
  return { today: dayOf(date), yesterday: dayOf(date, -1), minute: minuteOf(time) }
}

function newClock(timeZone: string) {
  const clock = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const made = { clock, walls: new Map<number, Wall>() }
  clocks.set(timeZone, made)
  return made
}

function dayOf(date: string, by: 0 | -1 = 0): CalendarDay {
  const known = calendar.get(`${date}${by}`)
  if (known) return known
  const day = new Date(Date.parse(date) + by * 1440 * MINUTE)
  const made = { date: day.toISOString().slice(0, 10), weekday: NAMES[day.getUTCDay()]! }
  calendar.set(`${date}${by}`, made)
  return made
}

const minutes = new Map<string, number>()

/** Asked of few texts, for each minute again. */
function minuteOf(time: string): number {
  const known = minutes.get(time)
  if (known !== undefined) return known
  const made = Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
  minutes.set(time, made)
  return made
}

/** Whether a clock on the wall lies in the shift of a row that starts on `day`, which is today or yesterday. */
function inShift(row: WeeklyHours, day: CalendarDay, wall: Wall): boolean {
  if (row.days?.length && !(row.days as readonly string[]).includes(day.weekday)) return false
  if ((row.from && day.date < row.from) || (row.until && day.date > row.until)) return false
  const start = row.allDay ? 0 : minuteOf(row.start ?? '00:00')
  const stop = row.allDay ? 0 : minuteOf(row.end ?? '00:00')
  const end = stop <= start ? stop + 1440 : stop
  const minute = wall.today === day ? wall.minute : wall.minute + 1440
  return start <= minute && minute < end
}

const openAt = (rows: readonly WeeklyHours[] | undefined, wall: Wall): boolean =>
  !rows?.length || rows.some(row => inShift(row, wall.today, wall) || inShift(row, wall.yesterday, wall))

function covers({ start, end }: Period, zone: string, at: number): boolean {
  const { date } = wallAt(zone, at).today
  if (typeof start === 'string' ? date < start : start !== undefined && at < start) return false
  return !(typeof end === 'string' ? date.slice(0, end.length) > end : end !== undefined && at >= end)
}

const isClosed = (facts: ScheduleFacts, at: number): boolean =>
  [...facts.closures, ...(facts.service?.closures ?? [])].some(
    closure => (closure.start !== undefined || closure.end !== undefined) && covers(closure, facts.zone, at)
  )

function every(from: number, to: number, test: (at: number) => boolean): boolean {
  for (let at = from; at < to; at += MINUTE) if (!test(at)) return false
  return true
}

/** Whether a candidate may be booked, and with how many seats gone. */
function seatsGone(facts: ScheduleFacts, { start, end, capacity }: Opening): number | undefined {
  const own = facts.seats?.find(window => window.start === start && window.end === end)
  if (own && own.taken >= capacity) return undefined
  if (start < facts.starts.start || start >= facts.starts.end) return undefined
  if (start < facts.live.start || end > facts.live.end) return undefined
  if (!every(start, end, at => !isClosed(facts, at))) return undefined
  const others = [...facts.busy, ...(facts.seats ?? []).filter(window => window !== own).map(({ blocked }) => blocked)]
  const from = start - (facts.service?.before ?? 0) * MINUTE
  const to = end + (facts.service?.after ?? facts.bufferAfter) * MINUTE
  return every(from, to, at => !others.some(busy => busy.start < at + MINUTE && at < busy.end))
    ? (own?.taken ?? 0)
    : undefined
}

/** Everything that may be booked from `from` up to `to`; both on whole minutes. */
export function oracle(facts: ScheduleFacts, from: number, to: number): Opening[] {
  const found = new Map<string, Opening>()
  const groups = new Map<string, { rows: WeeklyHours[]; offer: Opening; length: number }>()
  for (const row of facts.hours) {
    const length = facts.service?.minutes ?? row.minutes ?? facts.minutes
    const offer = {
      start: 0,
      end: 0,
      taken: 0,
      capacity: row.capacity ?? facts.capacity,
      appointmentTypes: row.appointmentTypes ?? []
    }
    const key = JSON.stringify([length, offer])
    groups.set(key, { rows: [...(groups.get(key)?.rows ?? []), row], offer, length })
  }
  for (const { rows, offer, length } of groups.values())
    for (const start of candidates(facts, rows, length, from, to)) {
      const opening = { ...offer, start, end: start + length * MINUTE }
      const key = `${start} ${length}`
      const same = found.get(key)
      found.set(key, same ? joined(same, opening) : opening)
    }
  return [...found.values()]
    .flatMap(opening => {
      const taken = seatsGone(facts, opening)
      return taken === undefined ? [] : [{ ...opening, taken }]
    })
    .sort((a, b) => a.start - b.start || a.end - b.end)
}

const joined = (a: Opening, b: Opening): Opening => ({
  ...a,
  capacity: Math.max(a.capacity, b.capacity),
  appointmentTypes:
    a.appointmentTypes?.length && b.appointmentTypes?.length
      ? [...new Set([...a.appointmentTypes, ...b.appointmentTypes])]
      : []
})

/** Where the grid of each unbroken run of hours, shift day by shift day, has a whole opening. */
function candidates(facts: ScheduleFacts, rows: WeeklyHours[], length: number, from: number, to: number): number[] {
  const starts: number[] = []
  let runs = new Map<string, number>()
  // Far enough back for the start of any run: the shifts of one day last at most to the end of the next.
  for (let at = from - 50 * 60 * MINUTE; at < to + length * MINUTE; at += MINUTE) {
    const wall = wallAt(facts.zone, at)
    const open = openAt(facts.clinicHours, wall) && openAt(facts.service?.hours, wall)
    const days = open ? [wall.today, wall.yesterday].filter(day => rows.some(row => inShift(row, day, wall))) : []
    runs = new Map(days.map(({ date }) => [date, runs.get(date) ?? at]))
    for (const run of runs.values()) {
      const begun = at + MINUTE - length * MINUTE
      if (begun >= Math.max(run, from) && begun < to && (begun - run) % (length * MINUTE) === 0) starts.push(begun)
    }
  }
  return starts
}
