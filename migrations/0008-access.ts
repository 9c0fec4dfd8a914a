/** Access: users' logins and what they may, replay guard, key URLs of clients, tenant configuration, AuditEvents. */
import type { Knex } from 'knex'
import { CODE, codes } from './schema/columns.js'
import { door, SERVER_ROLE } from './schema/functions.js'
import { globalTable } from './schema/tables.js'

export async function up(knex: Knex): Promise<void> {
  await logins(knex)
  await sessions(knex)
  await access(knex)
  await ownUser(knex)
  await signOn(knex)
  await clients(knex)
  await configuration(knex)
  await auditEvents(knex)
}

/** There is no way back: it would let used assertions and ended sessions be used again. */
export async function down(): Promise<void> {
  throw new Error('Logins and sessions cannot be undone: drop the database instead')
}

const hidden = { grant: '' }

/**
 * Attempts are counted before the password is looked at, so that many at once cannot guess more often; unknown logins
 * are counted as known ones are. A login is kept as its hash: who mistypes may type a password there.
 */
async function logins(knex: Knex): Promise<void> {
  await globalTable(
    knex,
    'login_attempts',
    t => {
      t.specificType('key', CODE).primary()
      t.integer('failures').notNullable()
      t.timestamp('until').notNullable().index()
    },
    hidden
  )
  await knex.raw(`create function app.login_key(login text) returns text immutable language sql
    as $$ select encode(sha256(convert_to(lower(login collate "C"), 'UTF8')), 'hex') $$`)
  await door(
    knex,
    'app.begin_login(login text, most int, lockout interval)',
    'table(id text, password_hash text, disabled boolean, unverified boolean, wait double precision)',
    `declare attempt login_attempts;
    begin
      delete from login_attempts a where a.key in (select o.key from login_attempts o
        where o.until <= clock_timestamp() order by o.until limit 10 for update skip locked);
      insert into login_attempts as a (key, failures, until)
        values (app.login_key(login), 1, clock_timestamp() + lockout)
        on conflict on constraint login_attempts_pkey do update set
          failures = case when a.until <= clock_timestamp() then 1 else a.failures + 1 end,
          until = case when a.until <= clock_timestamp() or a.failures < most then excluded.until else a.until end
        returning * into attempt;
      if attempt.failures > most then
        return query select null::text, null::text, false, false,
          greatest(extract(epoch from attempt.until - clock_timestamp())::double precision, 1);
      else
        return query select u.id, u.password_hash, u.disabled_at is not null,
            u.email is not null and coalesce(u.email_verified_at, u.first_verified_at) is null, 0::double precision
          from (select 1) one left join users u on lower(u.username) = lower(login collate "C")
          order by u.disabled_at desc limit 1; -- a name that ended may be another's now: nulls come first
      end if;
    end`
  )
  await door(
    knex,
    'app.end_login(login text)',
    'void',
    'delete from login_attempts a where a.key = app.login_key(login)'
  )
}

/** Sessions that were logged out, and assertions that were used: until the tokens themselves expire. */
async function sessions(knex: Knex): Promise<void> {
  for (const [name, of] of [
    ['ended_sessions', 'session'],
    ['used_assertions', 'assertion']
  ] as const) {
    await globalTable(
      knex,
      name,
      t => {
        t.specificType('key', CODE).primary()
        t.timestamp('expires_at').notNullable().index()
      },
      hidden
    )
    await door(
      knex,
      `app.first_use_of_${of}(a_key text, expires timestamptz)`,
      'boolean',
      `begin
        delete from ${name} e where e.key in (select o.key from ${name} o
          where o.expires_at <= clock_timestamp() order by o.expires_at limit 10 for update skip locked);
        insert into ${name} (key, expires_at) values (a_key, expires) on conflict do nothing;
        return found;
      end`
    )
  }
}

