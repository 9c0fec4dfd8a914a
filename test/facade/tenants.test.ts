/** Two tenants never see each other: not by reading, searching or referring, and neither changes the other's. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { registry } from '../../src/resources/index.js'
import { tableSource } from '../../src/search/registry.js'
import { full } from '../conformance/full.js'
import { searchValues } from '../conformance/values.js'
import { clinicalUser } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { postExamples } from '../support/examples.js'
import { testServer, type TestServer } from '../support/server.js'
import { CROWD } from '../../seeds/demo/directory.js'

/** Types with rows of the tenant; the audit trail has tests of its own. */
const stored = [...registry].filter(([, definition]) => tableSource(definition))
let demo: TestServer
let other: TestServer
/** Ids of the tenant `demo`, by type. */
const theirs = new Map<string, string[]>()
const resources: (Resource & { id: string })[] = []

beforeAll(async () => {
  demo = await testServer()
  await postExamples(demo, [...registry.keys()])
  for (const resource of full) await demo.put(`${resource.resourceType}/${resource.id}`, resource)
  other = await demo.as('demo-au')
  for (const [type, definition] of stored) {
    const { table } = tableSource(definition)!.spec
    const rows = await demo.sql<{ id: string }>(`select id from ${table} where tenant_id = 'demo'`)
    theirs.set(
      type,
      rows.map(({ id }) => id)
    )
    for (const { id } of rows) resources.push((await demo.get(`${type}/${id}`)).body as Resource & { id: string })
  }
}, 60_000)
afterAll(() => demo?.close())

const types = stored.map(([type]) => type)
const EVERYTHING = stored.flatMap(([type, { search }]) => search.map(param => [type, param] as const))

/** Ids of `demo` among what the other tenant is told. */
async function seen(query: string): Promise<string[]> {
  const answer = await other.get(query)
  if (answer.status !== 200) throw new Error(`${query}: ${answer.text}`)
  const { entry = [] } = answer.body as Bundle<Resource & { id: string }>
  return entry.flatMap(({ resource }) =>
    theirs.get(resource!.resourceType)?.includes(resource!.id) ? [`${resource!.resourceType}/${resource!.id}`] : []
  )
}

test('there is something to be hidden of each type', () => {
  for (const type of types) expect(theirs.get(type)?.length).toBeGreaterThan(0)
})

test.each(types)('%s: each is 404 when it is read', async type => {
  for (const id of theirs.get(type)!) expect((await other.get(`${type}/${id}`)).status).toBe(404)
})

test.each(types)('%s: none is found by id, and none without a condition', async type => {
  expect(await seen(`${type}?_count=1000`)).toEqual([])
  expect(await seen(`${type}?_id=${theirs.get(type)!.join()}&_count=1000`)).toEqual([])
  expect(await seen(`${type}?_lastUpdated=gt2000-01-01&_count=1000`)).toEqual([])
})

test.each(EVERYTHING)('%s: none is found by what it holds in $name', async (type, param) => {
  const values = resources
    .filter(({ resourceType }) => resourceType === type)
    .flatMap(resource => searchValues(resource, param))
  for (const value of [...new Set(values)].slice(0, 12))
    expect(await seen(`${type}?${param.name}=${encodeURIComponent(value)}&_count=200`)).toEqual([])
})

test.each(EVERYTHING.filter(([type]) => type !== 'Slot'))(
  '%s: none is found by :missing of $name',
  async (type, { name }) => {
    for (const missing of [true, false])
      expect(await seen(`${type}?${name}:missing=${missing}&_count=1000`)).toEqual([])
  }
)

test.each([
  'PractitionerRole?practitioner.family=Okafor',
  'PractitionerRole?practitioner:Practitioner.name=Garc',
  'Practitioner?_has:PractitionerRole:practitioner:location=main',
  'HealthcareService?provider.practitioner.family=Lee',
  'Schedule?actor:PractitionerRole.practitioner.family=Okafor',
  'Location?organization:above=Organization/t-demo',
  'Slot?schedule=Schedule/dr-garcia-main',
  'Slot?schedule.actor=PractitionerRole/dr-garcia-main',
  'Slot?service-type-reference=HealthcareService/consultation'
])('nothing is found by %s', async query => {
  const { entry = [] } = (await other.get(query)).body as Bundle
  expect(entry.filter(({ search }) => search?.mode !== 'outcome')).toEqual([])
})

test('a computed Slot of the other is 404', async () => {
  const { entry } = (await demo.get('Slot?schedule=Schedule/dr-garcia-main&status=free&_count=3')).body as Bundle
  expect(entry).toHaveLength(3)
  for (const { resource } of entry!) expect((await other.get(`Slot/${resource!.id}`)).status).toBe(404)
})

