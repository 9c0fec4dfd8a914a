/** People and organizations: the national provider file, practitioners, their roles, organizations. */
import type { Knex } from 'knex'
import { CODE, codes, concept, named, period, reference, texts } from './schema/columns.js'
import * as datatype from './schema/datatypes.js'
import { SERVER_ROLE, triggerFunction } from './schema/functions.js'
import { childTable, rootTable, shownTable } from './schema/tables.js'
import { bumps } from './schema/versions.js'
import { WORDS } from './schema/words-of.js'
import { searchView, wordsTable } from './schema/words.js'

const PRACTITIONER = { of: 'practitioners', key: 'practitioner_id', prefix: 'practitioner' }
const ROLE = { of: 'practitioner_roles', key: 'practitioner_role_id', prefix: 'practitioner_role' }
const ORGANIZATION = { of: 'organizations', key: 'organization_id', prefix: 'organization' }

export async function up(knex: Knex): Promise<void> {
  await npiDirectory(knex)
  await practitioners(knex)
  await uniqueIdentifiers(knex)
  await practitionerRoles(knex)
  await organizations(knex)
}

/** There is no way back: it would drop every tenant's directory. */
export async function down(): Promise<void> {
  throw new Error('The directory cannot be undone: drop the database instead')
}

/** Persons (entity type 1) and organizations (2), shared by all tenants and read-only for the server. */
async function npiDirectory(knex: Knex): Promise<void> {
  await shownTable(knex, 'npi_directory', t => {
    t.specificType('npi', CODE).primary()
    t.specificType('entity_type', CODE).notNullable()
    texts(t, 'organization_name', 'family', 'given', 'middle', 'prefix', 'suffix', 'credential')
    codes(t, 'sex')
    for (const kind of ['practice', 'mailing'])
      texts(t, ...['line1', 'line2', 'city', 'state', 'postal_code', 'country'].map(name => `${kind}_${name}`))
    texts(t, 'phone')
    t.jsonb('taxonomies').notNullable().defaultTo('[]')
    t.boolean('active').notNullable().defaultTo(true)
    t.date('enumerated_on')
    t.check(`entity_type in ('1', '2')`)
  })
  for (const [view, type] of Object.entries({ npi_practitioners: '1', npi_organizations: '2' })) {
    await knex.raw(`create view ${view} as select * from npi_directory where entity_type = '${type}'`)
    await knex.raw(`grant select on ${view} to ${SERVER_ROLE}`)
  }
}

