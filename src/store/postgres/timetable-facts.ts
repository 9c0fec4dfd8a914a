/** All Schedules of a practitioner with their hours: whether two of them overlap is for the domain to say (S9). */
import type { FactRequest } from '../ports.js'
import { actors, SCHEDULE_ROW } from './schedules-text.js'
import { either, type SqlText } from './search/sql-text.js'

/** Weekly hours `h` of a table as HoursRow. */
const hours = (of: string, table: string, key: string, allDay: string): string =>
  `(select coalesce(json_agg(json_build_object('of', '${of}', 'id', h.${key}, 'days', h.days_of_week, 'all_day', ${allDay},
    'start', h.start_time, 'end', h.end_time) order by h.position), '[]') from ${table} h where h.tenant_id = app.tenant_id() and h.${key} = c.${of}_id)`

export function timetablesText(
  sql: SqlText,
  { practitioner, role }: Extract<FactRequest, { kind: 'timetables' }>
): string {
  const person = practitioner
    ? `${sql.value(practitioner)}::text`
    : `(select w.practitioner_id from practitioner_roles w where w.tenant_id = app.tenant_id()
        and w.id = ${sql.value(role ?? '')} and w.practitioner_type = 'Practitioner')`
  // As two, and as arrays: of an OR, or of a join, the planner may think that it begins with all of the tenant.
  const theirs = `select x.schedule_id from schedule_actors x where x.tenant_id = app.tenant_id()
      and x.target_type = 'Practitioner' and x.target_id = ${person}
    union select x.schedule_id from schedule_actors x where x.tenant_id = app.tenant_id()
      and x.target_type = 'PractitionerRole' and x.target_id = any(array(select w.id from practitioner_roles w
        where w.tenant_id = app.tenant_id() and w.practitioner_type = 'Practitioner' and w.practitioner_id = ${person}))`
  return `select coalesce(json_agg(json_build_object('schedule', ${SCHEDULE_ROW}, 'version', c.version, 'tags', coalesce(c.rest #> '{meta,tag}', '[]'),
      'own', ${hours('schedule', 'schedule_hours', 'schedule_id', 'null')},
      'ofRole', ${hours('role', 'practitioner_role_available_times', 'practitioner_role_id', 'h.all_day')}) order by c.id), '[]')
    from (select s.id, s.id as schedule_id, s.short_key, s.active, s.slot_minutes, s.slot_capacity, s.horizon_start, s.horizon_end,
        s.rest, s.version, a.role_id, a.clinic_id, ${either('w.practitioner_id', 'a.person_id')} as practitioner_id, '{}'::text[] as services
      from (select k.* from unnest(array(${theirs})) t (id) join schedules k on k.tenant_id = app.tenant_id() and k.id = t.id
        and k.deleted_at is null offset 0) s cross join lateral ${actors('s')} a
      left join practitioner_roles w on w.tenant_id = s.tenant_id and w.id = a.role_id and w.practitioner_type = 'Practitioner') c
    left join practitioner_roles r on r.tenant_id = app.tenant_id() and r.id = c.role_id and r.deleted_at is null
    left join clinics k on k.tenant_id = app.tenant_id() and k.id = c.clinic_id and k.deleted_at is null
    left join practitioners p on p.tenant_id = app.tenant_id() and p.id = c.practitioner_id and p.deleted_at is null
    left join memberships m on m.tenant_id = app.tenant_id() and m.id = ${either('r.membership_id', 'p.membership_id')}
    where c.practitioner_id = ${person}`
}