describe('references that foreign SQL let cross the border', () => {
  beforeAll(async () => {
    await demo.sql(`update practitioner_roles set practitioner_id = 'dr-okafor' where tenant_id = 'demo-au'`)
    await demo.sql(`update practitioner_role_locations set target_id = 'main' where tenant_id = 'demo-au'`)
  })

  test.each([
    'PractitionerRole?_include=PractitionerRole:practitioner&_include=PractitionerRole:location',
    'PractitionerRole?_include=*&_include:iterate=*',
    'Schedule?_include:iterate=*&_include=*',
    'PractitionerRole?practitioner.family=Okafor',
    'PractitionerRole?location.name=Main'
  ])('lead nowhere: %s', async query => {
    expect(await seen(query)).toEqual([])
  })

  test('neither way', async () => {
    const { entry = [] } = (await demo.get('Practitioner?_id=dr-okafor&_revinclude=*')).body as Bundle
    expect(entry.map(({ resource }) => resource!.id)).not.toContain('dr-nguyen-sydney')
  })
})

describe('writes', () => {
  const before = async (reference: string) => (await demo.get(reference)).text

  test.each(types)('%s: under the same id each has its own', async type => {
    const id = theirs.get(type)!.includes('full') ? 'full' : theirs.get(type)![0]!
    const text = await before(`${type}/${id}`)
    const answer = await other.put(`${type}/${id}`, { ...OWN[type], resourceType: type, id })
    expect([answer.status, answer.text]).toEqual([201, expect.anything()])
    expect((await other.delete(`${type}/${id}`)).status).toBe(204)
    expect((await other.get(`${type}/${id}`)).status).toBe(410)
    expect(await before(`${type}/${id}`)).toBe(text)
  })

  test('a delete of what is the other’s does nothing', async () => {
    const text = await before('Location/harbor')
    expect((await other.delete('Location/harbor')).status).toBe(204)
    expect(await before('Location/harbor')).toBe(text)
    expect((await other.get('Location/harbor')).status).toBe(404)
  })

  test('with If-Match of the other’s version: 412', async () => {
    const answer = await other.put(
      'Location/harbor',
      { resourceType: 'Location', id: 'harbor' },
      { 'If-Match': 'W/"1"' }
    )
    expect(refusal(answer)).toMatchObject({ status: 412 })
  })

  test.each([
    ['PractitionerRole', { practitioner: { reference: 'Practitioner/dr-garcia' } }],
    ['PractitionerRole', { organization: { reference: 'Organization/t-demo' } }],
    ['PractitionerRole', { organization: { reference: 'Organization/f-sso' } }],
    ['Schedule', { actor: [{ reference: 'Location/main' }] }],
    ['Location', { partOf: { reference: 'http://localhost:3000/fhir/R4/Location/main' } }]
  ])('%s that refers to what is the other’s is refused, alone and in a transaction', async (type, elements) => {
    const resource = { resourceType: type, ...elements }
    expect(refusal(await other.post(type, resource))).toMatchObject({ status: 422, code: 'not-found' })
    const entry = [{ fullUrl: 'urn:uuid:1', resource, request: { method: 'POST', url: type } }]
    const answer = await other.post('', { resourceType: 'Bundle', type: 'transaction', entry })
    expect(refusal(answer)).toMatchObject({ status: 422, code: 'not-found' })
  })

  test('an account with the sign-on facility of the other is refused', async () => {
    const answer = await other.post('PractitionerRole', clinicalUser(CROWD[0]!))
    expect(refusal(answer)).toMatchObject({
      status: 422,
      expression: expect.stringMatching(/identifier\[2\]\.assigner/)
    })
  })

  test('X-Tenant of the other is 403, and of one above too', async () => {
    for (const tenant of ['t-demo', 't-nowhere'])
      expect(refusal(await other.get('Practitioner', { 'X-Tenant': tenant }))).toMatchObject({ status: 403 })
    const north = await demo.as('demo-north')
    expect((await north.get('Practitioner', { 'X-Tenant': 't-demo' })).status).toBe(403)
  })

  test('a page link of the other is refused', async () => {
    const { link } = (await demo.get('Practitioner?_count=2')).body as Bundle
    const next = link!.find(({ relation }) => relation === 'next')!.url.split('/fhir/R4/')[1]!
    expect((await demo.get(next)).status).toBe(200)
    expect((await other.get(next)).status).toBe(400)
  })
})

/** What the other tenant writes under an id that `demo` has. */
const OWN: Record<string, object> = {
  Practitioner: { name: [{ family: 'Own' }] },
  Organization: { name: 'Own' },
  Location: { name: 'Own' },
  HealthcareService: { name: 'Own' },
  PractitionerRole: { active: true },
  Schedule: { actor: [{ display: 'Own' }] },
  Endpoint: {
    status: 'active',
    connectionType: { code: 'hl7-fhir-rest' },
    payloadType: [{ text: 'any' }],
    address: 'https://own.example/r4'
  },
  OrganizationAffiliation: { active: true, organization: { display: 'Own' } },
  Appointment: { status: 'proposed', participant: [{ actor: { display: 'Own' }, status: 'accepted' }] },
  Slot: {
    schedule: { reference: 'Schedule/dr-nguyen-sydney' },
    status: 'busy',
    start: '2027-01-11T09:00:00Z',
    end: '2027-01-11T12:00:00Z'
  }
}
