/** Periods and hours in rows as the domain takes them, and periods of resources at a time. */
import type { Period as FhirPeriod } from 'fhir/r4.js'
import { dateTime, dateTimeEnd, type Kind } from '../mapping/kinds.js'
import type { HoursRow, PeriodCells } from '../search/schedule-rows.js'
import type { Day, Period, WeeklyHours } from '../domain/availability/index.js'

/**
 * A date without a time means whole days of the clinic's zone, which an instant cannot say: the mapping kept the date as
 * it was written, and it counts for as long as the column still says the same.
 */
export const periodOf = ({ start, end, lexical }: PeriodCells): Period => ({
  start: side(start, lexical?.start, dateTime),
  end: side(end, lexical?.end, dateTimeEnd)
})

function side(cell: string | null, lexical: unknown, kind: Kind): string | number | undefined {
  const at = Date.parse(cell ?? '')
  // Also 'infinity', which is open.
  if (Number.isNaN(at)) return undefined
  const dated = typeof lexical === 'string' && !lexical.includes('T')
  return dated && Date.parse(String(kind.parse(lexical)?.[''])) === at ? lexical : at
}

/** Whether the period covers the instant; without a bound it is open on that side. */
export function isDuring({ start, end }: FhirPeriod = {}, now: Date): boolean {
  const at = (kind: Kind, text: string | undefined): number => Date.parse(String(kind.parse(text)?.['']))
  return !(at(dateTime, start) > now.getTime()) && !(at(dateTimeEnd, end) < now.getTime())
}

export const weeklyHours = (row: HoursRow): WeeklyHours => ({
  days: (row.days ?? []) as Day[],
  allDay: row.all_day ?? false,
  start: row.start ?? undefined,
  end: row.end ?? undefined,
  minutes: row.minutes ?? undefined,
  capacity: row.capacity ?? undefined,
  appointmentTypes: row.appointment_types ?? undefined
})
