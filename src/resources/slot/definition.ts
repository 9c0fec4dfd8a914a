/** https://hl7.org/fhir/R4/slot.html */
import { identifiers } from '../../mapping/datatypes.js'
import { boolean, code, concept, dateTime, reference, text } from '../../mapping/kinds.js'
import { concepts, field, type TableSpec } from '../../mapping/spec.js'
import { dateParam, referenceParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'
import { computedSlots } from './computed.js'
import { SERVICE_REFERENCE } from './resource.js'

const KEY = 'slot_id'
const TABLE = 'slots'

export const slotTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('status', code, 'status'),
    field('start', dateTime, 'start_at'),
    field('end', dateTime, 'end_at'),
    field('schedule.reference', reference, 'schedule'),
    field('overbooked', boolean, 'overbooked'),
    field('comment', text, 'comment'),
    field('appointmentType', concept, 'appointment_type'),
    field([{ extension: SERVICE_REFERENCE }, 'valueReference', 'reference'], reference, 'service')
  ],
  lists: [
    identifiers('slot_identifiers', KEY),
    concepts('serviceCategory', 'slot_categories', KEY),
    concepts('serviceType', 'slot_types', KEY),
    concepts('specialty', 'slot_specialties', KEY)
  ]
}

export const slot: ResourceDefinition = {
  type: 'Slot',
  interactions: INTERACTIONS,
  profiles: [],
  lapses: true,
  documentation:
    'Free Slots follow from hours, closures and bookings (ids `s. ...`); stored are blocks and extra openings.',
  sources: [
    {
      kind: 'table',
      spec: slotTable,
      places: {
        identifier: place.identifier('slot_identifiers', KEY),
        start: [place.instants(TABLE, 'id', 'start_at')],
        'free-start': [{ ...place.instants(TABLE, 'id', 'start_at'), where: { status: 'free' } }],
        status: [place.code(TABLE, 'id', 'status', 'http://hl7.org/fhir/slotstatus')],
        schedule: [place.link(TABLE, 'id', 'schedule', 'schedule')],
        'appointment-type': place.rootConcept(TABLE, 'appointment_type'),
        'service-category': place.concept('slot_categories', KEY),
        'service-type': place.concept('slot_types', KEY),
        specialty: place.concept('slot_specialties', KEY),
        'service-type-reference': [place.literalLink(TABLE, 'id', 'service')]
      }
    },
    computedSlots
  ],
  search: [
    tokenParam('identifier', 'Slot.identifier'),
    dateParam('start', 'Slot.start'),
    dateParam('free-start', "Slot.where(status='free').start"),
    tokenParam('status', 'Slot.status'),
    referenceParam('schedule', 'Slot.schedule', ['Schedule']),
    tokenParam('appointment-type', 'Slot.appointmentType'),
    tokenParam('service-category', 'Slot.serviceCategory'),
    tokenParam('service-type', 'Slot.serviceType'),
    referenceParam('service-type-reference', `Slot.extension.where(url='${SERVICE_REFERENCE}').value`, [
      'HealthcareService'
    ]),
    tokenParam('specialty', 'Slot.specialty')
  ]
}
