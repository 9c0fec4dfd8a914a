/**
 * Which Slots somebody has, looked up before anything is locked: of many who want the same at once all but the first few
 * are told so without waiting for each other. Who takes one finds out under the lock (claims.ts).
 */
import type { FactRequest } from '../ports.js'
import { actors } from './schedules-text.js'
import { either, type SqlText } from './search/sql-text.js'

const subject = `case when ${either('r.practitioner_id', 'x.person_id')} is not null
  then 'Practitioner/' || ${either('r.practitioner_id', 'x.person_id')} else 'Schedule/' || s.id end`

/** Full by itself, or in the time of another window of whose time it is: what is blocked can only be more than it takes. */
export function slotsTakenText(
  sql: SqlText,
  { slots, holders }: Extract<FactRequest, { kind: 'slots-taken' }>
): string {
  const ids = `${sql.value(slots.map(({ id }) => id))}::text[]`
  const computed = slots.flatMap(({ id, calendar, start, end }) => (calendar ? [[id, calendar, start!, end!]] : []))
  const column = (index: number): string => `${sql.value(computed.map(row => row[index]))}::text[]`
  const theirs = `(select count(*) from slot_seats h where h.tenant_id = app.tenant_id() and h.slot_id = w.id
    and (h.held_until is null or h.held_until > now()) and h.appointment_id = any(${sql.value(holders)}::text[]))`
  return `select coalesce(jsonb_agg(distinct t.id), '[]') from (
    select w.id from slot_windows w where w.id = any(${ids}) and w.taken - ${theirs} >= w.capacity
    union all select a.id
    from unnest(${column(0)}, ${column(1)}, ${column(2)}::timestamptz[], ${column(3)}::timestamptz[]) a (id, calendar, since, until)
    join schedules s on s.tenant_id = app.tenant_id() and s.short_key = a.calendar
    cross join lateral ${actors('s')} x
    left join practitioner_roles r on r.tenant_id = s.tenant_id and r.id = x.role_id and r.practitioner_type = 'Practitioner'
    join slot_windows w on w.subject = ${subject} and w.blocked && tstzrange(a.since, a.until)
    where w.id <> all(${ids}) and w.taken > ${theirs}) t`
}
