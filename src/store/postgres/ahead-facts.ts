/** Appointments that are still to come, by what they were booked with (S9). */
import type { FactRequest } from '../ports.js'
import { subjectText } from './schedules-text.js'
import type { SqlText } from './search/sql-text.js'

type Request = Extract<FactRequest, { kind: 'ahead' }>

/** As many are looked at one by one. */
const SHOWN = 1000
const STANDING = `('pending', 'booked', 'arrived', 'checked-in')`

/** Windows `w` that one takes part in; a Schedule's actors are who they are now. */
const acting = (type: string) => (id: string) =>
  `w.schedule_id in (select x.schedule_id from schedule_actors x where x.tenant_id = app.tenant_id()
    and x.target_type = '${type}' and x.target_id = ${id})`
const subject = (id: string): string =>
  subjectText(`select k.tenant_id, k.id from schedules k where k.tenant_id = app.tenant_id() and k.id = ${id}`)
const WINDOWS: Record<Request['of'], (id: string) => string> = {
  schedule: id => `w.schedule_id = ${id}`,
  calendar: id => `w.subject = (${subject(id)})`,
  service: id => `w.service_id = ${id}`,
  practitioner: id => `w.subject = 'Practitioner/' || ${id}`,
  role: acting('PractitionerRole'),
  location: acting('Location')
}

/** Seats whose hold ran out are nobody's. */
export const aheadText = (sql: SqlText, request: Request): string =>
  `with ahead as (select distinct on (a.start_at, a.id) a.id, a.start_at, a.end_at, w.id as slot, w.schedule_id, w.service_id
    from slots w
    join slot_seats s on s.tenant_id = w.tenant_id and s.slot_id = w.id and (s.held_until is null or s.held_until > now())
    join appointments a on a.tenant_id = s.tenant_id and a.id = s.appointment_id and a.deleted_at is null
      and a.status in ${STANDING}
    where w.tenant_id = app.tenant_id() and ${timeText(sql, request)} and w.occupies
      and ${WINDOWS[request.of](`${sql.value(request.id)}::text`)}
    order by a.start_at, a.id)
  select jsonb_build_object('total', (select count(*) from ahead), 'first', coalesce((select jsonb_agg(jsonb_build_object(
      'id', f.id, 'start', (extract(epoch from f.start_at) * 1000)::bigint, 'end', (extract(epoch from f.end_at) * 1000)::bigint,
      'slot', f.slot, 'schedule', f.schedule_id, 'service', f.service_id) order by f.start_at, f.id)
    from (select * from ahead order by start_at, id limit ${SHOWN}) f), '[]'))`

function timeText(sql: SqlText, { since, until }: Request): string {
  const at = (instant: string): string => `${sql.value(instant)}::timestamptz`
  return until === undefined ? `w.start_at >= ${at(since)}` : `w.end_at > ${at(since)} and w.start_at < ${at(until)}`
}
