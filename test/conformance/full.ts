/** One resource of each type with every element that its type can be searched by. */
import type { Resource } from '../../src/fhir/types.js'
import { CANONICAL, PLAN_NET } from '../../src/fhir/types.js'

export const FULL = 'full'

const ref = (reference: string) => ({ reference })
const concept = (code: string) => ({ coding: [{ system: 'urn:example:codes', code, display: `Code ${code}` }] })
const identifier = (value: string) => [{ system: 'urn:example:numbers', value, type: { text: 'Number' } }]
const telecom = [
  { system: 'phone', value: '+1 518 555 0177', use: 'work' },
  { system: 'email', value: 'full@clinic.example' }
]
const address = { use: 'work', line: ['1 Full Street'], city: 'Troy', state: 'NY', postalCode: '12180', country: 'US' }
const endpoint = [ref(`Endpoint/${FULL}`)]
/** Soon: without bounds a search for Slots covers the planning horizon. */
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()
const during = { start: '2026-01-01T00:00:00Z', end: '2030-01-01T00:00:00Z' }

const meta = {
  profile: ['http://example.org/StructureDefinition/full'],
  source: 'http://example.org/source',
  tag: [{ system: 'urn:example:tags', code: 'full' }],
  security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N' }]
}
const made = (resourceType: string, elements: object): Resource => ({ resourceType, id: FULL, meta, ...elements })
const planNet = (name: string, reference: string) => ({
  url: `${PLAN_NET}/${name}`,
  valueReference: ref(reference)
})

/** In an order in which each refers to what stands before it. */
export const full: readonly Resource[] = [
  made('Endpoint', {
    identifier: identifier('end'),
    status: 'active',
    connectionType: { system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type', code: 'hl7-fhir-rest' },
    name: 'Full server',
    managingOrganization: ref('Organization/t-demo'),
    payloadType: [concept('payload')],
    address: 'https://full.example/fhir'
  }),
  made('Organization', {
    extension: [planNet('location-reference', 'Location/main')],
    identifier: identifier('org'),
    active: true,
    type: [concept('practice')],
    name: 'Full Practice',
    alias: ['Whole Practice'],
    partOf: ref('Organization/t-demo'),
    address: [address],
    endpoint
  }),
  made('Location', {
    identifier: identifier('loc'),
    status: 'active',
    operationalStatus: { system: 'http://terminology.hl7.org/CodeSystem/v2-0116', code: 'O' },
    name: 'Full Clinic',
    type: [concept('clinic')],
    address,
    position: { latitude: 42.73, longitude: -73.69 },
    managingOrganization: ref(`Organization/${FULL}`),
    partOf: ref('Location/main'),
    endpoint
  }),
  made('Practitioner', {
    identifier: identifier('pra'),
    active: true,
    name: [{ family: 'Full', given: ['Fiona'] }],
    telecom,
    address: [address],
    gender: 'female',
    communication: [{ coding: [{ system: 'urn:ietf:bcp:47', code: 'es' }] }]
  }),
  made('HealthcareService', {
    identifier: identifier('ser'),
    active: true,
    extension: [
      {
        url: `${CANONICAL}/StructureDefinition/service-provider`,
        valueReference: ref('PractitionerRole/dr-garcia-main')
      }
    ],
    providedBy: ref(`Organization/${FULL}`),
    category: [concept('category')],
    type: [concept('type')],
    specialty: [concept('specialty')],
    location: [ref(`Location/${FULL}`)],
    name: 'Full service',
    coverageArea: [ref(`Location/${FULL}`)],
    program: [concept('program')],
    characteristic: [concept('characteristic')],
    endpoint
  }),
  made('PractitionerRole', {
    extension: [planNet('network-reference', `Organization/${FULL}`)],
    identifier: identifier('rol'),
    active: true,
    period: during,
    practitioner: ref(`Practitioner/${FULL}`),
    organization: ref(`Organization/${FULL}`),
    code: [concept('doctor')],
    specialty: [concept('specialty')],
    location: [ref(`Location/${FULL}`)],
    healthcareService: [ref(`HealthcareService/${FULL}`)],
    telecom,
    endpoint
  }),
  made('OrganizationAffiliation', {
    identifier: identifier('aff'),
    active: true,
    period: during,
    organization: ref(`Organization/${FULL}`),
    participatingOrganization: ref('Organization/t-demo'),
    network: [ref(`Organization/${FULL}`)],
    code: [concept('member')],
    specialty: [concept('specialty')],
    location: [ref(`Location/${FULL}`)],
    healthcareService: [ref(`HealthcareService/${FULL}`)],
    telecom,
    endpoint
  }),
  made('Schedule', {
    identifier: identifier('sch'),
    active: true,
    serviceCategory: [concept('category')],
    serviceType: [concept('type')],
    specialty: [concept('specialty')],
    actor: [ref(`PractitionerRole/${FULL}`), ref(`HealthcareService/${FULL}`), ref('Device/x-ray')],
    planningHorizon: during
  }),
  made('Slot', {
    identifier: identifier('slo'),
    extension: [
      {
        url: `${CANONICAL}/StructureDefinition/service-reference`,
        valueReference: ref(`HealthcareService/${FULL}`)
      }
    ],
    serviceCategory: [concept('category')],
    serviceType: [concept('type')],
    specialty: [concept('specialty')],
    appointmentType: concept('appointment'),
    schedule: ref(`Schedule/${FULL}`),
    status: 'free',
    start: inHours(36),
    end: inHours(37)
  }),
  made('Appointment', {
    identifier: identifier('app'),
    status: 'proposed',
    serviceCategory: [concept('category')],
    serviceType: [concept('type')],
    specialty: [concept('specialty')],
    appointmentType: concept('appointment'),
    reasonCode: [concept('reason')],
    reasonReference: [ref('Condition/c1')],
    supportingInformation: [ref('DocumentReference/d1')],
    basedOn: [ref('ServiceRequest/r1')],
    slot: [ref(`Slot/${FULL}`)],
    start: inHours(36),
    end: inHours(37),
    participant: [
      `Practitioner/${FULL}`,
      `PractitionerRole/${FULL}`,
      `Location/${FULL}`,
      `HealthcareService/${FULL}`,
      'Device/x-ray',
      'Patient/p1',
      'RelatedPerson/p2'
    ].map(each => ({ actor: ref(each), status: 'needs-action' }))
  })
]
