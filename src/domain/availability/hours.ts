/**
 * Weekly hours: availableTime of PractitionerRole and HealthcareService, hoursOfOperation of Location, and the schedule's
 * own hours. https://hl7.org/fhir/R4/practitionerrole-definitions.html#PractitionerRole.availableTime
 */
import { union, type Interval } from './interval.js'
import { DAY, dayOf, instantsBetween, type LocalDay, type LocalTime } from './zone.js'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** One row of weekly hours. `start` and `end` are `HH:mm` or `HH:mm:ss`; absent they are midnight, as with `allDay`. */
export interface WeeklyHours {
  /** Absent or empty: every day. A shift belongs to the day on which it starts. */
  days?: readonly Day[]
  allDay?: boolean
  start?: string
  /** Not after `start`: of the next day. */
  end?: string
  /** First and last day on which a shift starts, ISO dates. */
  from?: string
  until?: string
  /** Length of openings, number of seats and what may be booked; only a schedule's own hours have these. */
  minutes?: number
  capacity?: number
  appointmentTypes?: readonly string[]
}

/** {@link WeeklyHours} made ready for arithmetic: on which days, and from when to when after their midnight. */
export interface Shift {
  days: readonly boolean[]
  first: LocalDay
  last: LocalDay
  start: LocalTime
  end: LocalTime
}

export function shiftOf(hours: WeeklyHours): Shift {
  const start = hours.allDay ? 0 : timeOf(hours.start)
  const end = hours.allDay ? 0 : timeOf(hours.end)
  return {
    days: DAYS.map(day => !hours.days?.length || hours.days.includes(day)),
    first: hours.from === undefined ? -Infinity : dayOf(hours.from),
    last: hours.until === undefined ? Infinity : dayOf(hours.until),
    start,
    end: end <= start ? end + DAY : end
  }
}

/** The instants of all shifts that start on `day`, as a list. */
export function hoursOn(shifts: readonly Shift[], zone: string, day: LocalDay): Interval[] {
  const weekday = (((day + 3) % 7) + 7) % 7
  return union(
    shifts
      .filter(shift => shift.days[weekday] && shift.first <= day && day <= shift.last)
      .flatMap(shift => instantsBetween(zone, day * DAY + shift.start, day * DAY + shift.end))
  )
}

/** Hours by day with a memory: what shifts starting the day before, on the day or the day after cover. */
export function hoursAround(hours: readonly WeeklyHours[], zone: string): (day: LocalDay) => Interval[] {
  const shifts = hours.map(shiftOf)
  const memo = new Map<LocalDay, Interval[]>()
  const on = (day: LocalDay): Interval[] => {
    const list = memo.get(day) ?? hoursOn(shifts, zone, day)
    memo.set(day, list)
    return list
  }
  return day => union([...on(day - 1), ...on(day), ...on(day + 1)])
}

function timeOf(text = '00:00'): LocalTime {
  const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000
}
