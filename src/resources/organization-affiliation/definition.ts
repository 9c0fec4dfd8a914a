/** https://hl7.org/fhir/R4/organizationaffiliation.html */
import { PLAN_NET } from '../../fhir/types.js'
import { identifiers, period, references, telecoms } from '../../mapping/datatypes.js'
import { boolean, reference } from '../../mapping/kinds.js'
import { concepts, field, type TableSpec } from '../../mapping/spec.js'
import { dateParam, referenceParam, telecomParams, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'

const KEY = 'affiliation_id'
const TABLE = 'affiliations'

export const affiliationTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('active', boolean, 'active'),
    ...period(),
    field('organization.reference', reference, 'organization'),
    field('participatingOrganization.reference', reference, 'participating')
  ],
  lists: [
    identifiers('affiliation_identifiers', KEY),
    references('network', 'affiliation_networks', KEY),
    concepts('code', 'affiliation_codes', KEY),
    concepts('specialty', 'affiliation_specialties', KEY),
    references('location', 'affiliation_locations', KEY),
    references('healthcareService', 'affiliation_services', KEY),
    telecoms('affiliation_telecoms', KEY),
    references('endpoint', 'affiliation_endpoints', KEY)
  ]
}

export const organizationAffiliation: ResourceDefinition = {
  type: 'OrganizationAffiliation',
  interactions: INTERACTIONS,
  profiles: [`${PLAN_NET}/plannet-OrganizationAffiliation`],
  documentation: 'What an organization does for another one: membership in a network, services at its places.',
  sources: [
    {
      kind: 'table',
      spec: affiliationTable,
      places: {
        identifier: place.identifier('affiliation_identifiers', KEY),
        active: [place.flag(TABLE, 'active')],
        date: [place.periods(TABLE, 'id')],
        period: [place.periods(TABLE, 'id')],
        'primary-organization': [place.link(TABLE, 'id', 'organization', 'organization')],
        'participating-organization': [place.link(TABLE, 'id', 'participating', 'participatingOrganization')],
        network: [place.link('affiliation_networks', KEY, 'target')],
        role: place.concept('affiliation_codes', KEY),
        specialty: place.concept('affiliation_specialties', KEY),
        location: [place.link('affiliation_locations', KEY, 'target')],
        service: [place.link('affiliation_services', KEY, 'target')],
        endpoint: [place.link('affiliation_endpoints', KEY, 'target')],
        ...place.telecomPlaces('affiliation_telecoms', KEY)
      }
    }
  ],
  search: [
    tokenParam('identifier', 'OrganizationAffiliation.identifier'),
    tokenParam('active', 'OrganizationAffiliation.active'),
    dateParam('date', 'OrganizationAffiliation.period'),
    dateParam('period', 'OrganizationAffiliation.period'),
    referenceParam('primary-organization', 'OrganizationAffiliation.organization', ['Organization']),
    referenceParam('participating-organization', 'OrganizationAffiliation.participatingOrganization', ['Organization']),
    referenceParam('network', 'OrganizationAffiliation.network', ['Organization']),
    tokenParam('role', 'OrganizationAffiliation.code'),
    tokenParam('specialty', 'OrganizationAffiliation.specialty'),
    referenceParam('location', 'OrganizationAffiliation.location', ['Location']),
    referenceParam('service', 'OrganizationAffiliation.healthcareService', ['HealthcareService']),
    referenceParam('endpoint', 'OrganizationAffiliation.endpoint', ['Endpoint']),
    ...telecomParams('OrganizationAffiliation.telecom')
  ]
}
