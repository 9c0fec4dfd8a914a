/** Accounts: prescribers, joining and ending, what is free again, tenants made through FHIR. */
import type { Knex } from 'knex'
import { concept } from './schema/columns.js'
import { door, triggerFunction } from './schema/functions.js'
import { erasure } from './schema/erasure.js'
import { invitations } from './schema/invitations.js'

export async function up(knex: Knex): Promise<void> {
  await prescribers(knex)
  await freeAgain(knex)
  await ending(knex)
  await joining(knex)
  await erasure(knex)
  await tenantDoor(knex)
  await invitations(knex)
}

/** There is no way back: who joined and who ended would be forgotten. */
export async function down(): Promise<void> {
  throw new Error('Accounts cannot be undone: drop the database instead')
}

/** P14. What an Australian prescriber's record lacks is kept with the membership, so that roles and openings show it. */
async function prescribers(knex: Knex): Promise<void> {
  await knex.schema.alterTable('practitioners', t => concept(t, 'prescriber_type'))
  await knex.schema.alterTable('memberships', t => void t.specificType('prescriber_lacks', 'text[]'))
  const system = 'https://locum.example/fhir/CodeSystem/access-role'
  await knex('role_codes').insert({ system, code: 'provider', clinical: false, provider: true })
  const identifier = (system: string): string => `exists (select from practitioner_identifiers i
    where i.tenant_id = p.tenant_id and i.practitioner_id = p.id and i.system = '${system}' and i.value <> '')`
  const needed: [name: string, holds: string][] = [
    ['HPI-I', identifier('http://ns.electronichealth.net.au/id/hi/hpii/1.0')],
    ['prescriber type', `coalesce(p.prescriber_type_code, '') <> ''`],
    [
      'prescriber number',
      `p.prescriber_type_code = 'T' or ${identifier('http://ns.electronichealth.net.au/id/medicare-prescriber-number')}`
    ],
    [
      'qualification',
      `exists (select from practitioner_qualifications q where q.tenant_id = p.tenant_id and q.practitioner_id = p.id)`
    ],
    ['birth date', 'p.birth_date is not null'],
    ['gender', 'p.gender is not null']
  ]
  const lacks = needed.map(([name, holds]) => `case when ${holds} then null else '${name}' end`).join(', ')
  // The twin of prescriberLacks in src/domain/prescriber.ts; null: nothing is missing, or nobody prescribes.
  await knex.raw(`create function app.prescriber_lacks(tenant text, membership text, access_roles text[]) returns text[]
    stable language sql set search_path = pg_catalog, public, pg_temp as $$
    select nullif(array_remove(array[${lacks}], null), '{}') from practitioners p
    where 'provider' = any(access_roles) and p.tenant_id = tenant and p.membership_id = membership and p.deleted_at is null
    $$`)
  await triggerFunction(
    knex,
    'lacks_of_membership',
    `begin
       new.prescriber_lacks := app.prescriber_lacks(new.tenant_id, new.id, new.access_roles);
       return new;
     end`
  )
  await knex.raw(`create trigger lacks_of_membership before insert or update on memberships
    for each row execute function app.lacks_of_membership()`)
  await triggerFunction(
    knex,
    'lacks_of_practitioner',
    `begin
       update memberships m set access_roles = m.access_roles
       where m.tenant_id = new.tenant_id and m.id = new.membership_id
         and m.prescriber_lacks is distinct from app.prescriber_lacks(m.tenant_id, m.id, m.access_roles);
       return null;
     end`
  )
  // Deferred: an update replaces child rows, and every change of a child row touches its practitioner.
  await knex.raw(`create constraint trigger lacks_of_practitioner after insert or update on practitioners
    deferrable initially deferred for each row when (new.membership_id is not null)
    execute function app.lacks_of_practitioner()`)
}

/** Logins that ended are free for others, and who left a tenant may join it again. */
async function freeAgain(knex: Knex): Promise<void> {
  const keys = { username: 'lower(username)', email: 'lower(email)', phone: 'phone_e164' }
  for (const [name, column] of Object.entries(keys)) {
    await knex.raw(`drop index users_${name}_key`)
    await knex.raw(`create unique index users_${name}_key on users (${column}) where disabled_at is null`)
  }
  await knex.raw('alter table memberships drop constraint memberships_user_key')
  await knex.raw(`create unique index memberships_user_key on memberships (tenant_id, user_id)
    where disabled_at is null`)
  await knex.raw('drop function app.taken(text, text, text)')
  const taken = (test: string): string => `exists (select from users u where ${test} and u.disabled_at is null)`
  await door(
    knex,
    'app.taken(a_username text, an_email text, a_phone text)',
    'table(username boolean, email boolean, phone boolean)',
    `select ${taken('lower(u.username) = lower(a_username collate "C")')},
      ${taken('lower(u.email) = lower(an_email collate "C")')}, ${taken('u.phone_e164 = a_phone')}`
  )
}

/** P15: for good. The login ends with the last live membership; tokens that were issued until now are void at once. */
async function ending(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.end_membership(membership text)',
    'void',
    `declare member text := (select m.user_id from memberships m
       where m.tenant_id = app.tenant_id() and m.id = membership);
     begin
       perform from users u where u.id = member for update;
       update memberships m set status = 'suspended', disabled_at = coalesce(m.disabled_at, now())
       where m.tenant_id = app.tenant_id() and m.id = membership;
       update users u set disabled_at = now() where u.id = member and u.disabled_at is null and not u.is_admin
         and not exists (select from memberships m where m.user_id = u.id and m.disabled_at is null);
       perform app.revoke(member, floor(extract(epoch from now()))::bigint);
     end`
  )
}

/** P11: who is it, and may the caller let them in. */
async function joining(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.user_standing(the_user text, caller text)',
    'table(live boolean, member boolean, administered boolean)',
    `with recursive below as (
       select t.id from tenants t where t.id = caller
       union select t.id from below join tenants t on t.parent_id = below.id)
     select exists (select from users u where u.id = the_user and u.disabled_at is null),
       exists (select from memberships m where m.tenant_id = app.tenant_id() and m.user_id = the_user and m.disabled_at is null),
       exists (select from memberships m join below on below.id = m.tenant_id
         where m.user_id = the_user and m.disabled_at is null and m.accepted_at is not null)`
  )
}

/** P18: the tenant is made below the bound one. */
async function tenantDoor(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.create_tenant(tenant text, parent text, a_slug text, a_name text, a_type text, a_tier text, is_live boolean)',
    'void',
    `begin
       if app.tenant_position(app.tenant_id(), parent) = 'none' then
         raise exception 'the parent is not within reach' using errcode = 'insufficient_privilege';
       end if;
       insert into tenants (id, parent_id, slug, name, type, subscription_tier, is_active, country, time_zone)
       select tenant, p.id, a_slug, a_name, a_type, a_tier, is_live, p.country, p.time_zone from tenants p where p.id = parent;
     end`
  )
}
