/** The rows are the truth: what another program changes by SQL shows in the next read and search, as a new version. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const made: [string, object][] = [
    ['Organization/practice', { name: 'Old name', active: true }],
    ['Slot/block', { schedule: { reference: 'Schedule/dr-lee-main' }, status: 'busy', ...AT }]
  ]
  for (const [reference, elements] of made) {
    const [resourceType = '', id = ''] = reference.split('/')
    const answer = await server.put(reference, { resourceType, id, ...elements })
    if (answer.status !== 201) throw new Error(answer.text)
  }
})
afterAll(() => server?.close())

const AT = { start: '2027-01-11T09:00:00-05:00', end: '2027-01-11T12:00:00-05:00' }

const read = async (reference: string): Promise<Resource> => (await server.get(reference)).body as Resource
const version = ({ meta }: Resource): number => Number(meta?.versionId)
async function search(query: string): Promise<Resource[]> {
  const { entry = [] } = (await server.get(query)).body as Bundle<Resource & { id: string }>
  return entry.map(({ resource }) => resource!)
}

/** What changes, by which SQL, what the resource then shows, and a search that finds it only then. */
const CHANGES: [reference: string, sql: string, shows: object, search: string][] = [
  [
    'Practitioner/dr-okafor',
    `update practitioners set gender = 'male' where id = 'dr-okafor'`,
    { gender: 'male' },
    '_id=dr-okafor&gender=male'
  ],
  [
    'Practitioner/dr-okafor',
    `update practitioner_names set family = 'Okafor-Smith', text = null where practitioner_id = 'dr-okafor'`,
    { name: [{ use: 'official', family: 'Okafor-Smith', given: ['Adaeze'] }] },
    'family=okafor-smith'
  ],
  [
    'Practitioner/dr-okafor',
    `insert into practitioner_telecoms (tenant_id, practitioner_id, position, system, value)
     values ('demo', 'dr-okafor', 0, 'phone', '+1 518 555 0123')`,
    { telecom: [{ system: 'phone', value: '+1 518 555 0123' }] },
    'phone=%2B1 518 555 0123'
  ],
  [
    'Practitioner/dr-garcia',
    `update membership_profiles set full_name = 'Elena Sanchez' where membership_id = 'garcia'`,
    { name: [{ use: 'official', text: 'Elena Sanchez' }] },
    'name:exact=Elena Sanchez'
  ],
  [
    'PractitionerRole/dr-okafor-harbor',
    `update practitioner_role_specialties set code = '394579002', display = 'Cardiology'
     where practitioner_role_id = 'dr-okafor-harbor'`,
    { specialty: [{ coding: [{ code: '394579002', display: 'Cardiology' }] }] },
    'specialty=394579002'
  ],
  [
    'PractitionerRole/dr-lee',
    `update memberships set status = 'suspended' where id = 'lee'`,
    { active: false },
    'active=false&practitioner=dr-lee'
  ],
  [
    'Organization/practice',
    `update organizations set name = 'New name' where id = 'practice'`,
    { name: 'New name' },
    'name=new name'
  ],
  [
    'Organization/t-demo',
    `update tenants set name = 'Renamed Group' where id = 'demo'`,
    { name: 'Renamed Group' },
    'name=renamed'
  ],
  [
    'Organization/f-lab',
    `update facilities set name = 'Renamed Lab' where id = 'lab'`,
    { name: 'Renamed Lab' },
    'name=renamed lab'
  ],
  [
    'Location/main',
    `update clinics set name = 'Renamed Clinic', address_city = 'Utica' where id = 'main'`,
    { name: 'Renamed Clinic', address: { city: 'Utica' } },
    'name=renamed&address-city=utica'
  ],
  [
    'HealthcareService/haircut',
    `update services set name = 'Trim', duration_min = 50 where id = 'haircut'`,
    {
      name: 'Trim',
      extension: expect.arrayContaining([
        expect.objectContaining({ valueDuration: expect.objectContaining({ value: 50 }) })
      ])
    },
    'name=trim'
  ],
  [
    'Schedule/dr-lee-main',
    `update schedules set active = false where id = 'dr-lee-main'`,
    { active: false },
    'active=false'
  ],
  [
    'Slot/block',
    `update slots set start_at = '2027-01-11T15:00:00Z' where id = 'block'`,
    { start: expect.stringMatching(/^2027-01-11T(15:00:00(\.000)?Z|10:00:00-05:00)$/), end: AT.end },
    'start=2027-01-11T15:00:00Z&status=busy'
  ],
  [
    'Practitioner/npi-1234567893',
    `update npi_directory set family = 'Gorilla-Jones' where npi = '1234567893'`,
    { name: [{ family: 'Gorilla-Jones' }] },
    'identifier=1234567893'
  ]
]

