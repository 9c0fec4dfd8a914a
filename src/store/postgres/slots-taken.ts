/**
 * Which Slots somebody has, looked up before anything is locked: of many who want the same at once all but the first few
 * are told so without waiting for each other. Who takes one finds out under the lock (claims.ts).
 */
import type { FactRequest } from '../ports.js'
import { subjectText } from './schedules-text.js'
import type { SqlText } from './search/sql-text.js'

/** Whose time the calendar `a` is, as windows name them. */
const SUBJECT = `${subjectText(`select k.tenant_id, k.id from schedules k
  where k.tenant_id = app.tenant_id() and k.short_key = a.calendar offset 0`)} offset 0`

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
    cross join lateral (${SUBJECT}) x
    cross join lateral (select w.id from slot_windows w where w.subject = x.subject
      and w.blocked && tstzrange(a.since, a.until) and w.id <> all(${ids}) and w.taken > ${theirs} offset 0) w) t`
}
