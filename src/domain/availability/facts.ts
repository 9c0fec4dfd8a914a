/** What openings follow from: plain data that the Slot source loads for one schedule, with or without a service. */
import type { WeeklyHours } from './hours.js'
import type { Bounds } from './bounds.js'
import type { Interval } from './interval.js'
import type { Period } from './period.js'

export interface ScheduleFacts extends Bounds {
  /** IANA name; of the Location, else of the tenant. */
  zone: string
  /** The schedule's own, else the role's at the clinic. None: nothing is offered. */
  hours: readonly WeeklyHours[]
  /** None: no restriction. */
  clinicHours?: readonly WeeklyHours[]
  /** Of role, practitioner and clinic. */
  closures: readonly Period[]
  /** Blocked ranges of the practitioner's bookings and blocks, in any order; not those of `seats`. */
  busy: readonly Interval[]
  /** Windows of this very schedule and service in which seats are taken. */
  seats?: readonly SeatsTaken[]
  /** Length of openings without a service, unless their hours say another. */
  minutes: number
  /** Seats of an opening, unless its hours say another. */
  capacity: number
  /** Minutes to keep free after an opening, unless the service says another. */
  bufferAfter: number
  service?: ServiceFacts
}

export interface ServiceFacts {
  /** Length and step of openings; absent: those of the schedule. */
  minutes?: number
  /** None: no restriction. */
  hours?: readonly WeeklyHours[]
  closures: readonly Period[]
  /** Minutes to keep free before and after an opening. */
  before?: number
  after?: number
}

export interface SeatsTaken extends Interval {
  taken: number
  /** The window with its buffers, as stamped at booking; and its seats, of which no more are given away later. */
  blocked: Interval
  capacity?: number
}

/** A bookable piece of time. */
export interface Opening extends Interval {
  /** Seats in all, ... */
  capacity: number
  /** ... and those of them that are gone. */
  taken: number
  /** Absent: of any type. */
  appointmentTypes?: readonly string[]
}
