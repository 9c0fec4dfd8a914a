/** https://hl7.org/fhir/R4/healthcareservice.html */
import { CANONICAL, PLAN_NET } from '../../fhir/types.js'
import { absences, availableTimes, identifiers, references, telecoms } from '../../mapping/datatypes.js'
import { boolean, minutes, money, reference, text } from '../../mapping/kinds.js'
import { concepts, extension, field, list, type TableSpec } from '../../mapping/spec.js'
import { referenceParam, stringParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'

const KEY = 'service_id'
const TABLE = 'services'
const EXTENSION = `${CANONICAL}/StructureDefinition`

export const serviceTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('active', boolean, 'active'),
    field('providedBy.reference', reference, 'provided_by'),
    field('name', text, 'name'),
    field('comment', text, 'comment'),
    field('appointmentRequired', boolean, 'appointment_required'),
    field(extension(`${EXTENSION}/service-duration`, 'valueDuration'), minutes, 'duration_min'),
    field(extension(`${EXTENSION}/service-price`, 'valueMoney'), money, 'price'),
    field(extension(`${EXTENSION}/buffer-before`, 'valueDuration'), minutes, 'buffer_before_min'),
    field(extension(`${EXTENSION}/buffer-after`, 'valueDuration'), minutes, 'buffer_after_min')
  ],
  lists: [
    identifiers('service_identifiers', KEY),
    concepts('category', 'service_categories', KEY),
    concepts('type', 'service_types', KEY),
    concepts('specialty', 'service_specialties', KEY),
    concepts('characteristic', 'service_characteristics', KEY),
    concepts('program', 'service_programs', KEY),
    references('location', 'service_locations', KEY),
    references('coverageArea', 'service_coverage_areas', KEY),
    telecoms('service_telecoms', KEY),
    availableTimes('service_hours', KEY),
    absences('service_closures', KEY),
    list([{ extension: `${EXTENSION}/service-alias` }], 'service_aliases', KEY, [field('valueString', text, 'value')]),
    list([{ extension: `${EXTENSION}/service-provider` }], 'service_providers', KEY, [
      // A service whose provider left has none, and is not everybody's.
      field('valueReference.reference', reference, 'provider', { loose: true })
    ]),
    references('endpoint', 'service_endpoints', KEY)
  ]
}

export const healthcareService: ResourceDefinition = {
  type: 'HealthcareService',
  interactions: INTERACTIONS,
  profiles: [`${PLAN_NET}/plannet-HealthcareService`],
  documentation: 'What is offered: duration, price, buffers, hours and the roles that provide it. `provider` is ours.',
  sources: [
    {
      kind: 'table',
      spec: serviceTable,
      places: {
        identifier: place.identifier('service_identifiers', KEY),
        active: [place.flag(TABLE, 'active')],
        name: [place.folded(TABLE, 'id', 'name')],
        organization: [place.link(TABLE, 'id', 'provided_by', 'providedBy')],
        location: [place.link('service_locations', KEY, 'target')],
        'coverage-area': [place.link('service_coverage_areas', KEY, 'target')],
        endpoint: [place.link('service_endpoints', KEY, 'target')],
        provider: [
          place.link('service_providers', KEY, 'provider'),
          {
            form: 'reference',
            table: 'service_practitioners',
            key: KEY,
            id: 'practitioner_id',
            fixedType: 'Practitioner'
          }
        ],
        'service-category': place.concept('service_categories', KEY),
        'service-type': place.concept('service_types', KEY),
        specialty: place.concept('service_specialties', KEY),
        characteristic: place.concept('service_characteristics', KEY),
        program: place.concept('service_programs', KEY)
      }
    }
  ],
  search: [
    tokenParam('identifier', 'HealthcareService.identifier'),
    tokenParam('active', 'HealthcareService.active'),
    stringParam('name', 'HealthcareService.name'),
    referenceParam('organization', 'HealthcareService.providedBy', ['Organization']),
    referenceParam('location', 'HealthcareService.location', ['Location']),
    referenceParam('coverage-area', 'HealthcareService.coverageArea', ['Location']),
    referenceParam('endpoint', 'HealthcareService.endpoint', ['Endpoint']),
    referenceParam('provider', `HealthcareService.extension.where(url='${EXTENSION}/service-provider').value`, [
      'PractitionerRole',
      'Practitioner'
    ]),
    tokenParam('service-category', 'HealthcareService.category'),
    tokenParam('service-type', 'HealthcareService.type'),
    tokenParam('specialty', 'HealthcareService.specialty'),
    tokenParam('characteristic', 'HealthcareService.characteristic'),
    tokenParam('program', 'HealthcareService.program')
  ]
}
