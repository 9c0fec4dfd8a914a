/** https://hl7.org/fhir/R4/organization.html */
import { CANONICAL, PLAN_NET } from '../../fhir/types.js'
import { addresses, identifiers, references, telecoms } from '../../mapping/datatypes.js'
import { boolean, reference, text } from '../../mapping/kinds.js'
import { concepts, field, strings, type TableSpec } from '../../mapping/spec.js'
import { addressParams, referenceParam, stringParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'
import { directoryOrganizations } from './directory.js'
import { facilities } from './facilities.js'
import { tenants } from './tenants.js'

const KEY = 'organization_id'
const TABLE = 'organizations'
const COVERAGE = `${PLAN_NET}/location-reference`

export const organizationTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('active', boolean, 'active'),
    field('name', text, 'name'),
    field('partOf.reference', reference, 'part_of')
  ],
  lists: [
    identifiers('organization_identifiers', KEY),
    concepts('type', 'organization_types', KEY),
    strings('alias', 'organization_aliases', KEY),
    telecoms('organization_telecoms', KEY),
    addresses('organization_addresses', KEY),
    references('endpoint', 'organization_endpoints', KEY),
    references([{ extension: COVERAGE }], 'organization_coverage_areas', KEY, ['valueReference'])
  ]
}

export const organization: ResourceDefinition = {
  type: 'Organization',
  interactions: INTERACTIONS,
  profiles: [
    'http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization',
    `${PLAN_NET}/plannet-Organization`,
    `${PLAN_NET}/plannet-Network`,
    `${CANONICAL}/StructureDefinition/tenant`
  ],
  documentation:
    "The tenant's organizations. Ids `t-...` are tenants (one's own and those below), `f-...` facilities, `npi-...` the national directory.",
  sources: [
    {
      kind: 'table',
      spec: organizationTable,
      places: {
        identifier: place.identifier('organization_identifiers', KEY),
        active: [place.flag(TABLE, 'active')],
        name: [place.folded(TABLE, 'id', 'name'), place.folded('organization_aliases', KEY, 'value')],
        phonetic: [place.sounds('organization_name_words', KEY)],
        type: place.concept('organization_types', KEY),
        partof: [place.link(TABLE, 'id', 'part_of', 'partOf')],
        endpoint: [place.link('organization_endpoints', KEY, 'target')],
        'coverage-area': [place.link('organization_coverage_areas', KEY, 'target')],
        ...place.addressPlaces('organization_address_words', KEY, {
          table: 'organization_addresses',
          key: KEY,
          column: 'use'
        })
      }
    },
    tenants,
    facilities,
    directoryOrganizations
  ],
  search: [
    tokenParam('identifier', 'Organization.identifier'),
    tokenParam('active', 'Organization.active'),
    stringParam('name', 'Organization.name | Organization.alias'),
    stringParam('phonetic', 'Organization.name'),
    tokenParam('type', 'Organization.type'),
    referenceParam('partof', 'Organization.partOf', ['Organization']),
    referenceParam('endpoint', 'Organization.endpoint', ['Endpoint']),
    referenceParam('coverage-area', `Organization.extension.where(url='${COVERAGE}').value`, ['Location']),
    ...addressParams('Organization.address')
  ]
}
