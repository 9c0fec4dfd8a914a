/**
 * References to other servers (https://hl7.org/fhir/R4/references.html#literal) are found by their URL: `{column}_url`, made
 * of what `rest` has of the Reference.
 */
import type { Knex } from 'knex'
import { generated } from './schema/search-columns.js'

/** The element in `rest` by table and column of the reference; '' where a row of the table is the Reference. */
const REFERENCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  practitioner_roles: { practitioner: 'practitioner', organization: 'organization' },
  practitioner_role_locations: { target: '' },
  practitioner_role_services: { target: '' },
  practitioner_role_endpoints: { target: '' },
  practitioner_role_networks: { target: 'valueReference' },
  organizations: { part_of: 'partOf' },
  organization_endpoints: { target: '' },
  organization_coverage_areas: { target: 'valueReference' },
  clinics: { managing_organization: 'managingOrganization', part_of: 'partOf' },
  clinic_endpoints: { target: '' },
  services: { provided_by: 'providedBy' },
  service_locations: { target: '' },
  service_coverage_areas: { target: '' },
  service_endpoints: { target: '' },
  service_providers: { provider: 'valueReference' },
  schedule_actors: { target: '' },
  slots: { schedule: 'schedule' },
  endpoints: { managing_organization: 'managingOrganization' },
  affiliations: { organization: 'organization', participating: 'participatingOrganization' },
  affiliation_networks: { target: '' },
  affiliation_locations: { target: '' },
  affiliation_services: { target: '' },
  affiliation_endpoints: { target: '' },
  appointment_reason_references: { target: '' },
  appointment_supporting: { target: '' },
  appointment_based_on: { target: '' },
  appointment_slots: { target: '' },
  appointment_participants: { actor: 'actor' }
}

export async function up(knex: Knex): Promise<void> {
  for (const [table, paths] of Object.entries(REFERENCES)) {
    const columns = Object.entries(paths).map(([column, element]) => [`${column}_url`, urlOf(element)] as const)
    await generated(knex, table, columns)
    for (const [column] of columns)
      await knex.raw(`create index on ${table} (tenant_id, ${column}) where ${column} is not null`)
  }
  await generated(knex, 'appointment_participants', [['actor_kind', KIND]])
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table appointment_participants drop column actor_kind')
  for (const [table, paths] of Object.entries(REFERENCES))
    for (const column of Object.keys(paths)) await knex.raw(`alter table ${table} drop column ${column}_url`)
}

const partOf = (element: string, part: string): string => `rest #>> '{${[element, part].filter(Boolean).join(',')}}'`

/** An absolute one, when it is short enough for an entry of an index. */
function urlOf(element: string): string {
  const reference = partOf(element, 'reference')
  return `case when ${reference} ~ '^([A-Za-z][A-Za-z0-9+.-]*://|urn:)' and length(${reference}) <= 600 then ${reference} end`
}

/**
 * What a participant is, also where it is on another server or known by an identifier or a name alone. {0,1}: to knex a
 * question mark is a placeholder.
 */
const KIND = `coalesce(actor_type, ${partOf('actor', 'type')},
  substring(${partOf('actor', 'reference')} from '/([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}(/_history/[A-Za-z0-9.-]{1,64}){0,1}$'))`
