/** The stage of a plan that asks for Schedules and the rows that their openings follow from; and those rows. */
import type { Condition } from './plan.js'

export interface ScheduleRequest {
  /** Conditions on the Schedule. */
  where: readonly Condition[]
  /** Only Schedules with these short keys. */
  keys?: readonly string[]
  /** Openings of services: those HealthcareServices that meet the conditions, and have one of the short keys. */
  services?: { where: readonly Condition[]; keys?: readonly string[] }
  /** Instants (epoch milliseconds, half-open) in which openings start: closures and Slots are those that can touch one. */
  window: { start: number; end: number }
  /** Where the answer may begin with a part of the window: see {@link Part}. */
  part?: Part
  /** Length of openings, and minutes to keep free after them, where no row says it. */
  minutes: number
  bufferAfter: number
  /** At most so many Schedules. */
  limit: number
}

/**
 * As much of the window as is read at once, from its start, or with `backward` from its end: `least` milliseconds, and more
 * the fewer Schedules there are, so that `whole` milliseconds of all of them together are read in any case.
 */
export interface Part {
  least: number
  whole: number
  backward: boolean
}

/** Flat rows, tied together by ids: nothing is said twice, however many Schedules share it. */
export interface ScheduleRows {
  /** What of the window was read: all of it unless a part was asked for. */
  window: [start: number, end: number]
  schedules: ScheduleRow[]
  services: ServiceRow[]
  hours: HoursRow[]
  closures: ClosureRow[]
  slots: SlotRow[]
  windows: WindowRow[]
}

/** Instants as Postgres writes them in JSON. `lexical`: what the mapping kept of a Period whose columns cannot say it. */
export interface PeriodCells {
  start: string | null
  end: string | null
  lexical: { start?: unknown; end?: unknown } | null
}

/** A Schedule with the first of its actors of each type. Who is null while its id is not, is deleted or unknown. */
export interface ScheduleRow {
  id: string
  key: string
  active: boolean | null
  minutes: number | null
  capacity: number | null
  horizon: PeriodCells
  role_id: string | null
  /** `elsewhere`: assigned to another Location, too, at the same time. */
  role: { active: boolean | null; period: PeriodCells; elsewhere: boolean } | null
  clinic_id: string | null
  clinic: { status: string | null; zone: string | null } | null
  /** Of the role to the clinic; null: to others only. */
  assignments: PeriodCells[] | null
  practitioner_id: string | null
  practitioner: { active: boolean | null; status: string | null } | null
  membership: { status: string; disabled: boolean; is_provider: boolean; lacks: string[] | null } | null
  /** Ids of the services that are offered here. */
  services: string[]
}

export interface ServiceRow {
  id: string
  key: string
  active: boolean | null
  /** Minutes. */
  duration: number | null
  before: number | null
  after: number | null
  /** Rows of the coded elements, as the mapping shapes concepts. */
  categories: Record<string, unknown>[]
  types: Record<string, unknown>[]
  specialties: Record<string, unknown>[]
}

/** Whose hours or closures: the id is of that type. */
export interface Owner {
  of: 'schedule' | 'role' | 'practitioner' | 'clinic' | 'service'
  id: string
}

export interface HoursRow extends Owner {
  days: string[] | null
  all_day: boolean | null
  start: string | null
  end: string | null
  minutes: number | null
  capacity: number | null
  /** Tokens `system|code`. */
  appointment_types: string[] | null
}

export interface ClosureRow extends Owner {
  period: PeriodCells
}

/** Stored Slots that take time, once for each practitioner whose time they take. `spans`: start and end, epoch milliseconds. */
export interface SlotRow {
  schedule_id: string
  practitioner_id: string | null
  free: boolean
  spans: [start: number, end: number][]
}

/** A window in which somebody sits: of those whose time a candidate takes. Instants in epoch milliseconds. */
export interface WindowRow {
  id: string
  /** Reference to whose time it is: the practitioner, else the Schedule. */
  subject: string
  schedule_id: string
  service_id: string | null
  span: [start: number, end: number]
  blocked: [start: number, end: number]
  capacity: number
  taken: number
}

/** Which appointments: from `since` (an instant) on; or, with `until`, those that take some time in between. */
export interface AheadOf {
  /** `calendar`: of all who share their time with the Schedule. */
  of: 'schedule' | 'calendar' | 'role' | 'service' | 'practitioner' | 'location'
  id: string
  since: string
  until?: string
}

/** A Slot that is to be taken; a computed one with the short key of its Schedule, and its time (instants). */
export interface AskedSlot {
  id: string
  calendar?: string
  start?: string
  end?: string
}
