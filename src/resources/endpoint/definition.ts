/** https://hl7.org/fhir/R4/endpoint.html */
import { PLAN_NET } from '../../fhir/types.js'
import { identifiers, period, telecoms } from '../../mapping/datatypes.js'
import { code, reference, text } from '../../mapping/kinds.js'
import { concepts, field, type TableSpec } from '../../mapping/spec.js'
import { referenceParam, stringParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'

const KEY = 'endpoint_id'
const TABLE = 'endpoints'

export const endpointTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('status', code, 'status'),
    field('connectionType.system', code, 'connection_type_system'),
    field('connectionType.code', code, 'connection_type_code'),
    field('connectionType.display', text, 'connection_type_display'),
    field('name', text, 'name'),
    field('managingOrganization.reference', reference, 'managing_organization'),
    ...period(),
    field('address', text, 'address')
  ],
  lists: [
    identifiers('endpoint_identifiers', KEY),
    telecoms('endpoint_telecoms', KEY, 'contact'),
    concepts('payloadType', 'endpoint_payload_types', KEY)
  ]
}

export const endpoint: ResourceDefinition = {
  type: 'Endpoint',
  interactions: INTERACTIONS,
  profiles: [`${PLAN_NET}/plannet-Endpoint`],
  documentation: 'Where an organization, a place, a service or a role can be reached electronically.',
  sources: [
    {
      kind: 'table',
      spec: endpointTable,
      places: {
        identifier: place.identifier('endpoint_identifiers', KEY),
        status: [place.code(TABLE, 'id', 'status', 'http://hl7.org/fhir/endpoint-status')],
        'connection-type': place.rootCoding(TABLE, 'connection_type'),
        name: [place.folded(TABLE, 'id', 'name')],
        organization: [place.link(TABLE, 'id', 'managing_organization', 'managingOrganization')],
        'payload-type': place.concept('endpoint_payload_types', KEY)
      }
    }
  ],
  search: [
    tokenParam('identifier', 'Endpoint.identifier'),
    tokenParam('status', 'Endpoint.status'),
    tokenParam('connection-type', 'Endpoint.connectionType'),
    stringParam('name', 'Endpoint.name'),
    referenceParam('organization', 'Endpoint.managingOrganization', ['Organization']),
    tokenParam('payload-type', 'Endpoint.payloadType')
  ]
}
