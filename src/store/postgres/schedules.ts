/** Schedules and all rows that their openings follow from, as one statement: the SQL stage of computed Slots. */
import type { ScheduleRequest, ScheduleRows } from '../../search/schedule-rows.js'
import type { Registry } from '../../search/registry.js'
import {
  actors,
  closuresText,
  found,
  hoursText,
  OFFERED,
  SCHEDULE_ROW,
  SERVICE_ROW,
  serviceText,
  SHARED,
  SLOTS,
  WINDOWS
} from './schedules-text.js'
import type { SearchDoors } from './search/search-store.js'
import { column, either, SqlText } from './search/sql-text.js'

export async function schedules(
  { run }: Pick<SearchDoors, 'run'>,
  registry: Registry,
  request: ScheduleRequest
): Promise<ScheduleRows> {
  const sql = new SqlText()
  const [row] = await run<{ rows: ScheduleRows }>(sql.statement(scheduleText(sql, registry, request)))
  return row!.rows
}

function scheduleText(sql: SqlText, registry: Registry, request: ScheduleRequest): string {
  return `with service as materialized (${servicesOf(sql, registry, request)}),
candidate as materialized (${candidatesOf(sql, registry, request)}),
reach as materialized (${reachOf(sql, request)}),
shared as materialized (${SHARED})
select json_build_object(
  'schedules', (select coalesce(json_agg(${SCHEDULE_ROW}), '[]') from candidate c
    left join practitioner_roles r on r.tenant_id = app.tenant_id() and r.id = c.role_id and r.deleted_at is null
    left join clinics k on k.tenant_id = app.tenant_id() and k.id = c.clinic_id and k.deleted_at is null
    left join practitioners p on p.tenant_id = app.tenant_id() and p.id = c.practitioner_id and p.deleted_at is null
    left join memberships m on m.tenant_id = app.tenant_id() and m.id = ${either('r.membership_id', 'p.membership_id')}),
  'services', (select coalesce(json_agg(${SERVICE_ROW}), '[]') from service v),
  'hours', (${list(hoursText())}),
  'closures', (${list(closuresText())}),
  'slots', (${list(SLOTS)}),
  'windows', (${list(WINDOWS)})
) as rows`
}

const list = (select: string): string => `select coalesce(json_agg(y), '[]') from (${select}) y`

function servicesOf(sql: SqlText, registry: Registry, { services }: ScheduleRequest): string {
  if (!services) return serviceText('s', 'false')
  const { root, tests } = found(sql, registry, 'HealthcareService', services.where, services.keys)
  return serviceText(root.alias, tests)
}

/** The practitioner is the role's; a Schedule without a role may name one. */
function candidatesOf(sql: SqlText, registry: Registry, { where, keys, services, limit }: ScheduleRequest): string {
  const { root, tests } = found(sql, registry, 'Schedule', where, keys)
  const schedule = root.alias
  const of = (names: readonly string[]): string => names.map(each => column(schedule, each)).join(', ')
  return `select ${of(['id', 'short_key', 'active', 'slot_minutes', 'slot_capacity', 'horizon_start', 'horizon_end', 'rest'])},
    a.role_id, a.clinic_id, coalesce(r.practitioner_id, a.person_id) as practitioner_id,
    array(select v.id from service v where ${OFFERED}) as services
  from ${root.from} cross join lateral ${actors(schedule)} a
  left join practitioner_roles r on r.tenant_id = ${schedule}.tenant_id and r.id = a.role_id and r.practitioner_type = 'Practitioner'
  where ${tests}${services ? ` and exists (select from service v where ${OFFERED})` : ''}
  limit ${sql.value(limit)}`
}

/** From when to when anything can touch an opening that starts in the window: its length and its buffers. */
function reachOf(sql: SqlText, { window, minutes, bufferAfter }: ScheduleRequest): string {
  const at = (instant: number): string => `${sql.value(new Date(instant).toISOString())}::timestamptz`
  const most = (own: number, ...rows: string[]): string => `greatest(${[`${sql.value(own)}::int`, ...rows].join(', ')})`
  const length = most(
    minutes,
    '(select max(slot_minutes) from candidate)',
    `(select max(h.minutes) from schedule_hours h where h.tenant_id = app.tenant_id() and h.schedule_id in (select id from candidate))`,
    '(select max(duration_min) from service)'
  )
  const before = most(0, '(select max(buffer_before_min) from service)')
  const after = most(bufferAfter, '(select max(buffer_after_min) from service)')
  return `select ${at(window.start)} - make_interval(mins => ${before}) as since,
    ${at(window.end)} + make_interval(mins => ${length} + ${after}) as until`
}
