/** Parts of the statement of schedules.ts: who offers what, and the rows that hang on the candidates. */
import { CANONICAL } from '../../fhir/types.js'
import type { Condition } from '../../search/plan.js'
import { tableSource, type Registry } from '../../search/registry.js'
import { conditionTests } from './search/condition.js'
import { openRoot, type Root } from './search/root.js'
import { among, and, column, either, type SqlText } from './search/sql-text.js'

/** The rows of a type's table that meet the conditions and have one of the keys. */
export function found(
  sql: SqlText,
  registry: Registry,
  type: string,
  where: readonly Condition[],
  keys?: readonly string[]
): { root: Root; tests: string } {
  const root = openRoot(sql, tableSource(registry.get(type)!)!)
  const tests = conditionTests({ sql, registry }, root, where)
  const keyed = keys ? among(sql, column(root.alias, 'short_key'), keys) : []
  return { root, tests: and([...root.scope, ...tests, ...keyed]) }
}

const period = (start: string, end: string, lexical: string): string =>
  `json_build_object('start', ${start}, 'end', ${end}, 'lexical', ${lexical})`

/** What the mapping kept of a Period in an extension. */
const kept = (rest: string, path: string): string => `jsonb_path_query_first(${rest}, '$${path}.valuePeriod')`
const nested = (url: string): string => `.extension[*] ? (@.url == "${url}")`

const ASSIGNMENT = `${CANONICAL}/StructureDefinition/clinic-assignment`

/** What ties a service to candidates: a service without providers is everyone's, one without locations is everywhere. */
export const OFFERED = `(v.providers = '{}' or a.role_id = any(v.providers))
  and (v.locations = '{}' or a.clinic_id = any(v.locations))`

/** Services with the roles that provide them, and their locations. */
export const serviceText = (alias: string, tests: string): string => `
select ${alias}.id, ${alias}.short_key, ${alias}.active, ${alias}.duration_min, ${alias}.buffer_before_min, ${alias}.buffer_after_min,
  array(select p.provider_id from service_providers p where p.tenant_id = ${alias}.tenant_id and p.service_id = ${alias}.id
      and p.provider_type = 'PractitionerRole') as providers,
  array(select l.target_id from service_locations l where l.tenant_id = ${alias}.tenant_id and l.service_id = ${alias}.id
      and l.target_type = 'Location') as locations
from services ${alias} where ${tests}`

/** The first actor of each type, in a lateral join with a Schedule. */
export const actors = (schedule: string): string => {
  const first = (type: string): string =>
    `(array_agg(x.target_id order by x.position) filter (where x.target_type = '${type}'))[1]`
  return `(select ${first('PractitionerRole')} as role_id, ${first('Location')} as clinic_id, ${first('Practitioner')} as person_id
    from schedule_actors x where x.tenant_id = ${schedule}.tenant_id and x.schedule_id = ${schedule}.id)`
}

/** Whose time the Schedules of a query (tenant_id, id) are, as windows name them; who they are now. */
export const subjectText = (schedules: string): string => {
  const person = either('r.practitioner_id', 'x.person_id')
  return `select case when ${person} is not null then 'Practitioner/' || ${person} else 'Schedule/' || s.id end as subject
    from (${schedules}) s cross join lateral ${actors('s')} x
    left join practitioner_roles r on r.tenant_id = s.tenant_id and r.id = x.role_id and r.practitioner_type = 'Practitioner'`
}

/** Rows `l` of a candidate's role that assign it to the Schedule's Location; rows `o` to another one at the same time. */
const HERE = `l.tenant_id = app.tenant_id() and l.practitioner_role_id = c.role_id
  and l.target_type = 'Location' and l.target_id = c.clinic_id`
const ELSEWHERE = `exists (select from practitioner_role_locations l join practitioner_role_locations o
    on o.tenant_id = l.tenant_id and o.practitioner_role_id = l.practitioner_role_id and o.target_type = 'Location'
      and o.target_id <> l.target_id
      and coalesce(o.period_start, '-infinity') < coalesce(l.period_end, 'infinity')
      and coalesce(l.period_start, '-infinity') < coalesce(o.period_end, 'infinity')
  where ${HERE})`

