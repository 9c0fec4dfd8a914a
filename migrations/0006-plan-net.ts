/** Endpoints, organization affiliations, networks; and what search looks at: labels, sounds, positions, logical references. */
import type { Knex } from 'knex'
import { codes, named, period, reference, texts } from './schema/columns.js'
import * as datatype from './schema/datatypes.js'
import { labelled, labelTable, resourceTable } from './schema/labels.js'
import { foldedTexts, generated, referenceIdentifiers } from './schema/search-columns.js'
import { WORDS } from './schema/words-of.js'
import { searchView, wordsTable } from './schema/words.js'

const ROLE = { of: 'practitioner_roles', key: 'practitioner_role_id', prefix: 'practitioner_role' }
const ORGANIZATION = { of: 'organizations', key: 'organization_id', prefix: 'organization' }
const ENDPOINT = { of: 'endpoints', key: 'endpoint_id', prefix: 'endpoint' }
const AFFILIATION = { of: 'affiliations', key: 'affiliation_id', prefix: 'affiliation' }

export async function up(knex: Knex): Promise<void> {
  await labelTable(knex)
  for (const root of ROOTS) await labelled(knex, root)
  await endpoints(knex)
  await affiliations(knex)
  await datatype.references(knex, ROLE, 'networks')
  await datatype.references(knex, ORGANIZATION, 'coverage_areas')
  await texted(knex)
  await logicalReferences(knex)
  await positions(knex)
  await sounds(knex)
}

/** There is no way back: it would drop endpoints and affiliations of every tenant. */
export async function down(): Promise<void> {
  throw new Error('Endpoints and affiliations cannot be undone: drop the database instead')
}

/** Roots that stand already. */
const ROOTS = ['practitioners', 'practitioner_roles', 'organizations', 'clinics', 'services', 'schedules', 'slots']

