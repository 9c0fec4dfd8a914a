/** https://hl7.org/fhir/R4/schedule.html */
import { CANONICAL } from '../../fhir/types.js'
import { identifiers, period, references, scheduleHours } from '../../mapping/datatypes.js'
import { boolean, integer, text } from '../../mapping/kinds.js'
import { concepts, extension, field, type TableSpec } from '../../mapping/spec.js'
import { dateParam, referenceParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'

const KEY = 'schedule_id'
const TABLE = 'schedules'
const EXTENSION = `${CANONICAL}/StructureDefinition`

export const scheduleTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('active', boolean, 'active'),
    ...period(['planningHorizon'], 'horizon'),
    field('comment', text, 'comment'),
    field(extension(`${EXTENSION}/slot-minutes`, 'valuePositiveInt'), integer, 'slot_minutes'),
    field(extension(`${EXTENSION}/slot-capacity`, 'valuePositiveInt'), integer, 'slot_capacity')
  ],
  lists: [
    identifiers('schedule_identifiers', KEY),
    concepts('serviceCategory', 'schedule_categories', KEY),
    concepts('serviceType', 'schedule_types', KEY),
    concepts('specialty', 'schedule_specialties', KEY),
    references('actor', 'schedule_actors', KEY),
    scheduleHours('schedule_hours', KEY)
  ]
}

export const schedule: ResourceDefinition = {
  type: 'Schedule',
  interactions: INTERACTIONS,
  profiles: [],
  documentation: 'A practitioner role at a clinic, for which free Slots are computed.',
  sources: [
    {
      kind: 'table',
      spec: scheduleTable,
      places: {
        identifier: place.identifier('schedule_identifiers', KEY),
        active: [place.flag(TABLE, 'active')],
        date: [place.periods(TABLE, 'id', 'horizon')],
        actor: [place.link('schedule_actors', KEY, 'target')],
        'service-category': place.concept('schedule_categories', KEY),
        'service-type': place.concept('schedule_types', KEY),
        specialty: place.concept('schedule_specialties', KEY)
      }
    }
  ],
  search: [
    tokenParam('identifier', 'Schedule.identifier'),
    tokenParam('active', 'Schedule.active'),
    dateParam('date', 'Schedule.planningHorizon'),
    referenceParam('actor', 'Schedule.actor', [
      'PractitionerRole',
      'Practitioner',
      'Location',
      'HealthcareService',
      'Patient',
      'RelatedPerson',
      'Device'
    ]),
    tokenParam('service-category', 'Schedule.serviceCategory'),
    tokenParam('service-type', 'Schedule.serviceType'),
    tokenParam('specialty', 'Schedule.specialty')
  ]
}
