/** Whether one who works after two timetables would have to be at two places at once (S9). */
import { hoursAround, hoursOn, shiftOf, type WeeklyHours } from './hours.js'
import { intersect, type Instant, type Interval } from './interval.js'
import { ALWAYS, spanOf, type Period } from './period.js'
import { DAY, dayAt } from './zone.js'

export interface Timetable {
  zone: string
  hours: readonly WeeklyHours[]
  /** All of them must hold: of the role, of its assignment, the planning horizon. */
  periods: readonly Period[]
}

/** Every week is like the first, ... */
const WEEK = 8
/** ... but for clocks that are changed on other days. */
const YEAR = 366

/** The first time from `now` on that two timetables share; undefined when there is none. */
export function firstOverlap(one: Timetable, other: Timetable, now: Instant): Interval | undefined {
  const live = [one, other].flatMap(({ zone, periods }) => [ALWAYS, ...periods.map(period => spanOf(period, zone))])
  const start = Math.max(now, ...live.map(span => span.start))
  const days = one.zone === other.zone ? WEEK : YEAR
  const end = Math.min(start + days * DAY, ...live.map(span => span.end))
  const shifts = one.hours.map(shiftOf)
  const theirs = hoursAround(other.hours, other.zone)
  // A shift may have begun the day before; a day of one zone may lie in two of the other.
  for (let day = dayAt(one.zone, start) - 1; start < end && day <= dayAt(one.zone, end); day++)
    for (const shift of hoursOn(shifts, one.zone, day)) {
      const around = [shift.start, shift.end].flatMap(at => theirs(dayAt(other.zone, at)))
      const [shared] = around.flatMap(each => intersect(intersect([shift], [each]), [{ start, end }]))
      if (shared) return shared
    }
  return undefined
}
