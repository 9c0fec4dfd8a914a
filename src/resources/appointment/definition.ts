/** https://hl7.org/fhir/R4/appointment.html */
import { identifiers, references } from '../../mapping/datatypes.js'
import { code, concept, dateTime, integer, reference, text } from '../../mapping/kinds.js'
import { concepts, extension, field, list, type TableSpec } from '../../mapping/spec.js'
import { dateParam, referenceParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'
import { HELD_UNTIL } from './hold.js'

const KEY = 'appointment_id'
const TABLE = 'appointments'
const PARTICIPANTS = 'appointment_participants'

export const appointmentTable: TableSpec = {
  table: TABLE,
  joined: [],
  fields: [
    field('status', code, 'status'),
    field('cancelationReason', concept, 'cancelation_reason'),
    field('appointmentType', concept, 'appointment_type'),
    field('description', text, 'description'),
    field('start', dateTime, 'start_at'),
    field('end', dateTime, 'end_at'),
    field('minutesDuration', integer, 'minutes_duration'),
    field('created', dateTime, 'created'),
    field('comment', text, 'comment'),
    field('patientInstruction', text, 'patient_instruction'),
    field(extension(HELD_UNTIL, 'valueInstant'), dateTime, 'held_until')
  ],
  lists: [
    identifiers('appointment_identifiers', KEY),
    concepts('serviceCategory', 'appointment_categories', KEY),
    concepts('serviceType', 'appointment_types', KEY),
    concepts('specialty', 'appointment_specialties', KEY),
    concepts('reasonCode', 'appointment_reasons', KEY),
    references('reasonReference', 'appointment_reason_references', KEY),
    references('supportingInformation', 'appointment_supporting', KEY),
    references('basedOn', 'appointment_based_on', KEY),
    references('slot', 'appointment_slots', KEY),
    list('participant', PARTICIPANTS, KEY, [
      field('actor.reference', reference, 'actor'),
      field('status', code, 'status'),
      field('required', code, 'required')
    ])
  ]
}

const ACTORS = [
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Patient',
  'RelatedPerson',
  'Device'
]
const actor = place.link(PARTICIPANTS, KEY, 'actor', 'actor')
const actorOf = (type: string) => [{ ...actor, where: { actor_kind: type } }]
const of = (type: string): string => `Appointment.participant.actor.where(resolve() is ${type})`

export const appointment: ResourceDefinition = {
  type: 'Appointment',
  interactions: INTERACTIONS,
  profiles: [],
  lapses: true,
  // IHE Scheduling (ITI-118) asks for it.
  counted: true,
  documentation:
    'Booked, pending (held for a while) and ended appointments. Patients are references or texts, never records.',
  sources: [
    {
      kind: 'table',
      spec: appointmentTable,
      places: {
        identifier: place.identifier('appointment_identifiers', KEY),
        status: [place.code(TABLE, 'id', 'status', 'http://hl7.org/fhir/appointmentstatus')],
        date: [place.instants(TABLE, 'id', 'start_at')],
        'appointment-type': place.rootConcept(TABLE, 'appointment_type'),
        'service-category': place.concept('appointment_categories', KEY),
        'service-type': place.concept('appointment_types', KEY),
        specialty: place.concept('appointment_specialties', KEY),
        'reason-code': place.concept('appointment_reasons', KEY),
        'reason-reference': [place.link('appointment_reason_references', KEY, 'target')],
        'supporting-info': [place.link('appointment_supporting', KEY, 'target')],
        'based-on': [place.link('appointment_based_on', KEY, 'target')],
        slot: [place.link('appointment_slots', KEY, 'target')],
        'part-status': [place.code(PARTICIPANTS, KEY, 'status', 'http://hl7.org/fhir/participationstatus')],
        actor: [actor],
        practitioner: actorOf('Practitioner'),
        patient: actorOf('Patient'),
        location: actorOf('Location')
      }
    }
  ],
  search: [
    tokenParam('identifier', 'Appointment.identifier'),
    tokenParam('status', 'Appointment.status'),
    dateParam('date', 'Appointment.start'),
    referenceParam('actor', 'Appointment.participant.actor', ACTORS),
    referenceParam('practitioner', of('Practitioner'), ['Practitioner']),
    referenceParam('patient', of('Patient'), ['Patient']),
    referenceParam('location', of('Location'), ['Location']),
    referenceParam('slot', 'Appointment.slot', ['Slot']),
    tokenParam('part-status', 'Appointment.participant.status'),
    tokenParam('appointment-type', 'Appointment.appointmentType'),
    tokenParam('service-category', 'Appointment.serviceCategory'),
    tokenParam('service-type', 'Appointment.serviceType'),
    tokenParam('specialty', 'Appointment.specialty'),
    tokenParam('reason-code', 'Appointment.reasonCode'),
    referenceParam('reason-reference', 'Appointment.reasonReference', [
      'Condition',
      'Procedure',
      'Observation',
      'ImmunizationRecommendation'
    ]),
    referenceParam('supporting-info', 'Appointment.supportingInformation', [
      'DocumentReference',
      'DiagnosticReport',
      'Observation',
      'Condition',
      'QuestionnaireResponse'
    ]),
    referenceParam('based-on', 'Appointment.basedOn', ['ServiceRequest'])
  ]
}