describe('a change by foreign SQL', () => {
  test.each(CHANGES)('of %s: %s', async (reference, sql, shows, query) => {
    const [type, id] = reference.split('/')
    const before = await read(reference)
    if (!query.startsWith('identifier')) expect(await search(`${type}?${query}`)).toEqual([])
    await server.sql(sql)
    const answer = await server.get(reference)
    const after = answer.body as Resource
    expect(after).toMatchObject(shows)
    expect(version(after)).toBe(version(before) + 1)
    expect(answer.headers.etag).toBe(`W/"${version(after)}"`)
    expect(Date.parse(after.meta!.lastUpdated!)).toBeGreaterThanOrEqual(Date.parse(before.meta!.lastUpdated!))
    expect((await search(`${type}?${query}`)).filter(each => each.id === id)).toEqual([after])
    expect(await read(reference)).toEqual(after)
  })

  test('shows in a search that comes before any read', async () => {
    await server.sql(`update clinics set description = 'By the water' where id = 'harbor'`)
    expect(await search('Location?_id=harbor')).toMatchObject([{ description: 'By the water' }])
  })

  test('shows in what is included', async () => {
    await server.sql(`update clinics set description = 'At the quay' where id = 'harbor'`)
    const found = await search('PractitionerRole?_id=pt-novak-harbor&_include=PractitionerRole:location')
    expect(found[1]).toMatchObject({ id: 'harbor', description: 'At the quay' })
  })

  test('of many rows in one transaction is one version of each', async () => {
    const before = await read('Practitioner/dr-lee')
    await server.sql('begin')
    await server.sql(`update practitioners set gender = 'other' where id = 'dr-lee'`)
    await server.sql(`update practitioner_names set suffix = '{PhD}' where practitioner_id = 'dr-lee'`)
    await server.sql(`update practitioners set gender = 'unknown' where id = 'dr-lee'`)
    await server.sql('commit')
    const after = await read('Practitioner/dr-lee')
    expect(version(after)).toBe(version(before) + 1)
    expect(after).toMatchObject({ gender: 'unknown' })
  })

  test('refuses an update that was based on what stood before', async () => {
    const before = await read('Location/main')
    await server.sql(`update clinics set description = 'Two floors' where id = 'main'`)
    const answer = await server.put('Location/main', before, { 'If-Match': `W/"${version(before)}"` })
    expect(refusal(answer)).toMatchObject({ status: 412, expression: 'If-Match' })
    expect(await read('Location/main')).toMatchObject({ description: 'Two floors' })
  })

  test('that deletes a row for good is 404; inserted again it goes on with its versions', async () => {
    const before = version(await read('Organization/practice'))
    await server.sql(`delete from organizations where id = 'practice'`)
    expect((await server.get('Organization/practice')).status).toBe(404)
    expect(await search('Organization?_id=practice')).toEqual([])
    await server.sql(`insert into organizations (tenant_id, id, name) values ('demo', 'practice', 'Back again')`)
    const after = await read('Organization/practice')
    expect(after).toMatchObject({ name: 'Back again' })
    expect(version(after)).toBeGreaterThan(before)
  })

  test('that marks a row as deleted is 410', async () => {
    await server.sql(`update slots set deleted_at = now() where id = 'block'`)
    expect((await server.get('Slot/block')).status).toBe(410)
  })
})

test('without any stored document all answers are the same', async () => {
  const types = ['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'HealthcareService', 'Schedule']
  const all = async (): Promise<unknown[]> => {
    const found = (await Promise.all(types.map(type => search(`${type}?_count=1000`)))).flat()
    const alone = await Promise.all(found.map(({ resourceType, id }) => read(`${resourceType}/${id}`)))
    expect(alone).toEqual(found)
    return found
  }
  const before = await all()
  expect(before.length).toBeGreaterThanOrEqual(30)
  const [{ count }] = (await server.sql(
    'with gone as (delete from resource_history returning 1) select count(*) from gone'
  )) as [{ count: number }]
  expect(Number(count)).toBeGreaterThanOrEqual(30)
  expect(await all()).toEqual(before)
})
