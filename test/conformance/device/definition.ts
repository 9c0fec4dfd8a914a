/** A made-up type of this server, to show that a folder and a migration are all that a type needs. */
import { identifiers } from '../../../src/mapping/datatypes.js'
import { code, concept, dateTime, reference, text } from '../../../src/mapping/kinds.js'
import { field, list, type TableSpec } from '../../../src/mapping/spec.js'
import { dateParam, referenceParam, stringParam, tokenParam } from '../../../src/search/params.js'
import * as place from '../../../src/search/places.js'
import type { ResourceDefinition } from '../../../src/search/registry.js'

const KEY = 'device_id'
const TABLE = 'devices'

const deviceTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('status', code, 'status'),
    field('manufactureDate', dateTime, 'made_at'),
    field('type', concept, 'type'),
    field('url', text, 'url'),
    field('owner.reference', reference, 'owner'),
    field('location.reference', reference, 'location')
  ],
  lists: [
    identifiers('device_identifiers', KEY),
    list('deviceName', 'device_names', KEY, [field('name', text, 'name'), field('type', code, 'type')])
  ]
}

export const device: ResourceDefinition = {
  type: 'Device',
  interactions: ['read', 'create', 'update', 'patch', 'search-type'],
  profiles: [],
  sources: [
    {
      kind: 'table',
      spec: deviceTable,
      places: {
        identifier: place.identifier('device_identifiers', KEY),
        status: [place.code(TABLE, 'id', 'status', 'http://hl7.org/fhir/device-status')],
        type: place.rootConcept(TABLE, 'type'),
        'device-name': [place.folded('device_names', KEY, 'name')],
        manufactured: [place.instants(TABLE, 'id', 'made_at')],
        url: [{ form: 'uri', table: TABLE, key: 'id', value: 'url' }],
        organization: [place.link(TABLE, 'id', 'owner')],
        location: [place.link(TABLE, 'id', 'location')]
      }
    }
  ],
  search: [
    tokenParam('identifier', 'Device.identifier'),
    tokenParam('status', 'Device.status'),
    tokenParam('type', 'Device.type'),
    stringParam('device-name', 'Device.deviceName.name'),
    dateParam('manufactured', 'Device.manufactureDate'),
    { name: 'url', type: 'uri', expression: 'Device.url' },
    referenceParam('organization', 'Device.owner', ['Organization']),
    referenceParam('location', 'Device.location', ['Location'])
  ]
}