async function practitioners(knex: Knex): Promise<void> {
  await rootTable(knex, 'practitioners', t => {
    t.boolean('active')
    codes(t, 'gender', 'status', 'membership_id')
    t.date('birth_date')
    t.foreign(['tenant_id', 'membership_id']).references(['tenant_id', 'id']).inTable('memberships')
    t.index(['tenant_id', 'active', 'id'])
    t.index(['tenant_id', 'gender', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await memberKey(knex, 'practitioners')
  await before(
    knex,
    'practitioners',
    'active_by_status',
    `begin
       if new.status is not null then new.active := new.status = 'active'; end if;
       return new;
     end`
  )
  await datatype.identifiers(knex, PRACTITIONER)
  await childTable(knex, 'practitioner_names', PRACTITIONER, t => {
    codes(t, 'use')
    texts(t, 'text', 'family')
    for (const name of ['given', 'prefix', 'suffix']) t.specificType(name, 'text[]')
    period(t)
  })
  await datatype.telecoms(knex, PRACTITIONER)
  await datatype.addresses(knex, PRACTITIONER)
  await datatype.closures(knex, PRACTITIONER, 'closures')
  await datatype.concepts(knex, PRACTITIONER, 'communications')
  await childTable(knex, 'practitioner_qualifications', PRACTITIONER, t => {
    concept(t, 'code')
    period(t)
    texts(t, 'issuer')
  })
  for (const name of ['practitioner_name_words', 'practitioner_address_words'] as const)
    await wordsTable(knex, name, WORDS[name])
  await fullNames(knex)
}

/** The full name of a member's profile shows in the practitioner, and finds it. */
async function fullNames(knex: Knex): Promise<void> {
  await bumps(knex, 'membership_profiles', {
    root: 'practitioners',
    via: `select p.tenant_id, p.id from changed c
      join practitioners p on p.tenant_id = c.tenant_id and p.membership_id = c.membership_id`
  })
  await knex.raw(`create view practitioner_full_names with (security_invoker = true) as
    select p.tenant_id, p.id as practitioner_id, m.full_name, m.full_name_folded from membership_profiles m
    join practitioners p on p.tenant_id = m.tenant_id and p.membership_id = m.membership_id
    where m.full_name is not null`)
  await knex.raw(`grant select on practitioner_full_names to ${SERVER_ROLE}`)
}

/** One live row of a root table for a membership. */
async function memberKey(knex: Knex, table: string): Promise<void> {
  await knex.raw(`create unique index ${table}_membership_key on ${table} (tenant_id, membership_id)
    where deleted_at is null`)
}

/** Numbers that name one practitioner of a tenant. Identifiers of a deleted one are gone, so they are free again. */
async function uniqueIdentifiers(knex: Knex): Promise<void> {
  const systems = {
    practitioner_npi_key: 'http://hl7.org/fhir/sid/us-npi',
    practitioner_hpii_key: 'http://ns.electronichealth.net.au/id/hi/hpii/1.0',
    practitioner_prescriber_key: 'http://ns.electronichealth.net.au/id/medicare-prescriber-number'
  }
  for (const [name, system] of Object.entries(systems))
    await knex.raw(
      `create unique index ${name} on practitioner_identifiers (tenant_id, value) where system = '${system}'`
    )
  await knex.raw(`create unique index practitioner_prn_key on practitioner_identifiers (tenant_id, assigner_id, value)
    where type_code = 'PRN'`)
}

async function practitionerRoles(knex: Knex): Promise<void> {
  await rootTable(knex, 'practitioner_roles', t => {
    t.boolean('active')
    period(t)
    reference(t, 'practitioner')
    reference(t, 'organization')
    codes(t, 'membership_id')
    t.foreign(['tenant_id', 'membership_id']).references(['tenant_id', 'id']).inTable('memberships')
    t.index(['tenant_id', 'active', 'id'])
    t.index(['tenant_id', 'practitioner_id', 'practitioner_type', 'id'])
    t.index(['tenant_id', 'organization_id', 'organization_type', 'id'])
    t.index(['tenant_id', 'period_start', 'id'])
    t.index(['tenant_id', 'period_end', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await memberKey(knex, 'practitioner_roles')
  await accountActive(knex)
  await datatype.identifiers(knex, ROLE)
  await datatype.concepts(knex, ROLE, 'codes')
  await datatype.concepts(knex, ROLE, 'specialties')
  await datatype.references(knex, ROLE, 'locations', 'target', t => {
    period(t)
    t.boolean('is_primary')
  })
  await datatype.references(knex, ROLE, 'services')
  await datatype.telecoms(knex, ROLE)
  await datatype.hours(knex, ROLE, 'available_times')
  await datatype.closures(knex, ROLE, 'absences')
  await datatype.references(knex, ROLE, 'endpoints')
}

/** `active` of an account role is what its membership says, so that search finds what is shown. */
async function accountActive(knex: Knex): Promise<void> {
  const truth = (membership: string): string =>
    `${membership}.status = 'approved' and ${membership}.disabled_at is null`
  await before(
    knex,
    'practitioner_roles',
    'active_by_membership',
    `begin
       if new.membership_id is not null then
         new.active := (select ${truth('m')} from memberships m
           where m.tenant_id = new.tenant_id and m.id = new.membership_id);
       end if;
       return new;
     end`
  )
  await triggerFunction(
    knex,
    'memberships_to_roles',
    `begin
       update practitioner_roles r set active = ${truth('c')} from changed c
       where r.tenant_id = c.tenant_id and r.membership_id = c.id and r.active is distinct from (${truth('c')});
       return null;
     end`
  )
  await knex.raw(`create trigger active_by_membership after update on memberships referencing new table as changed
    for each statement execute function app.memberships_to_roles()`)
  await bumps(knex, 'memberships', {
    root: 'practitioner_roles',
    via: `select r.tenant_id, r.id from changed c
      join practitioner_roles r on r.tenant_id = c.tenant_id and r.membership_id = c.id`
  })
}

/** A trigger on each row before it is written; its name sorts before next_version, which looks at what it did. */
async function before(knex: Knex, table: string, name: string, body: string): Promise<void> {
  await triggerFunction(knex, name, body)
  await knex.raw(`create trigger ${name} before insert or update on ${table}
    for each row execute function app.${name}()`)
}

async function organizations(knex: Knex): Promise<void> {
  await rootTable(knex, 'organizations', t => {
    t.boolean('active')
    named(t, 'name')
    reference(t, 'part_of')
    t.index(['tenant_id', 'active', 'id'])
    t.index(['tenant_id', 'name_folded', 'id'])
    t.index(['tenant_id', 'part_of_id', 'part_of_type', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await searchView(knex, 'organizations', 'id', 'name')
  await datatype.identifiers(knex, ORGANIZATION)
  await datatype.concepts(knex, ORGANIZATION, 'types')
  await datatype.aliases(knex, ORGANIZATION)
  await datatype.telecoms(knex, ORGANIZATION)
  await datatype.addresses(knex, ORGANIZATION)
  await datatype.references(knex, ORGANIZATION, 'endpoints')
  await wordsTable(knex, 'organization_address_words', WORDS.organization_address_words)
}
