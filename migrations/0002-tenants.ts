/** Who there is beside the directory: tenants, facilities, users and their memberships, clients, keys. */
import type { Knex } from 'knex'
import { CODE, codes, named, texts } from './schema/columns.js'
import { door, SERVER_ROLE } from './schema/functions.js'
import { globalTable, shownTable, tenantTable } from './schema/tables.js'

export async function up(knex: Knex): Promise<void> {
  await tenants(knex)
  await facilities(knex)
  await users(knex)
  await memberships(knex)
  await userDoors(knex)
  await clients(knex)
  await roleCodes(knex)
}

/** There is no way back: it would drop every user and membership. */
export async function down(): Promise<void> {
  throw new Error('Tenants and users cannot be undone: drop the database instead')
}

/** A tree. The server reads it by the view, which holds the bound tenant and those below; the parent of the bound one is not told. */
async function tenants(knex: Knex): Promise<void> {
  await shownTable(
    knex,
    'tenants',
    t => {
      t.specificType('id', CODE).primary()
      t.specificType('parent_id', CODE).references('id').inTable('tenants')
      t.specificType('slug', CODE).notNullable().unique()
      named(t, 'name')
      codes(t, 'type', 'time_zone', 'country', 'subscription_tier')
      t.boolean('is_active').notNullable().defaultTo(true)
      t.jsonb('config').notNullable().defaultTo('{}')
      t.index(['parent_id'])
    },
    { grant: '' }
  )
  // An unknown zone raises an error here, before any date is read in it.
  await knex.raw(`alter table tenants add constraint tenants_time_zone
    check (timestamptz '2000-01-01' at time zone time_zone is not null or time_zone is null)`)
  await knex.raw(`create view tenant_tree as
    with recursive tree as (
      select t.id from tenants t where t.id = app.tenant_id()
      union select t.id from tree join tenants t on t.parent_id = tree.id)
    select t.id, t.slug, t.name, t.name_folded, t.type, t.is_active, t.time_zone, t.country, t.subscription_tier, t.config,
      case when t.id <> app.tenant_id() then 't-' || t.parent_id end as part_of_id, t.version, t.updated_at
    from tree join tenants t on t.id = tree.id`)
  await knex.raw(`grant select on tenant_tree to ${SERVER_ROLE}`)
  await door(
    knex,
    'app.tenant_position(tenant text, target text)',
    'text',
    `with recursive up as (
       select t.id, t.parent_id from tenants t where t.id = tenant_position.target
       union select t.id, t.parent_id from up join tenants t on t.id = up.parent_id)
     select case when not exists (select from up where up.id = tenant_position.tenant) then 'none'
       when tenant_position.target = tenant_position.tenant then 'self' else 'below' end`
  )
  await door(
    knex,
    'app.tenant_settings(tenant text)',
    'table(is_active boolean, time_zone text, country text, config jsonb)',
    'select t.is_active, t.time_zone, t.country, t.config from tenants t where t.id = tenant_settings.tenant'
  )
}

/** Without a tenant: for all. Else for that one and those below it. */
async function facilities(knex: Knex): Promise<void> {
  await shownTable(
    knex,
    'facilities',
    t => {
      t.specificType('id', CODE).primary()
      t.specificType('kind', CODE).notNullable()
      t.specificType('tenant', CODE).references('id').inTable('tenants')
      named(t, 'name')
      t.boolean('active').notNullable().defaultTo(true)
      t.check(`kind in ('lab', 'sso', 'other') and (kind <> 'lab' or tenant is null)`)
    },
    { grant: '' }
  )
  await knex.raw(`create view tenant_facilities as
    with recursive up as (
      select t.id, t.parent_id from tenants t where t.id = app.tenant_id()
      union select t.id, t.parent_id from up join tenants t on t.id = up.parent_id)
    select f.id, f.kind, f.name, f.name_folded, f.active, f.version, f.updated_at from facilities f
    where f.tenant is null or f.tenant in (select id from up)`)
  await knex.raw(`grant select on tenant_facilities to ${SERVER_ROLE}`)
}

/** Logins. The server may add one, and reads none: app.taken says whether a name is free. */
async function users(knex: Knex): Promise<void> {
  await globalTable(
    knex,
    'users',
    t => {
      t.specificType('id', CODE).primary()
      codes(t, 'username', 'email', 'phone_e164', 'password_hash')
      t.boolean('is_admin').notNullable().defaultTo(false)
      t.boolean('notifications').notNullable().defaultTo(true)
      t.timestamp('disabled_at')
      t.timestamp('email_verified_at')
      t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    },
    { grant: 'insert' }
  )
  await knex.raw('create unique index users_username_key on users (lower(username))')
  await knex.raw('create unique index users_email_key on users (lower(email))')
  await knex.raw('create unique index users_phone_key on users (phone_e164)')
  await door(
    knex,
    'app.taken(a_username text, an_email text, a_phone text)',
    'table(username boolean, email boolean, phone boolean)',
    `select exists (select from users u where lower(u.username) = lower(a_username collate "C")),
      exists (select from users u where lower(u.email) = lower(an_email collate "C")),
      exists (select from users u where u.phone_e164 = a_phone)`
  )
}

