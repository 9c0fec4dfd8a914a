/** The statements of claims.ts. */
import { toRows } from '../../mapping/index.js'
import type { Row } from '../../mapping/spec.js'
import type { Window } from '../../search/computed.js'
import { tableSource, type Registry } from '../../search/registry.js'
import type { Claim } from '../ports.js'
import { actors } from './schedules-text.js'
import { either } from './search/sql-text.js'
import type { Statement } from './statement.js'
import { insertRows } from './write-text.js'

/** Seats of these windows ran out. */
const LAPSED = `select l.id from slots l where l.tenant_id = app.tenant_id() and l.lapses_at <= now()`

/** Locks, then lets go of what the claimers have and of what ran out; the last answers with the database's time. */
export function lockStatements(claims: readonly Claim[]): Statement[] {
  const windows = claims.flatMap(claim => claim.windows)
  const holders = claims.map(({ holder }) => holder.id)
  const leaving = claims.filter(({ keep }) => !keep).map(({ holder }) => holder.id)
  const people = windows.length > 0 ? [lockPeople(windows), lockCalendars(windows)] : []
  return [
    ...people,
    {
      name: 'lock-windows',
      text: `select w.id from slots w where w.tenant_id = app.tenant_id() and w.id in (
          select unnest($1::text[])
          union select s.slot_id from slot_seats s where s.tenant_id = app.tenant_id() and s.appointment_id = any($2::text[])
          union ${LAPSED}) order by w.id for update`,
      values: [windows, holders]
    },
    {
      name: 'leave-seats',
      text: 'delete from slot_seats s where s.tenant_id = app.tenant_id() and s.appointment_id = any($1::text[])',
      values: [leaving]
    },
    {
      name: 'lapse-seats',
      text: `delete from slot_seats s where s.tenant_id = app.tenant_id() and s.slot_id = any(array(${LAPSED}))
        and s.held_until <= now()`,
      values: []
    },
    { name: 'now', text: 'select now() as now', values: [] }
  ]
}

/**
 * Schedules of windows, by the second part of a computed id or by the row, each with whose time it is. As arrays, so that
 * nothing is read but these: of a join the planner may think that it begins with all Schedules of the tenant.
 */
const WHO = `select s.id, ${either('r.practitioner_id', 'a.person_id')} as person
  from (select app.tenant_id() as tenant_id, n as id from unnest(array(
      select k.id from schedules k where k.tenant_id = app.tenant_id()
        and k.short_key = any(array(select split_part(i, '.', 2) from unnest($1::text[]) i where starts_with(i, 's.')))
      union select w.schedule_id from slots w where w.tenant_id = app.tenant_id() and w.id = any($1::text[]))) n offset 0) s
  cross join lateral ${actors('s')} a
  left join practitioner_roles r on r.tenant_id = s.tenant_id and r.id = a.role_id and r.practitioner_type = 'Practitioner'`

/** One after the other, whichever clinic it is: without this, callers at once would wait for each other in circles. */
const lockPeople = (windows: readonly string[]): Statement => ({
  name: 'lock-people',
  text: `select p.id from practitioners p where p.tenant_id = app.tenant_id()
    and p.id = any(array(select who.person from (${WHO}) who)) order by p.id for no key update`,
  values: [windows]
})

/** Rooms and devices have no practitioner: then the Schedule itself. */
const lockCalendars = (windows: readonly string[]): Statement => ({
  name: 'lock-calendars',
  text: `select s.id from schedules s where s.tenant_id = app.tenant_id() and s.id = any(array(
      select who.id from (${WHO}) who where not exists (
        select from practitioners p where p.tenant_id = app.tenant_id() and p.id = who.person)))
    order by s.id for no key update`,
  values: [windows]
})

/** The row of a window, and the lowest free seat in it; the last answers with the seat, or with none. */
export function seatStatements(
  registry: Registry,
  { type, holder }: Claim,
  window: Window,
  heldUntil: string | undefined
): Statement[] {
  const stamp: Row = {
    occupies: true,
    subject: window.subject,
    capacity: window.capacity,
    blocked: `[${iso(window.blocked.start)},${iso(window.blocked.end)})`
  }
  return [
    ...(window.stands ? [stampRow(window.id, stamp)] : windowRows(registry, type, window, stamp)),
    {
      name: 'take-seat',
      text: `insert into slot_seats (tenant_id, slot_id, n, appointment_id, held_until)
        select app.tenant_id(), $1, free.seat, $2, $3 from generate_series(1, $4::int) free(seat) where not exists (
          select from slot_seats s where s.tenant_id = app.tenant_id() and s.slot_id = $1 and s.n = free.seat)
        order by 3 limit 1 returning n`,
      values: [window.id, holder.id, heldUntil ?? null, window.capacity]
    }
  ]
}

/** Its versions and its status are the database's: see settle_windows. */
function windowRows(registry: Registry, type: string, { id, resource }: Window, stamp: Row): Statement[] {
  const { spec } = tableSource(registry.get(type)!)!
  const { root, lists } = toRows(spec, resource)
  const children = spec.lists.flatMap(({ table, key }) => {
    const rows = lists[table] ?? []
    return rows.length > 0
      ? [
          insertRows(
            table,
            rows.map(row => ({ ...row, [key]: id }))
          )
        ]
      : []
  })
  return [insertRows(spec.table, [{ ...root, ...stamp, id }]), ...children]
}

/** Buffers of those who sit there already go on counting. */
const stampRow = (id: string, { subject, capacity, blocked }: Row): Statement => ({
  name: 'stamp-window',
  text: `update slots w set occupies = true, subject = $2, capacity = $3,
      blocked = case when w.occupies then w.blocked + $4::tstzrange else $4::tstzrange end
    where w.tenant_id = app.tenant_id() and w.id = $1`,
  values: [id, subject, capacity, blocked]
})

/** What was held stays for good; answers with the seats that had not run out. */
export const confirmSeats = (holder: string): Statement => ({
  name: 'confirm-seats',
  text: `update slot_seats s set held_until = null where s.tenant_id = app.tenant_id() and s.appointment_id = $1
    and (s.held_until is null or s.held_until > now()) returning s.slot_id`,
  values: [holder]
})

const iso = (at: number): string => new Date(at).toISOString()
