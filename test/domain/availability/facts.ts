/** Facts to begin with: a clinic in Madrid, whose clocks stand still in January, and nothing else. */
import type { Opening, ScheduleFacts, WeeklyHours } from '../../../src/domain/availability/index.js'

export const weekdays: WeeklyHours[] = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], start: '09:00', end: '17:00' }]

/** The instant of a wall clock in Madrid in winter. */
export const at = (local: string): number => Date.parse(`${local}+01:00`)

export const factsOf = (some: Partial<ScheduleFacts>): ScheduleFacts => ({
  zone: 'Europe/Madrid',
  hours: [],
  closures: [],
  busy: [],
  minutes: 30,
  capacity: 1,
  bufferAfter: 0,
  starts: { start: Date.parse('2000-01-01'), end: Date.parse('2040-01-01') },
  live: { start: Date.parse('2000-01-01'), end: Date.parse('2040-01-01') },
  ...some
})

/** Starts as the clock on the wall shows them, `HH:mm`. */
export function clockTimes(openings: Iterable<Opening>, timeZone: string): string[] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' })
  return [...openings].map(({ start }) => clock.format(start))
}
