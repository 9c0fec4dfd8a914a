/** Where and when: clinics, services, schedules and stored slots. */
import type { Knex } from 'knex'
import { address, codes, concept, named, period, reference, texts } from './schema/columns.js'
import * as datatype from './schema/datatypes.js'
import { door, SERVER_ROLE } from './schema/functions.js'
import { rootTable } from './schema/tables.js'
import { WORDS } from './schema/words-of.js'
import { searchView, wordsTable } from './schema/words.js'

const CLINIC = { of: 'clinics', key: 'clinic_id', prefix: 'clinic' }
const SERVICE = { of: 'services', key: 'service_id', prefix: 'service' }
const SCHEDULE = { of: 'schedules', key: 'schedule_id', prefix: 'schedule' }
const SLOT = { of: 'slots', key: 'slot_id', prefix: 'slot' }

export async function up(knex: Knex): Promise<void> {
  await shortKeys(knex)
  await clinics(knex)
  await services(knex)
  await serviceProviders(knex)
  await schedules(knex)
  await slots(knex)
}

/** There is no way back: it would drop every tenant's schedules. */
export async function down(): Promise<void> {
  throw new Error('Clinics, services and schedules cannot be undone: drop the database instead')
}

/** Keys for ids of computed Slots: at most eight letters and digits, never reused, never `0`. */
async function shortKeys(knex: Knex): Promise<void> {
  await knex.raw('create sequence app.short_keys maxvalue 1099511627775')
  await door(
    knex,
    'app.short_key()',
    'text',
    `select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', ((k.n >> (5 * i)) & 31)::int + 1, 1), '' order by i desc)
     from (select nextval('app.short_keys') as n) k, generate_series(0, 7) i where k.n >> (5 * i) > 0`
  )
}

function shortKey(knex: Knex, t: Knex.CreateTableBuilder): void {
  t.specificType('short_key', 'text collate "C"').notNullable().defaultTo(knex.raw('app.short_key()'))
}
const uniqueShortKey = (knex: Knex, table: string): Knex.Raw =>
  knex.raw(`create unique index ${table}_short_key_key on ${table} (tenant_id, short_key)`)

async function clinics(knex: Knex): Promise<void> {
  await rootTable(knex, 'clinics', t => {
    codes(t, 'status', 'operational_status_system', 'operational_status_code', 'mode', 'time_zone')
    named(t, 'name')
    texts(t, 'description')
    address(t, 'address_')
    for (const name of ['longitude', 'latitude']) t.specificType(name, 'numeric')
    reference(t, 'managing_organization')
    reference(t, 'part_of')
    t.index(['tenant_id', 'status', 'id'])
    t.index(['tenant_id', 'operational_status_code', 'operational_status_system'], 'clinics_operational_status_index')
    t.index(['tenant_id', 'name_folded', 'id'])
    t.index(['tenant_id', 'address_use', 'id'])
    t.index(['tenant_id', 'managing_organization_id', 'managing_organization_type', 'id'], 'clinics_organization_index')
    t.index(['tenant_id', 'part_of_id', 'part_of_type', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await searchView(knex, 'clinics', 'id', 'name')
  await datatype.identifiers(knex, CLINIC)
  await datatype.concepts(knex, CLINIC, 'types')
  await datatype.aliases(knex, CLINIC)
  await datatype.telecoms(knex, CLINIC)
  await datatype.hours(knex, CLINIC, 'hours')
  await datatype.closures(knex, CLINIC, 'closures')
  await datatype.references(knex, CLINIC, 'endpoints')
  await wordsTable(knex, 'clinic_address_words', WORDS.clinic_address_words)
}

async function services(knex: Knex): Promise<void> {
  await rootTable(knex, 'services', t => {
    shortKey(knex, t)
    t.boolean('active')
    reference(t, 'provided_by')
    named(t, 'name')
    texts(t, 'comment')
    t.boolean('appointment_required')
    t.integer('duration_min')
    t.specificType('price_value', 'numeric')
    codes(t, 'price_currency')
    t.integer('buffer_before_min')
    t.integer('buffer_after_min')
    t.index(['tenant_id', 'active', 'id'])
    t.index(['tenant_id', 'provided_by_id', 'provided_by_type', 'id'])
    t.index(['tenant_id', 'name_folded', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await uniqueShortKey(knex, 'services')
  await searchView(knex, 'services', 'id', 'name')
  await datatype.identifiers(knex, SERVICE)
  for (const name of ['categories', 'types', 'specialties', 'characteristics', 'programs'])
    await datatype.concepts(knex, SERVICE, name)
  for (const name of ['locations', 'coverage_areas', 'endpoints']) await datatype.references(knex, SERVICE, name)
  await datatype.telecoms(knex, SERVICE)
  await datatype.hours(knex, SERVICE, 'hours')
  await datatype.closures(knex, SERVICE, 'closures')
  await datatype.aliases(knex, SERVICE)
}

/** Roles that provide a service, and by them the practitioners: both can be searched for. */
async function serviceProviders(knex: Knex): Promise<void> {
  await datatype.references(knex, SERVICE, 'providers', 'provider')
  await knex.raw(`create view service_practitioners with (security_invoker = true) as
    select p.tenant_id, p.service_id, r.practitioner_id from service_providers p
    join practitioner_roles r on r.tenant_id = p.tenant_id and r.id = p.provider_id
    where p.provider_type = 'PractitionerRole' and r.practitioner_type = 'Practitioner' and r.deleted_at is null`)
  await knex.raw(`grant select on service_practitioners to ${SERVER_ROLE}`)
}

async function schedules(knex: Knex): Promise<void> {
  await rootTable(knex, 'schedules', t => {
    shortKey(knex, t)
    t.boolean('active')
    period(t, 'horizon')
    texts(t, 'comment')
    t.integer('slot_minutes')
    t.integer('slot_capacity')
    t.index(['tenant_id', 'active', 'id'])
    t.index(['tenant_id', 'horizon_start', 'id'])
    t.index(['tenant_id', 'horizon_end', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await uniqueShortKey(knex, 'schedules')
  await datatype.identifiers(knex, SCHEDULE)
  for (const name of ['categories', 'types', 'specialties']) await datatype.concepts(knex, SCHEDULE, name)
  await datatype.references(knex, SCHEDULE, 'actors')
  await datatype.hours(knex, SCHEDULE, 'hours', t => {
    t.integer('minutes')
    t.integer('capacity')
    t.specificType('appointment_types', 'text[]')
  })
}

/** Only what cannot be computed. */
async function slots(knex: Knex): Promise<void> {
  await rootTable(knex, 'slots', t => {
    codes(t, 'status')
    // Milliseconds, as a Slot shows them and as the position of a page carries them.
    t.timestamp('start_at', { precision: 3 })
    t.timestamp('end_at', { precision: 3 })
    reference(t, 'schedule')
    t.boolean('overbooked')
    texts(t, 'comment')
    concept(t, 'appointment_type')
    t.index(['tenant_id', 'status', 'start_at', 'id'])
    t.index(['tenant_id', 'start_at', 'id'])
    t.index(['tenant_id', 'schedule_id', 'schedule_type', 'start_at'])
    t.index(['tenant_id', 'appointment_type_code', 'appointment_type_system'], 'slots_appointment_type_index')
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  // What touches a time began at most a day before it, or is one of these.
  await knex.raw(`create index slots_long on slots (tenant_id, end_at) where end_at - start_at > interval '1 day'`)
  await datatype.identifiers(knex, SLOT)
  for (const name of ['categories', 'types', 'specialties']) await datatype.concepts(knex, SLOT, name)
}
