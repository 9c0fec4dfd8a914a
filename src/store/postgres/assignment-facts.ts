/** What is asked about those who provide services, and what their names are. */
import type { FactRequest } from '../ports.js'
import { either, type SqlText } from './search/sql-text.js'

type Request<K extends FactRequest['kind']> = Extract<FactRequest, { kind: K }>

/** The name of practitioner `p`: what the member is called, else the first name as it is written. */
const NAME = `coalesce(
  (select f.full_name from membership_profiles f where f.tenant_id = p.tenant_id and f.membership_id = p.membership_id),
  (select coalesce(n.text, concat_ws(' ', array_to_string(n.given, ' '), n.family)) from practitioner_names n
    where n.tenant_id = p.tenant_id and n.practitioner_id = p.id order by n.position limit 1))`

/** A role that is not stored, or whose practitioner is not, has no row to say it: what is known is answered. */
export function providerText(sql: SqlText, { role, practitioner }: Request<'provider'>): string {
  const id = sql.value(role)
  const known = `${sql.value(practitioner ?? null)}::text`
  const stored = `(select s.practitioner_id from practitioner_roles s
        where s.tenant_id = app.tenant_id() and s.id = ${id} and s.practitioner_type = 'Practitioner')`
  return `select jsonb_build_object('role', k.role, 'practitioner', k.practitioner, 'name', ${NAME},
      'provider', (select m.is_provider from memberships m where m.tenant_id = app.tenant_id()
        and m.id = ${either('r.membership_id', 'p.membership_id')}),
      'hours', exists (select from practitioner_role_available_times t
          where t.tenant_id = app.tenant_id() and t.practitioner_role_id = k.role)
        or exists (select from schedule_actors a join schedule_hours h on h.tenant_id = a.tenant_id and h.schedule_id = a.schedule_id
          where a.tenant_id = app.tenant_id() and a.target_type = 'PractitionerRole' and a.target_id = k.role))
    from (select ${id}::text as role, ${either(known, stored)} as practitioner) k
      left join practitioner_roles r on r.tenant_id = app.tenant_id() and r.id = k.role
      left join practitioners p on p.tenant_id = app.tenant_id() and p.id = k.practitioner`
}

export const providersOfText = (sql: SqlText, { service }: Request<'providers-of'>): string =>
  `select coalesce(jsonb_agg(jsonb_build_object('role', r.id, 'practitioner', p.id, 'name', ${NAME}) order by s.position), '[]')
    from service_providers s
    join practitioner_roles r on r.tenant_id = s.tenant_id and r.id = s.provider_id
    left join practitioners p on p.tenant_id = r.tenant_id and p.id = r.practitioner_id and r.practitioner_type = 'Practitioner'
    where s.tenant_id = app.tenant_id() and s.service_id = ${sql.value(service)} and s.provider_type = 'PractitionerRole'`
