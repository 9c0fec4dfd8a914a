/**
 * Assignment: a link between a service and a role stands on both sides or on neither, whoever writes it; and the words by
 * which a service is found.
 */
import type { Knex } from 'knex'
import { folded } from './schema/columns.js'
import { SERVER_ROLE, triggerFunction } from './schema/functions.js'
import { nextVersion } from './schema/versions.js'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(
    linkRoles(`select tenant_id, service_id, provider_id as role_id from service_providers
    where provider_type = 'PractitionerRole'`)
  )
  await knex.raw(
    linkServices(`select tenant_id, target_id as service_id, practitioner_role_id as role_id
    from practitioner_role_services where target_type = 'HealthcareService'`)
  )
  await mirrored(knex, 'service_providers', ['service_id', 'provider_id', 'provider_type', 'PractitionerRole'], {
    stands: standsOnService,
    link: linkRoles,
    unlink: `delete from practitioner_role_services s where s.tenant_id = link.tenant_id
      and s.practitioner_role_id = link.role_id and s.target_type = 'HealthcareService' and s.target_id = link.service_id`
  })
  await mirrored(
    knex,
    'practitioner_role_services',
    ['target_id', 'practitioner_role_id', 'target_type', 'HealthcareService'],
    {
      stands: standsOnRole,
      link: linkServices,
      // Of a role that is gone the services keep the link: without it they would be everyone's.
      unlink: `delete from service_providers p where p.tenant_id = link.tenant_id and p.service_id = link.service_id
        and p.provider_type = 'PractitionerRole' and p.provider_id = link.role_id
        and exists (select from practitioner_roles r where r.tenant_id = link.tenant_id and r.id = link.role_id
          and r.deleted_at is null)`
    }
  )
  await serviceWords(knex)
}

/**
 * What services are called: view `service_words_search` of the bound tenant's, owned by the tables' owner, since under
 * row-level security no trigram operator reaches an index.
 */
async function serviceWords(knex: Knex): Promise<void> {
  await knex.raw(`alter table services add column comment_folded ${folded('comment')}`)
  // The trigger knows the generated columns by name.
  await knex.raw('drop trigger next_version on services')
  await nextVersion(knex, 'services')
  const trigrams = (index: string, table: string, column: string): Knex.Raw =>
    knex.raw(`create index ${index} on ${table} using gin (${column} public.gin_trgm_ops) with (fastupdate = off)`)
  await trigrams('service_types_trigrams', 'service_types', 'text_folded')
  await trigrams('services_comment_trigrams', 'services', 'comment_folded')
  const words = (kind: string, table: string, id: string, text: string): string =>
    `select tenant_id, ${id} as service_id, '${kind}' as kind, ${text} as folded from ${table} where tenant_id = app.tenant_id()`
  await knex.raw(
    `create view service_words_search as ${[
      words('name', 'services', 'id', 'name_folded'),
      words('alias', 'service_aliases', 'service_id', 'value_folded'),
      words('type', 'service_types', 'service_id', 'text_folded'),
      words('comment', 'services', 'id', 'comment_folded')
    ].join(' union all ')}`
  )
  await knex.raw(`grant select on service_words_search to ${SERVER_ROLE}`)
}

/** There is no way back to two truths. */
export async function down(): Promise<void> {
  throw new Error('Assignment cannot be undone: drop the database instead')
}

const standsOnService = (link: string): string => `select from service_providers p where p.tenant_id = ${link}.tenant_id
  and p.service_id = ${link}.service_id and p.provider_type = 'PractitionerRole' and p.provider_id = ${link}.role_id`
const standsOnRole = (link: string): string => `select from practitioner_role_services s
  where s.tenant_id = ${link}.tenant_id and s.practitioner_role_id = ${link}.role_id
  and s.target_type = 'HealthcareService' and s.target_id = ${link}.service_id`

/** Behind what the role has; `links` has the columns tenant_id, service_id, role_id. */
const linkRoles = (links: string): string => `insert into practitioner_role_services
    (tenant_id, practitioner_role_id, position, target_type, target_id)
  select r.tenant_id, r.id, coalesce((select max(position) + 1 from practitioner_role_services s
      where s.tenant_id = r.tenant_id and s.practitioner_role_id = r.id), 0)
    + row_number() over (partition by r.tenant_id, r.id) - 1, 'HealthcareService', l.service_id
  from (select distinct * from (${links}) x) l
  join practitioner_roles r on r.tenant_id = l.tenant_id and r.id = l.role_id and r.deleted_at is null
  where not exists (${standsOnRole('l')})`

const linkServices = (links: string): string => `insert into service_providers
    (tenant_id, service_id, position, provider_type, provider_id)
  select v.tenant_id, v.id, coalesce((select max(position) + 1 from service_providers p
      where p.tenant_id = v.tenant_id and p.service_id = v.id), 0)
    + row_number() over (partition by v.tenant_id, v.id) - 1, 'PractitionerRole', l.role_id
  from (select distinct * from (${links}) x) l
  join services v on v.tenant_id = l.tenant_id and v.id = l.service_id and v.deleted_at is null
  where not exists (${standsOnService('l')})`

interface Mirror {
  stands: (link: string) => string
  link: (links: string) => string
  unlink: string
}

/**
 * What was changed on one side is done on the other at the end of the transaction, where it is not done already: the
 * server writes both sides, foreign SQL one. Deferred, since a list is written by clearing it and filling it anew.
 */
async function mirrored(
  knex: Knex,
  table: string,
  [service, role, type, wanted]: readonly [string, string, string, string],
  { stands, link, unlink }: Mirror
): Promise<void> {
  const side = (row: string): string => `(${row}.tenant_id, ${row}.${service}, ${row}.${role}, ${row}.${type})`
  await triggerFunction(
    knex,
    `mirror_${table}`,
    `declare link record;
     begin
       for link in select distinct x.tenant_id, x.service_id, x.role_id
         from (values ${side('old')}, ${side('new')}) x(tenant_id, service_id, role_id, type) where x.type = '${wanted}' loop
         if exists (${stands('link')}) then
           ${link('select link.tenant_id, link.service_id, link.role_id')};
         else
           ${unlink};
         end if;
       end loop;
       return null;
     end`
  )
  await knex.raw(`create constraint trigger mirror_${table} after insert or update or delete on ${table}
    deferrable initially deferred for each row execute function app.mirror_${table}()`)
}