/** What a user is in a tenant: by the memberships there and in the tenants above, the strongest of them. */
async function access(knex: Knex): Promise<void> {
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
        where up.is_active and m.status = 'approved' and m.disabled_at is null
        order by m.membership_role = 'CLINIC_ADMIN' desc limit 1)
     from users u where u.id = a_user`
  )
  await door(
    knex,
    'app.accept_membership(a_user text, a_tenant text)',
    'text',
    `declare found_status text;
    begin
      select m.status into found_status from memberships m
        where m.tenant_id = a_tenant and m.user_id = a_user and m.disabled_at is null
          -- Who was invited accepts; who awaits the approval of an administrator does not give it to themselves.
          and (m.status <> 'pending' or m.accepted_at is null) for update;
      if found_status = 'pending' then
        update memberships m set status = 'approved', accepted_at = now()
          where m.tenant_id = a_tenant and m.user_id = a_user and m.disabled_at is null;
        insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id)
          select m.tenant_id, gen_random_uuid()::text, a_user, 'MEMBERSHIP_ACCEPTED', 'PractitionerRole', r.id
          from memberships m join practitioner_roles r on r.tenant_id = m.tenant_id and r.membership_id = m.id
          where m.tenant_id = a_tenant and m.user_id = a_user and m.disabled_at is null;
      end if;
      return found_status;
    end`
  )
}

/** What users see of themselves, and change. */
async function ownUser(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.me(a_user text)',
    'jsonb',
    `select jsonb_build_object('id', u.id, 'username', u.username, 'email', u.email, 'phone', u.phone_e164,
       'email_verified', u.email_verified_at is not null, 'notifications', u.notifications, 'is_admin', u.is_admin,
       'memberships', coalesce((select jsonb_agg(jsonb_build_object('tenant', m.tenant_id, 'name', t.name,
           'slug', t.slug, 'active', t.is_active, 'role', m.membership_role, 'status', m.status,
           'is_provider', m.is_provider, 'access_roles', m.access_roles, 'disabled', m.disabled_at is not null,
           'full_name', p.full_name, 'practitioner', d.id, 'practitioner_role', r.id) order by m.created_at, m.tenant_id)
         from memberships m join tenants t on t.id = m.tenant_id
         left join membership_profiles p on p.tenant_id = m.tenant_id and p.membership_id = m.id
         left join practitioners d on d.tenant_id = m.tenant_id and d.membership_id = m.id and d.deleted_at is null
         left join practitioner_roles r on r.tenant_id = m.tenant_id and r.membership_id = m.id and r.deleted_at is null
         where m.user_id = u.id), '[]'::jsonb))
     from users u where u.id = a_user`
  )
  // Who proved an address once may log in while a new one is not proved yet: a mistyped one locks nobody out.
  await knex.schema.alterTable('users', t => t.timestamp('first_verified_at'))
  await door(
    knex,
    'app.change_user(a_user text, change jsonb)',
    'void',
    `begin
       update users u set
         username = coalesce(change ->> 'username', u.username),
         email = case when change ? 'email' then change ->> 'email' else u.email end,
         first_verified_at = coalesce(u.first_verified_at, u.email_verified_at),
         email_verified_at = case when change ? 'email' then null else u.email_verified_at end,
         phone_e164 = case when change ? 'phone' then change ->> 'phone' else u.phone_e164 end,
         password_hash = coalesce(change ->> 'password_hash', u.password_hash)
       where u.id = a_user;
       insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id, detail)
         select m.tenant_id, gen_random_uuid()::text, a_user, 'USER_UPDATED', coalesce('PractitionerRole' || left(r.id, 0), 'User'),
           coalesce(r.id, a_user), jsonb_build_object('changed', (select string_agg(k, ', ' order by k) from jsonb_object_keys(change) k))
         from memberships m left join practitioner_roles r
           on r.tenant_id = m.tenant_id and r.membership_id = m.id and r.deleted_at is null
         where m.user_id = a_user and m.disabled_at is null;
       insert into outbox (tenant_id, id, kind, payload)
         select m.tenant_id, gen_random_uuid()::text, 'verification', jsonb_build_object('user_id', a_user)
         from memberships m where m.user_id = a_user and m.disabled_at is null and change ->> 'email' is not null
         order by m.created_at limit 1;
     end`
  )
}

/** Whom a token of a trusted issuer speaks for: by login, e-mail, or number at the sign-on facility (P6). */
async function signOn(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.users_signed_on(kind text, facility text, subject text)',
    'setof text',
    `with recursive tree as (
       select f.tenant as id from facilities f where f.id = facility and f.kind = 'sso' and f.active
         and users_signed_on.kind = 'facility'
       union select t.id from tree join tenants t on t.parent_id = tree.id)
     select u.id from users u where kind = 'username' and lower(u.username) = lower(subject collate "C")
       and u.disabled_at is null
     union select u.id from users u
       where kind = 'email' and lower(u.email) = lower(subject collate "C") and u.email_verified_at is not null
       and u.disabled_at is null
     union select m.user_id from tree
       join practitioner_identifiers i on i.tenant_id = tree.id and i.value = subject
         and i.assigner_id = 'f-' || facility and i.type_code = 'PRN'
       join practitioners p on p.tenant_id = i.tenant_id and p.id = i.practitioner_id and p.deleted_at is null
       join memberships m on m.tenant_id = p.tenant_id and m.id = p.membership_id
       where m.disabled_at is null and m.status = 'approved'`
  )
}

async function clients(knex: Knex): Promise<void> {
  await knex.schema.alterTable('oauth_clients', t => codes(t, 'jwks_uri'))
  await knex.raw('drop function app.client(text)')
  await door(
    knex,
    'app.client(client_id text)',
    'table(id text, tenant text, scopes text, secret_hash text, jwks jsonb, jwks_uri text, disabled boolean)',
    `select c.id, c.tenant, c.scopes, c.secret_hash, c.jwks, c.jwks_uri, c.disabled_at is not null
     from oauth_clients c where c.id = client_id`
  )
}

/** Every process hears at once of a tenant that changed, also by foreign SQL. */
async function configuration(knex: Knex): Promise<void> {
  await knex.raw(`create function app.tell_tenant() returns trigger language plpgsql as $$
    begin perform pg_notify('locum_tenants', coalesce(new.id, old.id)); return null; end $$`)
  await knex.raw(`create trigger tell after insert or update or delete on tenants
    for each row execute function app.tell_tenant()`)
  await door(
    knex,
    'app.tenant_config()',
    'table(config jsonb, version bigint)',
    'select t.config, t.version from tenants t where t.id = app.tenant_id()'
  )
  await door(
    knex,
    'app.set_tenant_config(new_config jsonb, expected bigint, sections text)',
    'bigint',
    `with changed as (
       update tenants t set config = new_config where t.id = app.tenant_id() and t.version = expected returning t.version),
     noted as (
       insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id, detail)
         select app.tenant_id(), gen_random_uuid()::text, coalesce(app.user_id(), ''), 'TENANT_CONFIGURED', 'Organization',
           't-' || app.tenant_id(), jsonb_build_object('sections', sections) from changed)
     select version from changed`
  )
}

/** The audit trail as AuditEvents. Names are not in it: they are looked up here, as long as there is someone to name. */
async function auditEvents(knex: Knex): Promise<void> {
  for (const [name, columns] of [
    ['subject', 'subject'],
    ['action', 'action']
  ])
    await knex.raw(`create index audit_logs_${name} on audit_logs (tenant_id, ${columns}, created_at)`)
  await knex.raw(`create view audit_events as
    select a.id, a.version, a.created_at as updated_at, a.created_at as recorded, a.subject, a.action as subtype,
      a.entity_type, a.entity_id, a.detail,
      case when a.action ~ '^LOG(IN|OUT)' then '110114' else 'rest' end as type_code,
      case when a.action ~ '^LOG(IN|OUT)' then 'http://dicom.nema.org/resources/ontology/DCM'
        else 'http://terminology.hl7.org/CodeSystem/audit-event-type' end as type_system,
      case when a.action ~ '_(CREATED|JOINED)$' then 'C' when a.action ~ '_(DELETED|ENDED)$' then 'D'
        when a.action ~ '^(LOGIN|LOGOUT|ACCESS)' then 'E' else 'U' end as action,
      case when a.action ~ '(_FAILED|_DENIED|_REFUSED)$' then '4' else '0' end as outcome,
      p.full_name as agent_name, d.id as agent_practitioner,
      'https://locum.example/fhir/sid/' || case when m.id is null then 'subject-id' else 'user-id' end as agent_system
    from audit_logs a
    left join memberships m on m.tenant_id = a.tenant_id and m.user_id = a.subject
    left join membership_profiles p on p.tenant_id = m.tenant_id and p.membership_id = m.id
    left join practitioners d on d.tenant_id = m.tenant_id and d.membership_id = m.id and d.deleted_at is null
    where a.tenant_id = app.tenant_id()`)
  await knex.raw(`grant select on audit_events to ${SERVER_ROLE}`)
}
