/** Tenants are changed and deactivated through FHIR (P18); who is below a tenant that is not active is not active either. */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.tenant_active(tenant text)',
    'boolean',
    `with recursive up as (
       select t.id, t.parent_id, t.is_active from tenants t where t.id = tenant
       union select t.id, t.parent_id, t.is_active from up join tenants t on t.id = up.parent_id)
     select coalesce(bool_and(up.is_active), false) from up`
  )
  await changing(knex)
  await settings(knex)
  await access(knex)
  await telling(knex)
}

/** There is no way back: logins of tenants below an inactive one would work again. */
export async function down(): Promise<void> {
  throw new Error('The reach of inactive tenants cannot be taken back: drop the database instead')
}

async function changing(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.change_tenant(target text, expected bigint, a_slug text, a_name text, a_type text, a_tier text, is_live boolean)',
    'void',
    `begin
       if app.tenant_position(app.tenant_id(), target) = 'none' then
         raise exception 'the tenant is not within reach' using errcode = 'insufficient_privilege';
       end if;
       update tenants t set slug = a_slug, name = a_name, type = a_type, subscription_tier = a_tier, is_active = is_live
       where t.id = target and t.version = expected;
       if not found then raise exception 'the tenant has moved on' using errcode = 'serialization_failure'; end if;
     end`
  )
}

async function settings(knex: Knex): Promise<void> {
  await knex.raw('drop function app.tenant_settings(text)')
  await door(
    knex,
    'app.tenant_settings(tenant text)',
    'table(name text, is_active boolean, time_zone text, country text, config jsonb)',
    `select t.name::text, app.tenant_active(t.id), t.time_zone, t.country, t.config from tenants t
     where t.id = tenant_settings.tenant`
  )
}

/** As before, but for what counts as active. */
async function access(knex: Knex): Promise<void> {
  await knex.raw('drop function app.client(text)')
  await door(
    knex,
    'app.client(client_id text)',
    'table(id text, tenant text, scopes text, secret_hash text, jwks jsonb, jwks_uri text, disabled boolean)',
    `select c.id, c.tenant, c.scopes, c.secret_hash, c.jwks, c.jwks_uri,
       c.disabled_at is not null or not app.tenant_active(c.tenant)
     from oauth_clients c where c.id = client_id`
  )
  await knex.raw('drop function app.access_of(text, text, bigint, text)')
  await door(
    knex,
    'app.access_of(a_user text, a_session text, a_epoch bigint, a_tenant text)',
    'table(is_admin boolean, disabled boolean, ended boolean, membership_role text)',
    `with recursive up as (
       select t.id, t.parent_id, t.is_active from tenants t where t.id = a_tenant
       union select t.id, t.parent_id, t.is_active from up join tenants t on t.id = up.parent_id)
     select u.is_admin and exists (select from up), u.disabled_at is not null,
       exists (select from ended_sessions e where e.key = a_session)
         or exists (select from revoked_subjects r where r.subject = a_user and r.epoch >= a_epoch),
       (select m.membership_role from up join memberships m on m.tenant_id = up.id and m.user_id = u.id
        where m.status = 'approved' and m.disabled_at is null and (select bool_and(up.is_active) from up)
        order by m.membership_role = 'CLINIC_ADMIN' desc limit 1)
     from users u where u.id = a_user`
  )
  await knex.raw('drop function app.me(text)')
  await door(
    knex,
    'app.me(a_user text)',
    'jsonb',
    `select jsonb_build_object('id', u.id, 'username', u.username, 'email', u.email, 'phone', u.phone_e164,
       'email_verified', u.email_verified_at is not null, 'notifications', u.notifications, 'is_admin', u.is_admin,
       'memberships', coalesce((select jsonb_agg(jsonb_build_object('tenant', m.tenant_id, 'name', t.name,
           'slug', t.slug, 'active', app.tenant_active(t.id), 'role', m.membership_role, 'status', m.status,
           'is_provider', m.is_provider, 'access_roles', m.access_roles, 'disabled', m.disabled_at is not null,
           'full_name', p.full_name, 'practitioner', d.id, 'practitioner_role', r.id) order by m.created_at, m.tenant_id)
         from memberships m join tenants t on t.id = m.tenant_id
         left join membership_profiles p on p.tenant_id = m.tenant_id and p.membership_id = m.id
         left join practitioners d on d.tenant_id = m.tenant_id and d.membership_id = m.id and d.deleted_at is null
         left join practitioner_roles r on r.tenant_id = m.tenant_id and r.membership_id = m.id and r.deleted_at is null
         where m.user_id = u.id), '[]'::jsonb))
     from users u where u.id = a_user`
  )
}

/** What ends or moves a tenant counts for those below it as well: all settings are read again. */
async function telling(knex: Knex): Promise<void> {
  await knex.raw(`create or replace function app.tell_tenant() returns trigger language plpgsql as $$
    declare reaches boolean := tg_op = 'DELETE' or tg_op = 'UPDATE'
      and (new.is_active, new.parent_id) is distinct from (old.is_active, old.parent_id);
    begin perform pg_notify('locum_tenants', case when reaches then '' else new.id end); return null; end $$`)
}
