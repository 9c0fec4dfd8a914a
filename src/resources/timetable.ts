/** Hours in resources as the domain takes them: of a role at its Locations, and of a Schedule (S1). */
import type { Extension, Location, Period, PractitionerRole, Schedule } from 'fhir/r4.js'
import {
  firstOverlap,
  hullOf,
  isoAt,
  type Day,
  type Period as Span,
  type Timetable,
  type WeeklyHours
} from '../domain/availability/index.js'
import { CANONICAL } from '../fhir/types.js'
import type { TimetableFact } from '../store/ports.js'
import type { RuleEnv } from '../store/write-rule.js'
import { periodOf, weeklyHours } from './period.js'

export const SLOT_MINUTES = `${CANONICAL}/StructureDefinition/slot-minutes`
export const SCHEDULE_HOURS = `${CANONICAL}/StructureDefinition/schedule-hours`
const CLINIC_ASSIGNMENT = `${CANONICAL}/StructureDefinition/clinic-assignment`

/** The time zone of a Location, when it has one of its own. */
export const zoneOf = (location?: Location): string | undefined =>
  location?.extension?.find(({ url }) => url === 'http://hl7.org/fhir/StructureDefinition/timezone')?.valueCode

/** A date stands for whole days, a time for an instant. */
export const periodIn = ({ start, end }: Period = {}): Span => ({ start: sideOf(start), end: sideOf(end) })
const sideOf = (side?: string): string | number | undefined => (side?.includes('T') ? Date.parse(side) : side)

/** When the role is assigned to a Location (`Location/id`): one period for each time that it is named. */
export const assignmentsOf = ({ location = [] }: PractitionerRole, reference: string): Span[] =>
  location
    .filter(each => each.reference === reference)
    .map(({ extension = [] }) => {
      const assignment = extension.find(({ url }) => url === CLINIC_ASSIGNMENT)?.extension ?? []
      return periodIn(assignment.find(({ url }) => url === 'period')?.valuePeriod)
    })

export const hoursOfRole = ({ availableTime = [] }: PractitionerRole): WeeklyHours[] =>
  availableTime.map(({ daysOfWeek = [], allDay, availableStartTime, availableEndTime }) => ({
    days: daysOfWeek,
    ...(allDay !== undefined && { allDay }),
    ...(availableStartTime && { start: availableStartTime }),
    ...(availableEndTime && { end: availableEndTime })
  }))

/** The Schedule's own, in place of its role's. */
export const hoursOfSchedule = ({ extension = [] }: Schedule): WeeklyHours[] =>
  extension
    .filter(({ url }) => url === SCHEDULE_HOURS)
    .map(({ extension: parts = [] }) => {
      const named = (name: string): Extension[] => parts.filter(({ url }) => url === name)
      const [start, end] = [named('start')[0]?.valueTime, named('end')[0]?.valueTime]
      const minutes = named('minutes')[0]?.valuePositiveInt
      return {
        days: named('daysOfWeek').map(({ valueCode }) => valueCode as Day),
        ...(start && { start }),
        ...(end && { end }),
        ...(minutes && { minutes })
      }
    })

export const hoursOfLocation = ({ hoursOfOperation = [] }: Location): WeeklyHours[] =>
  hoursOfOperation.map(({ daysOfWeek = [], allDay, openingTime, closingTime }) => ({
    days: daysOfWeek,
    ...(allDay !== undefined && { allDay }),
    ...(openingTime && { start: openingTime }),
    ...(closingTime && { end: closingTime })
  }))

/** Whether the Schedule offers anything, as far as it and its role say. */
export const isLive = ({ schedule: { active, role } }: TimetableFact): boolean =>
  active !== false && role !== null && role.active !== false

/** When work is done after a stored Schedule; `hours` are its role's as they are about to be. */
export function timetableOf({ schedule, own, ofRole }: TimetableFact, zone: string, hours?: WeeklyHours[]): Timetable {
  const at = schedule.clinic?.zone ?? zone
  const assignments = (schedule.assignments ?? []).map(periodOf)
  const role = hours ?? (schedule.role?.elsewhere ? [] : ofRole.map(weeklyHours))
  return {
    zone: at,
    hours: own.length > 0 ? own.map(weeklyHours) : role,
    periods: [
      periodOf(schedule.horizon),
      ...(schedule.role ? [periodOf(schedule.role.period)] : []),
      ...(assignments.length > 0 ? [hullOf(assignments, at)] : [])
    ]
  }
}

/** The same with its role as it is about to be: at several Locations, the role's hours do not say where. */
export function timetableAfter(role: PractitionerRole, fact: TimetableFact, zone: string): Timetable {
  const { clinic_id, horizon } = fact.schedule
  const elsewhere = new Set(role.location?.map(({ reference }) => reference)).size > 1
  const before = timetableOf(fact, zone, elsewhere ? [] : hoursOfRole(role))
  const here = clinic_id ? assignmentsOf(role, `Location/${clinic_id}`) : []
  const periods = [periodOf(horizon), periodIn(role.period), ...(here.length > 0 ? [hullOf(here, before.zone)] : [])]
  return { ...before, periods }
}

/** A Schedule, and when work is to be done after it. */
export interface Planned {
  id: string
  timetable: Timetable
}
export interface Clash {
  /** Of the other Schedule. */
  id: string
  when: string
}

/** The first of the Schedules that wants the practitioner at the same time; unless the tenant does not mind. */
export function clashOf(mine: Timetable, others: readonly Planned[], { tenant, now }: RuleEnv): Clash | undefined {
  if (tenant.appointments.overlappingSchedules) return undefined
  for (const { id, timetable } of others) {
    const shared = firstOverlap(mine, timetable, now.getTime())
    if (shared) return { id, when: isoAt(mine.zone, shared.start) }
  }
  return undefined
}
