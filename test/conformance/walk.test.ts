/** Each type of the registry, and one made up by the test, does what the CapabilityStatement says. */
import { afterAll, beforeAll } from '@jest/globals'
import { registry } from '../../src/resources/index.js'
import type { Registry } from '../../src/search/registry.js'
import { postExamples } from '../support/examples.js'
import { testServer, type TestServer } from '../support/server.js'
import { device } from './device/definition.js'
import { up } from './device/migration.js'
import { device as sample } from './device/sample.js'
import { FULL, full } from './full.js'
import { walk } from './walk.js'

const all: Registry = new Map([...registry, ['Device', device]])
let server: TestServer
beforeAll(async () => {
  server = await testServer({ registry: all, prepare: up })
  await postExamples(server, [...registry.keys()])
  for (const resource of [{ ...sample, id: 'x-ray' }, { ...sample, id: FULL }, ...full]) {
    const answer = await server.put(`${resource.resourceType}/${resource.id}`, resource)
    if (answer.status !== 201) throw new Error(`${resource.resourceType} is refused: ${answer.text}`)
  }
  // Clients are no Practitioners: entries of members.
  await server.sql(`insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id)
    select tenant_id, 'by-' || user_id, user_id, 'USER_UPDATED', 'Location', 'main' from memberships where tenant_id = 'demo'`)
}, 60_000)
afterAll(() => server?.close())

const slot = {
  schedule: { reference: 'Schedule/dr-lee-main' },
  start: '2027-02-01T08:00:00Z',
  end: '2027-02-01T09:00:00Z'
}
/** By type: what is created, and what is changed in it. */
const SAMPLES: Record<string, [elements: object, change: object]> = {
  Practitioner: [{ name: [{ family: 'Walker', given: ['Ann'] }] }, { gender: 'female' }],
  PractitionerRole: [{ practitioner: { reference: 'Practitioner/dr-garcia' } }, { active: false }],
  Organization: [{ name: 'A practice' }, { name: 'Another practice' }],
  Location: [{ name: 'A clinic', status: 'active' }, { status: 'suspended' }],
  HealthcareService: [{ name: 'A service' }, { comment: 'By arrangement' }],
  Endpoint: [
    {
      status: 'active',
      connectionType: { code: 'hl7-fhir-rest' },
      payloadType: [{ text: 'any' }],
      address: 'https://fhir.example/r4'
    },
    { status: 'suspended' }
  ],
  OrganizationAffiliation: [{ organization: { reference: 'Organization/t-demo' } }, { active: false }],
  Schedule: [{ actor: [{ reference: 'Practitioner/dr-garcia' }] }, { active: false }],
  Slot: [{ ...slot, status: 'busy' }, { status: 'busy-unavailable' }],
  Appointment: [
    { status: 'proposed', participant: [{ actor: { display: 'M. Rossi' }, status: 'needs-action' }] },
    { comment: 'Mornings only' }
  ],
  Device: [sample, { status: 'inactive' }]
}
for (const [type, definition] of all) {
  if (!definition.interactions.includes('create')) continue // shown only: has tests of its own
  const [elements, change] = SAMPLES[type]!
  walk(() => server, all, definition, { resourceType: type, ...elements }, change)
}
