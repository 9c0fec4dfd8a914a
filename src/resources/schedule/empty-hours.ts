/** S1: hours of a Schedule in which no opening fits, since they are too short or the Location is closed: its owner hears of it. */
import type { Location, Schedule } from 'fhir/r4.js'
import { DAYS, isZone, openings, type Day, type WeeklyHours } from '../../domain/availability/index.js'
import { warning, type Issue } from '../../fhir/errors.js'
import type { RuleEnv } from '../../store/write-rule.js'
import { hoursOfLocation, hoursOfSchedule, SCHEDULE_HOURS, SLOT_MINUTES } from '../timetable.js'

const DAY = 86_400_000
const ALWAYS = { start: -Infinity, end: Infinity }

/** Looks at the week that begins now: every other is like it. */
export function emptyHours(
  schedule: Schedule,
  location: Location | undefined,
  zone: string,
  { now, tenant }: RuleEnv
): Issue[] {
  if (!isZone(zone)) return []
  const rows = hoursOfSchedule(schedule)
  const usual = schedule.extension?.find(({ url }) => url === SLOT_MINUTES)?.valuePositiveInt
  const places = (schedule.extension ?? []).flatMap(({ url }, index) => (url === SCHEDULE_HOURS ? index : []))
  // A shift that began yesterday belongs to yesterday.
  const week = { start: now.getTime(), end: now.getTime() + 8 * DAY }
  return rows.flatMap((row, index) => {
    const minutes = row.minutes ?? usual ?? tenant.appointments.defaultDuration
    const facts = {
      zone,
      hours: [row],
      clinicHours: location ? hoursOfLocation(location) : [],
      closures: [],
      busy: [],
      minutes,
      capacity: 1,
      bufferAfter: 0,
      starts: week,
      live: ALWAYS
    }
    if (!openings(facts, week).next().done || joins(row, rows)) return []
    const text = `No opening of ${minutes} minutes fits into these hours while the Location is open: they offer nothing but shorter services`
    return [warning('business-rule', text, `Schedule.extension[${places[index]!}]`, 'S1')]
  })
}

/** Whether another row of the same length touches this one: together they may offer what neither does alone. */
function joins(row: WeeklyHours, rows: readonly WeeklyHours[]): boolean {
  const daysOf = ({ days = [] }: WeeklyHours): readonly Day[] => (days.length > 0 ? days : DAYS)
  const start = ({ start = '00:00' }: WeeklyHours): string => start
  // What ends on the next day reaches to the end of its own.
  const end = ({ end = '24:00', ...other }: WeeklyHours): string => (end <= start(other) ? '24:00' : end)
  return rows.some(
    other =>
      other !== row &&
      other.minutes === row.minutes &&
      daysOf(other).some(day => daysOf(row).includes(day)) &&
      start(other) <= end(row) &&
      start(row) <= end(other)
  )
}
