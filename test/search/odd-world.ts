/** A few resources on which odd searches differ: how text is written, where references lead, where and when things are. */
import type { Bundle } from 'fhir/r4.js'
import { PLAN_NET, type Resource } from '../../src/fhir/types.js'
import { testServer, type TestServer } from '../support/server.js'

const ref = (reference: string) => ({ reference })
const concept = (system: string | undefined, code: string, display?: string) => ({
  coding: [{ ...(system && { system }), code, ...(display && { display }) }]
})
const place = (latitude: number, longitude: number) => ({ status: 'active', position: { latitude, longitude } })
const person = (family: string, ...given: string[]) => ({ name: [{ family, given }] })
const MR = { type: concept('http://terminology.hl7.org/CodeSystem/v2-0203', 'MR') }
/** Without Slots: a record of a time long past. */
const visit = (...actors: object[]) => ({
  status: 'fulfilled',
  start: '2020-03-02T09:00:00Z',
  end: '2020-03-02T09:30:00Z',
  participant: actors.map(actor => ({ actor, status: 'accepted' }))
})
const LONG = 'Long '.repeat(100).trim()

export const ODD: Readonly<Record<string, object>> = {
  'Practitioner/nfc': {
    ...person('N\u00fa\u00f1ez', 'Jos\u00e9'),
    active: true,
    gender: 'male',
    identifier: [{ system: 'urn:ids', value: 'a,1' }],
    address: [{ city: 'M\u00e1laga', use: 'work' }],
    meta: { tag: [{ system: 'urn:tags', code: 'one' }, { code: 'bare' }], source: 'urn:a:b' }
  },
  'Practitioner/nfd': { ...person('Nu\u0301n\u0303ez', 'Jose\u0301'), active: true, gender: 'female' },
  'Practitioner/plain': { ...person('Nunez', 'Jose'), active: false, identifier: [{ value: 'a,1' }] },
  'Practitioner/comma': {
    ...person('Smith, Jr', 'A|B$C\\D'),
    identifier: [
      { system: 'urn:ids', value: 'x|y$z\\w', ...MR },
      { system: 'urn:ids', value: 'two' }
    ]
  },
  'Practitioner/plus': {
    ...person('A+B C%D_E', 'Straße'),
    telecom: [{ system: 'email', value: 'Mixed.Case@example.org' }]
  },
  'Practitioner/long': person(LONG, 'Tail'),
  'Practitioner/bare': { active: true },
  'Organization/group': { active: true, name: 'Odd Group', type: [concept('urn:types', 'group', 'A Group')] },
  'Organization/part': { active: true, name: 'Odd Part', partOf: ref('Organization/group') },
  'PractitionerRole/literal': {
    active: true,
    practitioner: ref('Practitioner/nfc'),
    organization: ref('Organization/part'),
    location: [ref('Location/zero'), ref('http://other.example/fhir/Location/1')],
    period: { start: '2026-03-01', end: '2026-03-31' },
    specialty: [concept('urn:s', 'eye', 'Eye surgery'), concept('urn:s', 'ear')]
  },
  'PractitionerRole/absolute': {
    practitioner: ref('Practitioner/nfd'),
    organization: ref('http://other.example/fhir/Organization/1'),
    location: [ref('http://other.example/fhir/Location/1')],
    period: { start: '2026-03-15' },
    specialty: [concept(undefined, 'eye')]
  },
  'PractitionerRole/logical': {
    practitioner: ref('Practitioner/nfd'),
    organization: { identifier: { system: 'urn:orgs', value: '7' } },
    period: { end: '2026-03-15' },
    specialty: [{ text: 'Eye only as text' }]
  },
  'PractitionerRole/shown': { practitioner: ref('Practitioner/plain'), organization: { display: 'Some Hospital' } },
  'PractitionerRole/none': { practitioner: ref('Practitioner/comma'), active: false },
  'PractitionerRole/inside': {
    contained: [{ resourceType: 'Organization', id: 'o', active: true, name: 'Inside' }],
    practitioner: ref('Practitioner/comma'),
    organization: ref('#o')
  },
  'PractitionerRole/networks': {
    practitioner: ref('Practitioner/plus'),
    extension: [
      { url: `${PLAN_NET}/network-reference`, valueReference: ref('http://other.example/fhir/Organization/2') }
    ]
  },
  'Location/zero': { ...place(0, 0), name: 'Zero' },
  'Location/north': place(90, 12),
  'Location/south': place(-90, -170),
  'Location/west': place(10, -180),
  'Location/east': place(10, 180),
  'Location/nowhere': { status: 'active', name: 'Nowhere' },
  'HealthcareService/scan': {
    active: true,
    name: 'Scan',
    providedBy: ref('Organization/group'),
    type: [concept('urn:t', 'scan')]
  },
  'Endpoint/direct': {
    status: 'active',
    connectionType: { system: 'urn:c', code: 'direct' },
    payloadType: [{ text: 'any' }],
    address: 'mailto:a@example.org'
  },
  'Appointment/elsewhere': visit(ref('https://ehr.example/fhir/Patient/7')),
  'Appointment/known': visit({ type: 'Patient', identifier: { system: 'urn:mrn', value: '8' } }),
  'Appointment/record': visit(ref('Patient/7')),
  'Appointment/nobody': visit(ref('Location/zero')),
  'Schedule/plain': {
    active: true,
    actor: [ref('Practitioner/nfc')],
    planningHorizon: { start: '2026-01-01T00:00:00Z', end: '2026-12-31T23:59:59Z' }
  }
}

export async function oddServer(): Promise<TestServer> {
  const server = await testServer({ environment: { CHAIN_STEPS: '3' } })
  const entry = Object.entries(ODD).map(([path, elements]) => {
    const [resourceType, id] = path.split('/') as [string, string]
    return { resource: { resourceType, id, ...elements }, request: { method: 'PUT', url: path } }
  })
  const answer = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })
  if (answer.status !== 200) throw new Error(answer.text)
  return server
}

/** Ids of the odd ones that match, in the order of the answer. */
export function oddMatches(body: Bundle<Resource & { id: string }>): string[] {
  const matches = (body.entry ?? []).filter(({ search }) => search?.mode === 'match')
  return matches.flatMap(({ resource }) => (`${resource!.resourceType}/${resource!.id}` in ODD ? resource!.id : []))
}
