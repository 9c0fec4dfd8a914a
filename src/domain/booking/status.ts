/** The life of an appointment: https://hl7.org/fhir/R4/valueset-appointmentstatus.html */
import { ACCEPTED, refuse, type Verdict } from '../verdict.js'

export type AppointmentStatus =
  | 'proposed'
  | 'pending'
  | 'booked'
  | 'arrived'
  | 'fulfilled'
  | 'cancelled'
  | 'noshow'
  | 'entered-in-error'
  | 'checked-in'
  | 'waitlist'

/** What may follow, beside the same once more. What has ended stays so: only a mistake can still be named one. */
const NEXT: Record<AppointmentStatus, readonly AppointmentStatus[]> = {
  proposed: ['waitlist', 'pending', 'booked', 'cancelled', 'entered-in-error'],
  waitlist: ['proposed', 'pending', 'booked', 'cancelled', 'entered-in-error'],
  pending: ['booked', 'arrived', 'cancelled', 'entered-in-error'],
  booked: ['arrived', 'checked-in', 'fulfilled', 'noshow', 'cancelled', 'entered-in-error'],
  arrived: ['booked', 'checked-in', 'fulfilled', 'cancelled', 'entered-in-error'],
  'checked-in': ['arrived', 'fulfilled', 'cancelled', 'entered-in-error'],
  fulfilled: ['entered-in-error'],
  noshow: ['entered-in-error'],
  cancelled: ['entered-in-error'],
  'entered-in-error': []
}

/** In these an appointment takes its time. */
const OCCUPYING: ReadonlySet<string> = new Set(['pending', 'booked', 'arrived', 'checked-in', 'fulfilled'])

const ENDED: ReadonlySet<string> = new Set(['fulfilled', 'cancelled', 'noshow', 'entered-in-error'])

export const occupies = (status: string | undefined): boolean => status !== undefined && OCCUPYING.has(status)
/** Whether nobody is expected any more, or will be. */
export const hasEnded = (status: string): boolean => ENDED.has(status)

/** Whether an appointment may go from one status to another; a new one may have any. */
export function mayFollow(from: string | undefined, to: string): Verdict {
  const next = from === undefined || from === to ? undefined : NEXT[from as AppointmentStatus]
  if (!next || next.includes(to as AppointmentStatus)) return ACCEPTED
  const ways = next.length > 0 ? `it may become ${next.join(', ')}` : 'it stays so'
  return refuse(`An appointment that is ${from} cannot become ${to}: ${ways}`)
}
