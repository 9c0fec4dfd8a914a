/** Searches over HTTP that more than one part must agree on: the national directory, places, sounds, hierarchies, logical references. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { PERSONS } from '../../seeds/demo/directory.js'
import { DIRECTORY, PLAN_NET, type Resource } from '../../src/fhir/types.js'
import { NPI } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
const ref = (reference: string) => ({ reference })
const logical = (value: string) => ({ identifier: { system: 'urn:numbers', value }, display: 'Elsewhere' })
const place = (latitude: number, longitude: number) => ({
  status: 'active',
  name: 'Place',
  position: { latitude, longitude }
})
const RESOURCES: Record<string, object> = {
  'Organization/group': { name: 'Smith Group', active: true, partOf: ref('Organization/t-demo') },
  'Organization/hospital': { name: 'General Hospital Schmidt', active: true, partOf: ref('Organization/group') },
  'Organization/ward': {
    name: 'Ward',
    active: true,
    partOf: ref('Organization/hospital'),
    extension: [{ url: `${PLAN_NET}/location-reference`, valueReference: ref('Location/troy') }]
  },
  'Organization/far': { name: 'Far', active: true, partOf: logical('7') },
  'Location/troy': { ...place(42.7284, -73.6918), managingOrganization: ref('Organization/ward') },
  'Location/fiji-east': place(-17, 179.995),
  'Location/fiji-west': place(-17, -179.995),
  'Practitioner/smith': { name: [{ family: 'Smith', given: ['Catherine'] }] },
  'Practitioner/schmidt': { name: [{ text: 'Dr Katharine Schmidt' }] },
  'Practitioner/plain': { name: [{ family: '王', given: ['Jo'] }] },
  'PractitionerRole/logical': {
    practitioner: logical('8'),
    extension: [{ url: `${PLAN_NET}/network-reference`, valueReference: ref('Organization/ward') }],
    location: [logical('9')],
    specialty: [{ coding: [{ system: 'urn:s', code: 's1', display: 'Eye surgery' }], text: 'Surgeon of eyes' }]
  }
}

beforeAll(async () => {
  server = await testServer()
  const entry = Object.entries(RESOURCES).map(([path, elements]) => {
    const [resourceType, id] = path.split('/') as [string, string]
    return { resource: { resourceType, id, ...elements }, request: { method: 'PUT', url: path } }
  })
  const answer = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })
  if (answer.status !== 200) throw new Error(answer.text)
})
afterAll(() => server?.close())

async function ids(query: string): Promise<string[]> {
  const answer = await server.get(query, { Prefer: 'handling=strict' })
  if (answer.status !== 200) throw new Error(`${query}: ${answer.text}`)
  const { entry = [] } = answer.body as Bundle<Resource & { id: string }>
  return entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource!.id)
}

test.each<[string, string[]]>([
  ['Organization?partof:below=Organization/group', ['hospital', 'ward']],
  ['Organization?partof:below=Organization/t-demo&name=Smith,General,Ward', ['group', 'hospital', 'ward']],
  ['Organization?partof:above=Organization/hospital&name=Smith,General,Ward', ['group', 'hospital', 'ward']],
  ['Location?organization:below=Organization/group', ['troy']],
  ['Organization?partof:identifier=urn:numbers|7', ['far']],
  ['Organization?partof:identifier=7', ['far']],
  ['Organization?partof:identifier=urn:other|7', []],
  ['PractitionerRole?practitioner:identifier=urn:numbers|8', ['logical']],
  ['PractitionerRole?location:identifier=urn:numbers|9', ['logical']],
  ['PractitionerRole?location:identifier=urn:numbers|', ['logical']],
  ['PractitionerRole?network=Organization/ward', ['logical']],
  ['PractitionerRole?network.partof.name=general', ['logical']],
  ['Organization?coverage-area=Location/troy', ['ward']],
  ['Organization?coverage-area.near=42.73|-73.69|5', ['ward']],
  ['PractitionerRole?specialty:text=eye', ['logical']],
  ['PractitionerRole?specialty:text=surgeon', ['logical']],
  ['PractitionerRole?specialty:text=urgeon', []],
  ['Location?near=42.73|-73.69|1', ['troy']],
  ['Location?near=42.73|-73.69|10|[mi_i]', ['harbor', 'main', 'troy']],
  ['Location?near=-17|180|1', ['fiji-east', 'fiji-west']],
  ['Location?near=0|0|1', []],
  ['Practitioner?phonetic=Smyth', ['schmidt', 'smith']],
  ['Practitioner?phonetic=kathryn', ['schmidt', 'smith']],
  ['Practitioner?phonetic=王', ['plain']],
  ['Organization?phonetic=Smyth', ['group', 'hospital']],
  ['Organization?phonetic=Jermal', []]
])('%s', async (query, found) => {
  expect((await ids(query)).sort()).toEqual(found)
})

describe('the national directory', () => {
  const { gorilla, garcia } = PERSONS
  const npi = (person: { npi: string }): string => `identifier=${NPI}|${person.npi}`
  const id = (person: { npi: string }): string => `npi-${person.npi}`

  test.each<[string, string[]]>([
    [npi(gorilla), [id(gorilla)]],
    [`${npi(gorilla)}&family=gor&given=joe&address-city=lumberton&active=true`, [id(gorilla)]],
    [`${npi(gorilla)}&name=joe&address-state=TX&address-postalcode=95050`, [id(gorilla)]],
    [`${npi(gorilla)}&address=rain%20forest&_source=${DIRECTORY}`, [id(gorilla)]],
    [`${npi(gorilla)}&_profile=https://healthgorilla.com/fhir/StructureDefinition/hg-practitioner`, [id(gorilla)]],
    [`${npi(gorilla)}&family=other`, []],
    [`${npi(gorilla)}&active=false`, []],
    [`${npi(gorilla)}&communication=en`, []],
    [`_source=${DIRECTORY}&family=Gorilla`, [id(gorilla)]],
    [`_source=${DIRECTORY}&name=gorilla&given=Joe`, [id(gorilla)]],
    [`_source=${DIRECTORY}&address-city=Lumberton`, [id(gorilla)]],
    [`family=Gorilla`, []],
    [`_source=urn:elsewhere&family=Gorilla`, []],
    [npi(garcia), ['dr-garcia']],
    [`${npi(garcia)}&family=other`, []],
    [`${npi(garcia)}&given=${garcia.given}`, ['dr-garcia']],
    [`_source=${DIRECTORY}&family=${garcia.family}&given=${garcia.given}`, []],
    [`_id=${id(garcia)}`, [id(garcia)]],
    [`_id=${id(gorilla)},dr-garcia`, ['dr-garcia', id(gorilla)]]
  ])('Practitioner?%s', async (query, found) => {
    expect(await ids(`Practitioner?${query}`)).toEqual(found)
  })

  test('is read page by page in the order of names', async () => {
    const first = await server.get(`Practitioner?_source=${DIRECTORY}&_sort=family,given&_count=15`)
    const names = ({ entry = [] }: Bundle<Resource>): string[] =>
      entry.map(({ resource }) => (resource!.name as { family: string }[])[0]!.family.toLowerCase())
    const next = (first.body as Bundle).link!.find(({ relation }) => relation === 'next')!.url
    const second = await server.get(next.slice(next.indexOf('Practitioner')))
    const all = [...names(first.body as Bundle<Resource>), ...names(second.body as Bundle<Resource>)]
    expect(all).toHaveLength(30)
    expect(all).toEqual([...all].sort())
  })

  test('organizations too', async () => {
    const { body } = await server.get(`Organization?_source=${DIRECTORY}&_count=1`)
    const { resource } = (body as Bundle<Resource & { id: string; name: string }>).entry![0]!
    expect(resource!.meta!.source).toBe(DIRECTORY)
    const word = encodeURIComponent(resource!.name.slice(0, 8))
    expect(await ids(`Organization?_source=${DIRECTORY}&name=${word}`)).toContain(resource!.id)
  })
})

test('labels are found as they change, by foreign SQL too', async () => {
  const tag = { system: 'urn:tags', code: 'new', display: 'Newly made' }
  const put = (meta: object) =>
    server.put('Practitioner/labelled', { resourceType: 'Practitioner', id: 'labelled', meta, name: [{ text: 'L' }] })
  await put({ tag: [tag], source: 'urn:elsewhere' })
  for (const query of ['_tag=urn:tags|new', '_tag=new', '_tag:text=newly', '_source=urn:elsewhere'])
    expect(await ids(`Practitioner?${query}`)).toEqual(['labelled'])
  await put({ security: [{ ...tag, code: 'shut' }] })
  expect(await ids('Practitioner?_tag=urn:tags|new')).toEqual([])
  expect(await ids('Practitioner?_security=urn:tags|shut')).toEqual(['labelled'])
  await server.sql(
    `update practitioners set rest = jsonb_set(rest, '{meta}', '{"tag":[{"code":"odd"},7],"profile":"none"}') where id = 'labelled'`
  )
  expect(await ids('Practitioner?_tag=|odd')).toEqual(['labelled'])
  expect(await ids('Practitioner?_security=urn:tags|shut')).toEqual([])
  await server.sql(`delete from practitioners where id = 'labelled'`)
  expect(await server.sql(`select from resource_labels where id = 'labelled'`)).toEqual([])
})

test('another tenant sees none of it', async () => {
  const other = await server.as('demo-au')
  for (const query of [
    'Location?near=42.73|-73.69|100',
    'Practitioner?phonetic=smith',
    'PractitionerRole?network=ward'
  ])
    expect(((await other.get(query)).body as Bundle).entry ?? []).toEqual([])
})

test('a distance that nobody understands is refused with what would be right', async () => {
  const answer = await server.get('Location?near=42.73|-73.69|1|furlong')
  expect(refusal(answer)).toMatchObject({ status: 400, code: 'value', expression: 'near' })
})