/** A Schedule with all that it has one of: see ScheduleRow. */
export const SCHEDULE_ROW = `json_build_object('id', c.id, 'key', c.short_key, 'active', c.active,
  'minutes', c.slot_minutes, 'capacity', c.slot_capacity,
  'horizon', ${period('c.horizon_start', 'c.horizon_end', "c.rest -> 'planningHorizon'")},
  'role_id', c.role_id, 'clinic_id', c.clinic_id, 'practitioner_id', c.practitioner_id, 'services', c.services,
  'role', case when r.id is not null then json_build_object('active', r.active,
    'period', ${period('r.period_start', 'r.period_end', "r.rest -> 'period'")}, 'elsewhere', ${ELSEWHERE}) end,
  'clinic', case when k.id is not null then json_build_object('status', k.status, 'zone', k.time_zone) end,
  'assignments', (select json_agg(${period('l.period_start', 'l.period_end', kept('l.rest', nested(ASSIGNMENT) + nested('period')))}
    order by l.position) from practitioner_role_locations l where ${HERE}),
  'practitioner', case when p.id is not null then json_build_object('active', p.active, 'status', p.status)
    when c.practitioner_id like 'npi-%' then (select json_build_object('active', d.active, 'status', null)
      from npi_practitioners d where d.npi = substr(c.practitioner_id, 5)) end,
  'membership', case when m.id is not null then json_build_object('status', m.status,
    'disabled', m.disabled_at is not null, 'is_provider', m.is_provider, 'lacks', m.prescriber_lacks) end)`

export const SERVICE_ROW = `json_build_object('id', v.id, 'key', v.short_key, 'active', v.active,
  'duration', v.duration_min, 'before', v.buffer_before_min, 'after', v.buffer_after_min,
  ${['categories', 'types', 'specialties'].map(list => `'${list}', ${concepts(`service_${list}`)}`).join(', ')})`

function concepts(table: string): string {
  return `(select coalesce(json_agg(x), '[]') from (select concept, system, code, display, text, rest, position from ${table}
    where tenant_id = app.tenant_id() and service_id = v.id order by position) x)`
}

interface Child {
  of: string
  table: string
  key: string
}

const owners = { schedule: 'select id from candidate', service: 'select id from service' }
const candidates = (key: string): string => `select c.${key} from candidate c`
const OWNERS: Record<string, string> = {
  ...owners,
  role: candidates('role_id'),
  practitioner: candidates('practitioner_id'),
  clinic: candidates('clinic_id')
}

/** Rows of child tables whose owner is a candidate, or is one's. */
const children = (each: Child, columns: string): string => `select '${each.of}' as of, x.${each.key} as id, ${columns}
  from ${each.table} x where x.tenant_id = app.tenant_id() and x.${each.key} in (${OWNERS[each.of]})`

/** Those whose owners the statement has. */
const named = <T extends Child>(tables: readonly T[], services: boolean): readonly T[] =>
  services ? tables : tables.filter(({ of }) => of !== 'service')

const HOURS: readonly Child[] = [
  { of: 'role', table: 'practitioner_role_available_times', key: 'practitioner_role_id' },
  { of: 'clinic', table: 'clinic_hours', key: 'clinic_id' },
  { of: 'service', table: 'service_hours', key: 'service_id' }
]

export function hoursText(services: boolean): string {
  const columns = 'x.days_of_week as days, x.all_day, x.start_time as start, x.end_time as end'
  const own: Child = { of: 'schedule', table: 'schedule_hours', key: 'schedule_id' }
  return [
    children(
      own,
      `${columns.replace('x.all_day', 'null::boolean as all_day')}, x.minutes, x.capacity, x.appointment_types`
    ),
    ...named(HOURS, services).map(each => children(each, `${columns}, null, null, null`))
  ].join(' union all ')
}