/** What the server may change of a user, by a membership of the bound tenant. */
async function userDoors(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.set_notifications(membership text, enabled boolean)',
    'void',
    `update users u set notifications = enabled from memberships m
     where m.tenant_id = app.tenant_id() and m.id = membership and u.id = m.user_id`
  )
}

/** User x tenant. No foreign key leads to users: they are not the tenant's. */
async function memberships(knex: Knex): Promise<void> {
  await tenantTable(knex, 'memberships', t => {
    t.specificType('id', CODE).notNullable()
    t.specificType('user_id', CODE).notNullable().index()
    t.specificType('membership_role', CODE).notNullable().defaultTo('STAFF')
    t.boolean('is_provider').notNullable().defaultTo(false)
    t.specificType('access_roles', 'text[]').notNullable().defaultTo('{}')
    t.specificType('status', CODE).notNullable().defaultTo('pending')
    t.timestamp('accepted_at')
    t.timestamp('disabled_at')
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    t.primary(['tenant_id', 'id'])
    t.unique(['tenant_id', 'user_id'], { indexName: 'memberships_user_key' })
    t.check(`membership_role in ('STAFF', 'CLINIC_ADMIN') and status in ('approved', 'pending', 'suspended')`)
  })
  await tenantTable(knex, 'membership_profiles', t => {
    t.specificType('membership_id', CODE).notNullable()
    named(t, 'full_name')
    texts(t, 'notes')
    t.jsonb('preferences').notNullable().defaultTo('{}')
    t.primary(['tenant_id', 'membership_id'])
    t.foreign(['tenant_id', 'membership_id']).references(['tenant_id', 'id']).inTable('memberships').onDelete('CASCADE')
    t.index(['tenant_id', 'full_name_folded', 'membership_id'])
  })
  await tenantTable(knex, 'invitations', t => {
    t.specificType('id', CODE).notNullable()
    t.specificType('user_id', CODE).notNullable()
    t.specificType('token_hash', CODE).notNullable().index()
    t.timestamp('expires_at').notNullable()
    t.timestamp('used_at')
    t.primary(['tenant_id', 'id'])
  })
}

/** OAuth clients and the keys that sign tokens: behind doors only. */
async function clients(knex: Knex): Promise<void> {
  const hidden = { grant: '' }
  await globalTable(
    knex,
    'oauth_clients',
    t => {
      t.specificType('id', CODE).primary()
      t.specificType('tenant', CODE).notNullable()
      t.specificType('secret_hash', CODE)
      t.jsonb('jwks')
      t.text('scopes').notNullable().defaultTo('')
      t.timestamp('disabled_at')
      t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    },
    hidden
  )
  await door(
    knex,
    'app.client(client_id text)',
    'table(id text, tenant text, scopes text, secret_hash text, jwks jsonb, disabled boolean)',
    `select c.id, c.tenant, c.scopes, c.secret_hash, c.jwks, c.disabled_at is not null from oauth_clients c
     where c.id = client_id`
  )
  await globalTable(
    knex,
    'signing_keys',
    t => {
      t.specificType('kid', CODE).primary()
      t.jsonb('jwk').notNullable()
      t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    },
    hidden
  )
  await door(
    knex,
    'app.signing_keys()',
    'setof jsonb',
    'select k.jwk from signing_keys k order by k.created_at desc, k.kid'
  )
  await door(
    knex,
    'app.add_signing_key(kid text, jwk jsonb)',
    'void',
    'insert into signing_keys (kid, jwk) values (add_signing_key.kid, add_signing_key.jwk)'
  )
}

/** What a code of PractitionerRole.code says of its holder: clinical work, and appointments. */
async function roleCodes(knex: Knex): Promise<void> {
  await globalTable(knex, 'role_codes', t => {
    codes(t, 'system', 'code')
    t.boolean('clinical').notNullable()
    t.boolean('provider').notNullable()
    t.primary(['system', 'code'])
  })
  const clinical = ['http://hl7.org/fhir/practitioner-role', 'http://terminology.hl7.org/CodeSystem/practitioner-role']
  await knex('role_codes').insert([
    ...clinical.flatMap(system =>
      ['doctor', 'nurse', 'pharmacist', 'researcher', 'teacher', 'ict'].map(code => ({
        system,
        code,
        clinical: true,
        provider: ['doctor', 'nurse', 'pharmacist'].includes(code)
      }))
    ),
    ...['provider', 'officeManager', 'staff', 'nurse', 'billingStaff'].map(code => ({
      system: 'https://www.healthgorilla.com/administrative-role',
      code,
      clinical: false,
      provider: code === 'provider'
    }))
  ])
}
