/** Whether a time that is booked still lies in the hours: of the role, the clinic and the service, less closures (S9). */
import type { ScheduleFacts } from './facts.js'
import { hoursAround, type WeeklyHours } from './hours.js'
import { overlaps, type Interval } from './interval.js'
import { closedBy } from './period.js'
import { dayAt } from './zone.js'

export function isWorked(
  { zone, live, hours, clinicHours, closures, service }: ScheduleFacts,
  time: Interval
): boolean {
  const { start, end } = time
  const inside = (weekly: readonly WeeklyHours[]): boolean =>
    hoursAround(weekly, zone)(dayAt(zone, start)).some(piece => piece.start <= start && end <= piece.end)
  const restricts = [clinicHours ?? [], service?.hours ?? []].filter(weekly => weekly.length > 0)
  return (
    live.start <= start &&
    end <= live.end &&
    [hours, ...restricts].every(inside) &&
    !overlaps(closedBy([...closures, ...(service?.closures ?? [])], zone), time)
  )
}