const CLOSURES: readonly (Child & { lexical: string })[] = [
  { of: 'role', table: 'practitioner_role_absences', key: 'practitioner_role_id', lexical: "x.rest -> 'during'" },
  { of: 'service', table: 'service_closures', key: 'service_id', lexical: "x.rest -> 'during'" },
  {
    of: 'practitioner',
    table: 'practitioner_closures',
    key: 'practitioner_id',
    lexical: kept('x.rest', nested('period'))
  },
  { of: 'clinic', table: 'clinic_closures', key: 'clinic_id', lexical: kept('x.rest', nested('period')) }
]

/** Closures that can touch an opening. A day is some zone's day, so it may begin or end on another one in UTC. */
export const closuresText = (services: boolean): string =>
  named(CLOSURES, services)
    .map(
      each => `${children(each, `${period('x.during_start', 'x.during_end', each.lexical)} as period`)}
      and coalesce(x.during_start, '-infinity') < (select until from reach) + interval '1 day'
      and coalesce(x.during_end, 'infinity') > (select since from reach) - interval '1 day'`
    )
    .join(' union all ')

/** Schedules whose Slots take a candidate's time: all those of its practitioner, whatever the role, and its own. */
export const SHARED = `
select x.schedule_id, c.practitioner_id from candidate c
  join schedule_actors x on x.tenant_id = app.tenant_id() and x.target_type = 'Practitioner' and x.target_id = c.practitioner_id
union select x.schedule_id, c.practitioner_id from candidate c
  join practitioner_roles r on r.tenant_id = app.tenant_id() and r.deleted_at is null
    and r.practitioner_type = 'Practitioner' and r.practitioner_id = c.practitioner_id
  join schedule_actors x on x.tenant_id = app.tenant_id() and x.target_type = 'PractitionerRole' and x.target_id = r.id
union select c.id, c.practitioner_id from candidate c`

/** What touches a time is a day long at most, and then began shortly before it; or longer: those have an index of their own. */
const LENGTHS = [
  `x.end_at - x.start_at <= interval '1 day' and x.start_at > (select since from reach) - interval '1 day'`,
  `x.end_at - x.start_at > interval '1 day'`
]

const touching = LENGTHS.map(
  length => `
select b.schedule_id, b.practitioner_id, x.status = 'free' as free,
  array[floor(extract(epoch from x.start_at) * 1000), ceil(extract(epoch from x.end_at) * 1000)]::bigint[] as span
from shared b join slots x on x.tenant_id = app.tenant_id() and x.schedule_type = 'Schedule' and x.schedule_id = b.schedule_id
where x.deleted_at is null and not x.occupies and x.status in ('free', 'busy', 'busy-unavailable', 'busy-tentative') and ${length}
  and x.start_at < (select until from reach) and x.end_at > (select since from reach)`
).join(' union all ')

export const SLOTS = `select schedule_id, practitioner_id, free, array_agg(span) as spans from (${touching}) z group by 1, 2, 3`

export const millis = (at: string, round: string): string => `${round}(extract(epoch from ${at}) * 1000)::bigint`

/** Whose time a candidate takes, as windows name them: {@link subjectOf}. */
const SUBJECTS = `select coalesce('Practitioner/' || c.practitioner_id, 'Schedule/' || c.id) from candidate c`

/** Windows that touch the time, which a join would not pass to the index; those whose holds all ran out are none. */
export const WINDOWS = `select w.id, w.subject, w.schedule_id, w.service_id, w.capacity, w.taken,
  array[${millis('w.start_at', 'floor')}, ${millis('w.end_at', 'ceil')}] as span,
  array[${millis('lower(w.blocked)', 'floor')}, ${millis('upper(w.blocked)', 'ceil')}] as blocked
from slot_windows w where w.subject in (${SUBJECTS}) and w.taken > 0
  and w.blocked && (select tstzrange(since, until) from reach)`
