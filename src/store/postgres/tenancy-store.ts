/** Configuration and statistics of the bound tenant. */
import type { AppointmentCounts, PractitionerCounts, StoredConfig, TenancyStore, TenancyStores } from '../tenancy.js'
import type { Bound, Database, Statement } from './statement.js'
import { violation } from './violation.js'

/** `committed` is told when a changed login may have left work for the outbox. */
export function createTenancyStores(database: Database, committed?: () => void): TenancyStores {
  return {
    forTenant: (tenant, subject, epoch, caller) => tenancyStore(database, { tenant, subject, epoch, caller }, committed)
  }
}

function tenancyStore(database: Database, bound: Bound, committed?: () => void): TenancyStore {
  /** The first value that a door answers, which writes. */
  const call = async (text: string, values: unknown[]): Promise<unknown> => {
    const rows = await database.execute(bound, [{ text, values }]).catch((error: unknown) => {
      throw violation(error)
    })
    return (rows[0]?.[0] as { answer?: unknown } | undefined)?.answer ?? undefined
  }
  return {
    async config() {
      const text = 'select config, version from app.tenant_config()'
      const [row] = await database.query<StoredConfig>(bound, { name: 'tenant-config', text, values: [] })
      return row ?? { config: {}, version: 0 }
    },
    async setConfig(config, expected, sections) {
      const values = [JSON.stringify(config), expected, sections]
      return (await call('select app.set_tenant_config($1, $2, $3) as answer', values)) as number | undefined
    },
    async changeLogin(user, change) {
      const answer = await call('select app.change_member($1, $2) as answer', [user, JSON.stringify(change)])
      committed?.()
      return answer as 'changed' | 'unknown' | 'elsewhere'
    },
    async practitionerCounts() {
      const [row] = await database.query<PractitionerCounts>(bound, PRACTITIONERS)
      return row!
    },
    appointmentCounts: (from, to) => database.query<AppointmentCounts>(bound, appointments(from, to))
  }
}

/** Members count when they are providers; practitioners without a membership always. */
const PROVIDERS = `select p.id, coalesce(p.status, case when p.active is false then 'inactive' else 'active' end) as status,
    p.gender, m.full_name
  from practitioners p
  left join memberships s on s.tenant_id = p.tenant_id and s.id = p.membership_id
  left join membership_profiles m on m.tenant_id = p.tenant_id and m.membership_id = p.membership_id
  where p.tenant_id = app.tenant_id() and p.deleted_at is null and (p.membership_id is null or s.is_provider)`

const group = (column: string): string =>
  `(select coalesce(jsonb_agg(g order by g.count desc, g.key), '[]') from (
    select ${column} as key, count(*)::int as count from providers group by 1) g)`

/** A specialty is a code of any of the roles; a practitioner with several counts in each. */
const PRACTITIONERS: Statement = {
  name: 'practitioner-counts',
  text: `with providers as (${PROVIDERS}),
    specialties as (
      select p.id, coalesce(coalesce(s.system, '') || '|' || s.code, s.text) as key, min(coalesce(s.display, s.text)) as display
      from providers p left join practitioner_roles r on r.tenant_id = app.tenant_id() and r.practitioner_id = p.id
        and r.practitioner_type = 'Practitioner' and r.deleted_at is null
      left join practitioner_role_specialties s on s.tenant_id = r.tenant_id and s.practitioner_role_id = r.id
      group by 1, 2)
    select (select count(*)::int from providers) as total, ${group('status')} as by_status, ${group('gender')} as by_gender,
      (select coalesce(jsonb_agg(g order by g.count desc, g.key), '[]') from (
        select key, min(display) as display, count(distinct id)::int as count from specialties s
        where key is not null or not exists (select from specialties o where o.id = s.id and o.key is not null)
        group by key) g) as by_specialty`,
  values: []
}

const appointments = (from: string | undefined, to: string | undefined): Statement => ({
  name: 'appointment-counts',
  text: `with providers as (${PROVIDERS}),
    booked as (
      select distinct on (p.id, a.id) p.id as practitioner, a.id, a.status,
        extract(epoch from a.end_at - a.start_at) / 60 as minutes
      from appointments a
      join appointment_participants t on t.tenant_id = a.tenant_id and t.appointment_id = a.id
      left join practitioner_roles r on r.tenant_id = t.tenant_id and t.actor_type = 'PractitionerRole' and r.id = t.actor_id
      join providers p on p.id = case t.actor_type when 'Practitioner' then t.actor_id else r.practitioner_id end
      where a.tenant_id = app.tenant_id() and a.deleted_at is null
        and ($1::timestamptz is null or a.start_at >= $1) and ($2::timestamptz is null or a.start_at < $2)),
    counted as (select practitioner, status, count(*)::int as n,
        sum(minutes) filter (where status in ('pending', 'booked', 'arrived', 'checked-in', 'fulfilled')) as minutes
      from booked group by 1, 2)
    select p.id as practitioner, coalesce(p.full_name, (select coalesce(n.text, concat_ws(' ', array_to_string(n.given, ' '), n.family))
        from practitioner_names n where n.tenant_id = app.tenant_id() and n.practitioner_id = p.id order by n.position limit 1)) as name,
      coalesce(sum(c.n), 0)::int as total, coalesce(jsonb_object_agg(c.status, c.n) filter (where c.status is not null), '{}') as by_status,
      coalesce(sum(c.minutes), 0)::int as booked_minutes
    from providers p left join counted c on c.practitioner = p.id
    group by p.id, p.full_name order by total desc, p.id`,
  values: [from ?? null, to ?? null]
})
