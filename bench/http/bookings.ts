/** Appointments in openings of the 500 providers, each in another one; weeks behind the one whose Slots are searched. */
import type pg from 'pg'
import { formatSlotId, instantAt } from '../../src/domain/availability/index.js'
import { TENANTS, ZONE } from './world.js'

const DAY = 86_400_000
const [OPENINGS, MINUTES] = [16, 30]

/** Short keys of their Schedules. */
export async function calendarsIn(client: pg.Client): Promise<string[]> {
  const text = 'select short_key from schedules where tenant_id = $1 order by id'
  return (await client.query<{ short_key: string }>(text, [TENANTS.providers])).rows.map(row => row.short_key)
}

/** The n-th opening from 9 to 17 on working days, over all calendars. */
export function appointmentIn(calendars: readonly string[], monday: string, n: number) {
  const opening = Math.floor(n / calendars.length)
  const day = Math.floor(opening / OPENINGS)
  const date = Date.parse(monday) + (28 + 7 * Math.floor(day / 5) + (day % 5)) * DAY
  const local = date + (9 * 60 + (opening % OPENINGS) * MINUTES) * 60_000
  const start = instantAt(ZONE, local)
  const slot = formatSlotId({ scheduleKey: calendars[n % calendars.length]!, start, minutes: MINUTES })
  return {
    resourceType: 'Appointment',
    status: 'booked',
    slot: [{ reference: `Slot/${slot}` }],
    participant: [{ actor: { reference: `Patient/p${n}`, display: 'Ann Example' }, status: 'accepted' }]
  }
}

/** The same rows for a time of nobody's: neither are two of them in each other's way, nor those of two cases. */
export const elsewhere = (rows: string, n: number): string =>
  rows
    .replace(/\bs\.([0-9a-z]+)\.0\.[0-9a-z]+\.30\b/g, `s.floor$1.0.${n.toString(36)}.30`)
    .replace(/("subject": ?"Practitioner\/)provider-(\d+)"/g, `$1floor-$2-${n}"`)
