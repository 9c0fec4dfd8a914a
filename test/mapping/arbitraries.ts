/** Made-up resources of the served types: some of their elements, and extensions of ours and of others. */
import fc from 'fast-check'
import { PLAN_NET, type Json, type Resource } from '../../src/fhir/types.js'
import {
  OURS,
  absence,
  address,
  closure,
  code,
  codeableConcept,
  coding,
  decimal,
  duration,
  element,
  extension,
  foreign,
  hours,
  humanName,
  identifier,
  instant,
  nested,
  object,
  partialDate,
  period,
  positive,
  reference,
  scheduleHours,
  some,
  system,
  telecom,
  text,
  type Arb,
  type Elements
} from './elements.js'

/** A resource with some of the elements, with extensions of ours and of others in any order. */
const resource = (resourceType: string, ours: Arb[], elements: Elements): fc.Arbitrary<Resource> =>
  object({
    ...elements,
    meta: element({ profile: fc.constant<Json>(['http://x.example/p']), source: system, tag: some(coding) }),
    implicitRules: system,
    language: code,
    text: fc.constant<Json>({ status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' }),
    contained: fc.constant<Json>([{ resourceType: 'Patient', id: 'p', extension: [{ url: 'http://x.example/e' }] }]),
    extension: some(fc.oneof(foreign, ...ours), 6),
    modifierExtension: some(foreign),
    identifier: some(identifier)
  }).map(each => ({ resourceType, id: 'made-up', ...each }))

const endpoint = some(reference('Endpoint'))
export const arbitraries: Readonly<Record<string, fc.Arbitrary<Resource>>> = {
  Practitioner: resource(
    'Practitioner',
    [extension(`${OURS}/practitioner-status`, 'valueCode', fc.constantFrom('active', 'on_leave')), closure],
    {
      active: fc.boolean(),
      name: some(humanName),
      telecom: some(telecom),
      address: some(address),
      gender: code,
      birthDate: partialDate,
      _birthDate: fc.constant<Json>({
        extension: [{ url: 'http://x.example/time', valueDateTime: '1970-01-01T08:00:00Z' }]
      }),
      photo: fc.constant<Json>([{ url: 'http://x.example/photo' }]),
      qualification: some(
        element({ identifier: some(identifier), code: codeableConcept, period, issuer: reference('Organization') })
      ),
      communication: some(codeableConcept)
    }
  ),
  PractitionerRole: resource(
    'PractitionerRole',
    [
      extension(`${OURS}/membership-status`, 'valueCode', fc.constantFrom('approved', 'suspended')),
      extension(`${OURS}/is-provider`, 'valueBoolean', fc.boolean()),
      extension(`${PLAN_NET}/network-reference`, 'valueReference', reference('Organization'))
    ],
    {
      active: fc.boolean(),
      period,
      practitioner: reference('Practitioner'),
      organization: reference('Organization'),
      code: some(codeableConcept),
      specialty: some(codeableConcept),
      location: some(
        object({
          reference: fc.constantFrom('Location/1', '#l'),
          display: text,
          extension: some(
            fc.oneof(
              foreign,
              nested(`${OURS}/clinic-assignment`, [
                extension('period', 'valuePeriod', period),
                extension('primary', 'valueBoolean', fc.boolean())
              ])
            ),
            2
          )
        })
      ),
      healthcareService: some(reference('HealthcareService')),
      telecom: some(telecom),
      availableTime: some(hours('availableStartTime', 'availableEndTime')),
      notAvailable: some(absence),
      availabilityExceptions: text,
      endpoint
    }
  ),
  Organization: resource(
    'Organization',
    [extension(`${PLAN_NET}/location-reference`, 'valueReference', reference('Location'))],
    {
      active: fc.boolean(),
      type: some(codeableConcept),
      name: text,
      _name: fc.constant<Json>({ id: 'n' }),
      alias: fc.oneof(some(text), fc.constant<Json>([null, 'Old'])),
      _alias: fc.constant<Json>([{ id: 'a' }]),
      telecom: some(telecom),
      address: some(address),
      partOf: reference('Organization'),
      contact: some(element({ purpose: codeableConcept, name: humanName, address })),
      endpoint
    }
  ),
  Location: resource(
    'Location',
    [extension('http://hl7.org/fhir/StructureDefinition/timezone', 'valueCode', fc.constant('Europe/Madrid')), closure],
    {
      status: code,
      operationalStatus: coding,
      name: text,
      alias: some(text),
      description: text,
      mode: code,
      type: some(codeableConcept),
      telecom: some(telecom),
      address,
      physicalType: codeableConcept,
      position: element({ longitude: decimal, latitude: decimal, altitude: decimal }),
      managingOrganization: reference('Organization'),
      partOf: reference('Location'),
      hoursOfOperation: some(hours('openingTime', 'closingTime')),
      availabilityExceptions: text,
      endpoint
    }
  ),
  HealthcareService: resource(
    'HealthcareService',
    [
      extension(`${OURS}/service-duration`, 'valueDuration', duration),
      extension(`${OURS}/service-price`, 'valueMoney', element({ value: decimal, currency: fc.constant('EUR') })),
      extension(`${OURS}/buffer-before`, 'valueDuration', duration),
      extension(`${OURS}/buffer-after`, 'valueDuration', duration),
      extension(`${OURS}/service-alias`, 'valueString', text),
      extension(`${OURS}/service-provider`, 'valueReference', reference('PractitionerRole'))
    ],
    {
      active: fc.boolean(),
      providedBy: reference('Organization'),
      category: some(codeableConcept),
      type: some(codeableConcept),
      specialty: some(codeableConcept),
      location: some(reference('Location')),
      name: text,
      comment: text,
      telecom: some(telecom),
      coverageArea: some(reference('Location')),
      serviceProvisionCode: some(codeableConcept),
      eligibility: some(element({ code: codeableConcept, comment: text })),
      program: some(codeableConcept),
      characteristic: some(codeableConcept),
      appointmentRequired: fc.boolean(),
      availableTime: some(hours('availableStartTime', 'availableEndTime')),
      notAvailable: some(absence),
      endpoint
    }
  ),
  Endpoint: resource('Endpoint', [], {
    status: code,
    connectionType: coding,
    name: text,
    managingOrganization: reference('Organization'),
    contact: some(telecom),
    period,
    payloadType: some(codeableConcept),
    payloadMimeType: some(code),
    address: system,
    header: some(text)
  }),
  OrganizationAffiliation: resource('OrganizationAffiliation', [], {
    active: fc.boolean(),
    period,
    organization: reference('Organization'),
    participatingOrganization: reference('Organization'),
    network: some(reference('Organization')),
    code: some(codeableConcept),
    specialty: some(codeableConcept),
    location: some(reference('Location')),
    healthcareService: some(reference('HealthcareService')),
    telecom: some(telecom),
    endpoint
  }),
  Schedule: resource(
    'Schedule',
    [
      extension(`${OURS}/slot-minutes`, 'valuePositiveInt', positive),
      extension(`${OURS}/slot-capacity`, 'valuePositiveInt', positive),
      scheduleHours
    ],
    {
      active: fc.boolean(),
      serviceCategory: some(codeableConcept),
      serviceType: some(codeableConcept),
      specialty: some(codeableConcept),
      actor: some(reference('PractitionerRole', 'Location')),
      planningHorizon: period,
      comment: text
    }
  ),
  Slot: resource('Slot', [extension(`${OURS}/service-reference`, 'valueReference', reference('HealthcareService'))], {
    serviceCategory: some(codeableConcept),
    serviceType: some(codeableConcept),
    specialty: some(codeableConcept),
    appointmentType: codeableConcept,
    schedule: reference('Schedule'),
    status: code,
    start: instant,
    end: instant,
    overbooked: fc.boolean(),
    comment: text
  }),
  Appointment: resource('Appointment', [extension(`${OURS}/held-until`, 'valueInstant', instant)], {
    status: code,
    cancelationReason: codeableConcept,
    serviceCategory: some(codeableConcept),
    serviceType: some(codeableConcept),
    specialty: some(codeableConcept),
    appointmentType: codeableConcept,
    reasonCode: some(codeableConcept),
    reasonReference: some(reference('Condition')),
    priority: positive,
    description: text,
    supportingInformation: some(reference('DocumentReference')),
    start: instant,
    end: instant,
    minutesDuration: positive,
    slot: some(reference('Slot')),
    created: fc.oneof(partialDate, instant),
    comment: text,
    patientInstruction: text,
    basedOn: some(reference('ServiceRequest')),
    participant: some(
      element({
        type: some(codeableConcept),
        actor: reference('Patient', 'Practitioner', 'Location'),
        required: code,
        status: code,
        period
      })
    ),
    requestedPeriod: some(period)
  })
}
