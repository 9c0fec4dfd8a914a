/** https://hl7.org/fhir/R4/location.html */
import { PLAN_NET } from '../../fhir/types.js'
import { addressFields, closures, hours, identifiers, references, telecoms } from '../../mapping/datatypes.js'
import { code, decimal, reference, text } from '../../mapping/kinds.js'
import { concepts, extension, field, strings, type TableSpec } from '../../mapping/spec.js'
import { addressParams, referenceParam, stringParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'

const KEY = 'clinic_id'
const TABLE = 'clinics'

export const clinicTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('status', code, 'status'),
    field('operationalStatus.system', code, 'operational_status_system'),
    field('operationalStatus.code', code, 'operational_status_code'),
    field('name', text, 'name'),
    field('description', text, 'description'),
    field('mode', code, 'mode'),
    ...addressFields(['address'], 'address_'),
    field('position.longitude', decimal, 'longitude'),
    field('position.latitude', decimal, 'latitude'),
    field('managingOrganization.reference', reference, 'managing_organization'),
    field('partOf.reference', reference, 'part_of'),
    field(extension('http://hl7.org/fhir/StructureDefinition/timezone', 'valueCode'), code, 'time_zone')
  ],
  lists: [
    identifiers('clinic_identifiers', KEY),
    concepts('type', 'clinic_types', KEY),
    strings('alias', 'clinic_aliases', KEY),
    telecoms('clinic_telecoms', KEY),
    hours('hoursOfOperation', 'clinic_hours', KEY, 'openingTime', 'closingTime'),
    closures('clinic_closures', KEY),
    references('endpoint', 'clinic_endpoints', KEY)
  ]
}

export const location: ResourceDefinition = {
  type: 'Location',
  interactions: INTERACTIONS,
  profiles: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-location', `${PLAN_NET}/plannet-Location`],
  documentation: 'A place of the tenant: a clinic, with its hours, closures and time zone.',
  sources: [
    {
      kind: 'table',
      spec: clinicTable,
      places: {
        identifier: place.identifier('clinic_identifiers', KEY),
        status: [place.code(TABLE, 'id', 'status', 'http://hl7.org/fhir/location-status')],
        'operational-status': [place.token(TABLE, 'id', 'operational_status_code', 'operational_status_system')],
        name: [place.folded(TABLE, 'id', 'name'), place.folded('clinic_aliases', KEY, 'value')],
        type: place.concept('clinic_types', KEY),
        organization: [place.link(TABLE, 'id', 'managing_organization', 'managingOrganization')],
        partof: [place.link(TABLE, 'id', 'part_of', 'partOf')],
        endpoint: [place.link('clinic_endpoints', KEY, 'target')],
        near: [
          { form: 'position', table: TABLE, key: 'id', latitude: 'position_latitude', longitude: 'position_longitude' }
        ],
        ...place.addressPlaces('clinic_address_words', KEY, { table: TABLE, key: 'id', column: 'address_use' })
      }
    }
  ],
  search: [
    tokenParam('identifier', 'Location.identifier'),
    tokenParam('status', 'Location.status'),
    tokenParam('operational-status', 'Location.operationalStatus'),
    stringParam('name', 'Location.name | Location.alias'),
    tokenParam('type', 'Location.type'),
    referenceParam('organization', 'Location.managingOrganization', ['Organization']),
    referenceParam('partof', 'Location.partOf', ['Location']),
    referenceParam('endpoint', 'Location.endpoint', ['Endpoint']),
    { name: 'near', type: 'special', expression: 'Location.position' },
    ...addressParams('Location.address')
  ]
}