async function endpoints(knex: Knex): Promise<void> {
  await resourceTable(knex, 'endpoints', 'Endpoint', t => {
    codes(t, 'status', 'connection_type_system', 'connection_type_code')
    texts(t, 'connection_type_display')
    named(t, 'name')
    reference(t, 'managing_organization')
    period(t)
    t.text('address')
    t.index(['tenant_id', 'status', 'id'])
    t.index(['tenant_id', 'connection_type_code', 'connection_type_system', 'id'], 'endpoints_connection_type_index')
    t.index(['tenant_id', 'connection_type_system', 'id'], 'endpoints_connection_system_index')
    t.index(['tenant_id', 'name_folded', 'id'])
    t.index(
      ['tenant_id', 'managing_organization_id', 'managing_organization_type', 'id'],
      'endpoints_organization_index'
    )
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await searchView(knex, 'endpoints', 'id', 'name')
  await datatype.identifiers(knex, ENDPOINT)
  await datatype.telecoms(knex, ENDPOINT)
  await datatype.concepts(knex, ENDPOINT, 'payload_types')
}

async function affiliations(knex: Knex): Promise<void> {
  await resourceTable(knex, 'affiliations', 'OrganizationAffiliation', t => {
    t.boolean('active')
    period(t)
    reference(t, 'organization')
    reference(t, 'participating')
    t.index(['tenant_id', 'active', 'id'])
    t.index(['tenant_id', 'period_start', 'id'])
    t.index(['tenant_id', 'period_end', 'id'])
    t.index(['tenant_id', 'organization_id', 'organization_type', 'id'])
    t.index(['tenant_id', 'participating_id', 'participating_type', 'id'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await datatype.identifiers(knex, AFFILIATION)
  await datatype.telecoms(knex, AFFILIATION)
  for (const name of ['codes', 'specialties']) await datatype.concepts(knex, AFFILIATION, name)
  for (const name of ['networks', 'locations', 'services', 'endpoints'])
    await datatype.references(knex, AFFILIATION, name)
}

/** Lists of CodeableConcepts, by the beginning of the table's name. */
const CONCEPTS = {
  practitioner: ['communications'],
  practitioner_role: ['codes', 'specialties'],
  organization: ['types'],
  clinic: ['types'],
  service: ['categories', 'types', 'specialties', 'characteristics', 'programs'],
  schedule: ['categories', 'types', 'specialties'],
  slot: ['categories', 'types', 'specialties'],
  endpoint: ['payload_types'],
  affiliation: ['codes', 'specialties']
}

/** Texts and displays for :text; where a concept has a text, `text_folded` is that, so the display gets a column too. */
async function texted(knex: Knex): Promise<void> {
  for (const [prefix, lists] of Object.entries(CONCEPTS)) {
    const key = `${prefix}_id`
    await foldedTexts(knex, { table: `${prefix}_identifiers`, key }, ['type_text', 'type_display'])
    for (const list of lists) await foldedTexts(knex, { table: `${prefix}_${list}`, key }, ['display'], 'text')
  }
  await foldedTexts(knex, { table: 'slots', key: 'id' }, ['appointment_type_text', 'appointment_type_display'])
  await foldedTexts(knex, { table: 'endpoints', key: 'id' }, ['connection_type_display'])
}

/** Tables with references, the column of the root's id, and by column the element's path where a row is not the Reference. */
const REFERENCES: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['practitioner_roles', 'id', { practitioner: 'practitioner', organization: 'organization' }],
  ['practitioner_role_locations', 'practitioner_role_id', { target: '' }],
  ['practitioner_role_services', 'practitioner_role_id', { target: '' }],
  ['practitioner_role_endpoints', 'practitioner_role_id', { target: '' }],
  ['practitioner_role_networks', 'practitioner_role_id', { target: 'valueReference' }],
  ['organizations', 'id', { part_of: 'partOf' }],
  ['organization_endpoints', 'organization_id', { target: '' }],
  ['organization_coverage_areas', 'organization_id', { target: 'valueReference' }],
  ['clinics', 'id', { managing_organization: 'managingOrganization', part_of: 'partOf' }],
  ['clinic_endpoints', 'clinic_id', { target: '' }],
  ['services', 'id', { provided_by: 'providedBy' }],
  ['service_locations', 'service_id', { target: '' }],
  ['service_coverage_areas', 'service_id', { target: '' }],
  ['service_endpoints', 'service_id', { target: '' }],
  ['service_providers', 'service_id', { provider: 'valueReference' }],
  ['schedule_actors', 'schedule_id', { target: '' }],
  ['slots', 'id', { schedule: 'schedule' }],
  ['endpoints', 'id', { managing_organization: 'managingOrganization' }],
  ['affiliations', 'id', { organization: 'organization', participating: 'participatingOrganization' }],
  ['affiliation_networks', 'affiliation_id', { target: '' }],
  ['affiliation_locations', 'affiliation_id', { target: '' }],
  ['affiliation_services', 'affiliation_id', { target: '' }],
  ['affiliation_endpoints', 'affiliation_id', { target: '' }]
]

async function logicalReferences(knex: Knex): Promise<void> {
  for (const [table, key, paths] of REFERENCES) await referenceIdentifiers(knex, { table, key }, paths)
}

/** Comparisons of this type are leakproof, so that under row-level security they reach the index. */
async function positions(knex: Knex): Promise<void> {
  const columns = ['latitude', 'longitude'].map(each => [`position_${each}`, `${each}::double precision`] as const)
  await generated(knex, 'clinics', columns, 'double precision')
  await knex.raw(`create index on clinics (tenant_id, position_latitude, position_longitude, id)
    where position_latitude is not null`)
  // Meters on a sphere, by the haversine formula; the least() keeps the root real for points that face each other.
  await knex.raw(`create function app.distance(a_latitude float8, a_longitude float8, b_latitude float8, b_longitude float8)
    returns float8 immutable strict parallel safe language sql as $$
    select 2 * 6371008.8 * asin(sqrt(least(1, sind((a_latitude - b_latitude) / 2) ^ 2
      + cosd(a_latitude) * cosd(b_latitude) * sind((a_longitude - b_longitude) / 2) ^ 2))) $$`)
}

/**
 * How words of names sound: Double Metaphone, which knows Latin letters only; a word without any sounds as it is written.
 * Rows hold its first code; what is sought is either of its two, so that Smyth finds Schmidt.
 * A words table has a row for each word but the first of a text, which stands at the beginning of the text's own row.
 */
async function sounds(knex: Knex): Promise<void> {
  await knex.raw('create extension if not exists fuzzystrmatch with schema public')
  await knex.raw(`create function app.sound(word text) returns text immutable strict parallel safe language sql as $$
    select coalesce(nullif(lower(public.dmetaphone(regexp_replace(word, '[^a-z]', '', 'g'))), ''), word) collate "C" $$`)
  await knex.raw(`create function app.sounds(value text) returns text[] immutable strict parallel safe language sql as $$
    select array_agg(distinct sound) from unnest(string_to_array(app.fold(value), ' ')) word,
      unnest(array[app.sound(word), lower(public.dmetaphone_alt(regexp_replace(word, '[^a-z]', '', 'g'))) collate "C"]) sound
    where sound <> '' $$`)
  await wordsTable(knex, 'organization_name_words', WORDS.organization_name_words)
  for (const [table, key] of Object.entries({
    practitioner_name_words: 'practitioner_id',
    organization_name_words: 'organization_id'
  })) {
    await generated(knex, table, [['sound', `app.sound(split_part(folded, ' ', 1))`]])
    await knex.raw(`create index on ${table} (tenant_id, sound, ${key})`)
  }
}
