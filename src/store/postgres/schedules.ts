/** Schedules and all rows that their openings follow from, as one statement: the SQL stage of computed Slots. */
import type { ScheduleRequest, ScheduleRows } from '../../search/schedule-rows.js'
import type { Registry } from '../../search/registry.js'
import {
  actors,
  closuresText,
  found,
  hoursText,
  millis,
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

/** Nothing is said of services where none are asked for: each table costs, though nothing be read of it. */
function scheduleText(sql: SqlText, registry: Registry, request: ScheduleRequest): string {
  const services = request.services !== undefined
  return `with ${services ? `service as materialized (${servicesOf(sql, registry, request.services!)}),` : ''}
candidate as materialized (${candidatesOf(sql, registry, request)}),
piece as materialized (${pieceOf(sql, request)}),
reach as materialized (${reachOf(sql, request)}),
shared as materialized (${SHARED})
select json_build_object(
  'window', (select json_build_array(${millis('since', 'floor')}, ${millis('until', 'ceil')}) from piece),
  'schedules', (select coalesce(json_agg(${SCHEDULE_ROW}), '[]') from candidate c
    left join practitioner_roles r on r.tenant_id = app.tenant_id() and r.id = c.role_id and r.deleted_at is null
    left join clinics k on k.tenant_id = app.tenant_id() and k.id = c.clinic_id and k.deleted_at is null
    left join practitioners p on p.tenant_id = app.tenant_id() and p.id = c.practitioner_id and p.deleted_at is null
    left join memberships m on m.tenant_id = app.tenant_id() and m.id = ${either('r.membership_id', 'p.membership_id')}),
  'services', ${services ? `(select coalesce(json_agg(${SERVICE_ROW}), '[]') from service v)` : `'[]'::json`},
  'hours', (${list(hoursText(services))}),
  'closures', (${list(closuresText(services))}),
  'slots', (${list(SLOTS)}),
  'windows', (${list(WINDOWS)})
) as rows`
}

const list = (select: string): string => `select coalesce(json_agg(y), '[]') from (${select}) y`

function servicesOf(sql: SqlText, registry: Registry, services: Required<ScheduleRequest>['services']): string {
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
    ${services ? `array(select v.id from service v where ${OFFERED})` : `'{}'::text[]`} as services
  from ${root.from} cross join lateral ${actors(schedule)} a
  left join practitioner_roles r on r.tenant_id = ${schedule}.tenant_id and r.id = a.role_id and r.practitioner_type = 'Practitioner'
  where ${tests}${services ? ` and exists (select from service v where ${OFFERED})` : ''}
  limit ${sql.value(limit)}`
}

/** What of the window is read. The candidates are counted here, so that one statement reads enough of a few and not too much of many. */
function pieceOf(sql: SqlText, { window, part }: ScheduleRequest): string {
  const at = (instant: number): string => `${sql.value(new Date(instant).toISOString())}::timestamptz`
  const [start, end] = [at(window.start), at(window.end)]
  if (!part) return `select ${start} as since, ${end} as until`
  const length = `make_interval(secs => greatest(${sql.value(part.least / 1000)}::float8,
    ${sql.value(part.whole / 1000)}::float8 / greatest((select count(*) from candidate), 1)))`
  return part.backward
    ? `select greatest(${start}, ${end} - ${length}) as since, ${end} as until`
    : `select ${start} as since, least(${end}, ${start} + ${length}) as until`
}

/** From when to when anything can touch an opening that starts in the piece: its length and its buffers. */
function reachOf(sql: SqlText, { services, minutes, bufferAfter }: ScheduleRequest): string {
  const most = (own: number, ofService: string, ...rows: string[]): string => {
    const all = services ? [...rows, `(select max(${ofService}) from service)`] : rows
    return `greatest(${[`${sql.value(own)}::int`, ...all].join(', ')})`
  }
  const length = most(
    minutes,
    'duration_min',
    '(select max(slot_minutes) from candidate)',
    `(select max(h.minutes) from schedule_hours h where h.tenant_id = app.tenant_id() and h.schedule_id in (select id from candidate))`
  )
  return `select piece.since - make_interval(mins => ${most(0, 'buffer_before_min')}) as since,
    piece.until + make_interval(mins => ${length} + ${most(bufferAfter, 'buffer_after_min')}) as until from piece`
}
