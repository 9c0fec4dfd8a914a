/**
 * P21: who may change the login of a user, and who is told: a new address is verified, the old one gets a notice. An
 * administrator may while all live memberships of the user lie in the tenant at work or below it.
 */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await writing(knex)
  await changing(knex)
  await notices(knex)
}

/** There is no way back: old addresses would no longer hear of changes. */
export async function down(): Promise<void> {
  throw new Error('Notices of changed logins cannot be undone: drop the database instead')
}

/** For the doors only. What is as it was is no change. */
async function writing(knex: Knex): Promise<void> {
  await knex.raw(
    `create function app.write_login(a_user text, change jsonb, agent text) returns void language plpgsql
     set search_path = pg_catalog, public, pg_temp as $$
     declare
       u users;
       changed text;
       home text := (select m.tenant_id from memberships m where m.user_id = a_user and m.disabled_at is null
         order by m.created_at, m.tenant_id limit 1);
     begin
       select * into u from users where id = a_user for update;
       select jsonb_object_agg(c.key, c.value), string_agg(c.key, ', ' order by c.key) into change, changed
       from jsonb_each(change) c where c.value #>> '{}' is distinct from
         case c.key when 'username' then u.username when 'email' then u.email when 'phone' then u.phone_e164 end;
       if change is null then return; end if;
       update users set
         username = coalesce(change ->> 'username', username),
         email = case when change \\? 'email' then change ->> 'email' else email end,
         first_verified_at = coalesce(first_verified_at, email_verified_at),
         email_verified_at = case when change \\? 'email' then null else email_verified_at end,
         phone_e164 = case when change \\? 'phone' then change ->> 'phone' else phone_e164 end,
         password_hash = coalesce(change ->> 'password_hash', password_hash)
       where id = a_user;
       insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id, detail)
         select m.tenant_id, gen_random_uuid()::text, agent, 'USER_UPDATED',
           case when r.id is null then 'User' else 'PractitionerRole' end, coalesce(r.id, a_user),
           jsonb_build_object('changed', changed)
         from memberships m left join practitioner_roles r
           on r.tenant_id = m.tenant_id and r.membership_id = m.id and r.deleted_at is null
         where m.user_id = a_user and m.disabled_at is null;
       insert into outbox (tenant_id, id, kind, payload)
         select home, gen_random_uuid()::text, t.kind, t.payload || jsonb_build_object('user_id', a_user)
         from (values
           (case when coalesce(change ->> 'password_hash', u.password_hash) is null then 'invitation' else 'verification' end,
             '{}'::jsonb, change ->> 'email' is not null),
           ('login-changed', jsonb_build_object('email', u.email, 'changed', changed, 'self', agent = a_user),
             u.email_verified_at is not null)) t(kind, payload, due)
         where t.due and u.disabled_at is null and home is not null;
     end $$`
  )
  await knex.raw('revoke all on function app.write_login(text, jsonb, text) from public')
}

async function changing(knex: Knex): Promise<void> {
  await knex.raw('drop function app.change_user(text, jsonb)')
  await door(
    knex,
    'app.change_user(a_user text, change jsonb)',
    'void',
    'select app.write_login(a_user, change, a_user)'
  )
  // An invitation that was not accepted is nobody's membership yet: another tenant cannot keep others from their own.
  const LIVE = `m.user_id = a_user and m.disabled_at is null and (m.status <> 'pending' or m.accepted_at is not null)`
  await door(
    knex,
    'app.change_member(a_user text, change jsonb)',
    'text',
    `declare tree text[];
     begin
       perform from users u where u.id = a_user for update;
       with recursive below as (
         select t.id from tenants t where t.id = app.tenant_id()
         union select t.id from below join tenants t on t.parent_id = below.id)
       select array_agg(below.id) into tree from below;
       if not exists (select from memberships m where ${LIVE} and m.tenant_id = any(tree)) then return 'unknown'; end if;
       if exists (select from memberships m where ${LIVE} and m.tenant_id <> all(tree))
         or exists (select from users u where u.id = a_user and u.is_admin) then return 'elsewhere'; end if;
       perform app.write_login(a_user, change, app.user_id());
       if change ? 'password_hash' then perform app.revoke(a_user, floor(extract(epoch from now()))::bigint); end if;
       return 'changed';
     end`
  )
}

/** The address that was is in the entry alone, and no longer than until the mail is sent or given up. */
async function notices(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.notice(tenant text, entry text)',
    'table(email text, name text, tenant_name text, changed text, self boolean)',
    `select o.payload ->> 'email', p.full_name::text, t.name::text, o.payload ->> 'changed', (o.payload -> 'self')::boolean
     from outbox o join tenants t on t.id = o.tenant_id
     left join memberships m on m.tenant_id = o.tenant_id and m.user_id = o.payload ->> 'user_id' and m.disabled_at is null
     left join membership_profiles p on p.tenant_id = m.tenant_id and p.membership_id = m.id
     where o.tenant_id = tenant and o.id = entry and o.payload ->> 'email' is not null`
  )
  await knex.raw('drop function app.settle_outbox(text, text, text)')
  await door(
    knex,
    'app.settle_outbox(tenant text, entry text)',
    'void',
    `update outbox o set error = null, done_at = now(), payload = o.payload - 'email'
     where o.tenant_id = tenant and o.id = entry`
  )
  await knex.raw('drop function app.postpone_outbox(text, text, text, interval)')
  await door(
    knex,
    'app.postpone_outbox(tenant text, entry text, failure text, delay interval)',
    'void',
    `update outbox o set error = failure, due_at = coalesce(now() + delay, o.due_at),
       done_at = case when delay is null then now() end,
       payload = case when delay is null then o.payload - 'email' else o.payload end
     where o.tenant_id = tenant and o.id = entry`
  )
}
