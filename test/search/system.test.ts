/** Search of several types at once. https://hl7.org/fhir/R4/http.html#search */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

type Found = Bundle<Resource & { id: string }>
const STRICT = { Prefer: 'handling=strict' }
const TAG = 'urn:example|mixed'

let server: TestServer
const expected: string[] = []
beforeAll(async () => {
  server = await testServer()
  const meta = { tag: [{ system: 'urn:example', code: 'mixed' }] }
  // The same ids in each type, and times that all of them share: ties go by id, then by type.
  const entry: object[] = []
  for (let n = 1; n <= 7; n++)
    for (const resourceType of ['Location', 'Organization', 'HealthcareService']) {
      const id = `same-${n}`
      const resource = { resourceType, id, meta, name: `Mixed ${n}` }
      entry.push({ resource, request: { method: 'PUT', url: `${resourceType}/${id}` } })
      expected.push(`${resourceType}/${id}`)
    }
  await server.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(200)
  for (const table of ['clinics', 'organizations', 'services']) {
    await server.sql(`alter table ${table} disable trigger user`)
    await server.sql(`update ${table} set updated_at = '2026-01-01' where id like 'same-%' and id < 'same-6'`)
    await server.sql(`alter table ${table} enable trigger user`)
  }
})
afterAll(() => server?.close())

const page = async (path: string): Promise<Found> => {
  const answer = await server.get(path, STRICT)
  if (answer.status !== 200) throw new Error(`${path}: ${answer.text}`)
  return answer.body as Found
}
const namesOf = ({ entry = [] }: Found): string[] =>
  entry.flatMap(({ resource, search }) => (search?.mode === 'match' ? `${resource!.resourceType}/${resource!.id}` : []))
const linkOf = ({ link = [] }: Found, relation: string): string | undefined => {
  const url = link.find(each => each.relation === relation)?.url
  return url?.slice(url.indexOf('?'))
}

test.each(['', '_sort=_lastUpdated&', '_sort=-_lastUpdated&', '_sort=-_id&', '_sort=-name&', '_sort=name,-_id&'])(
  'pages by %s meet each once, forth and back',
  async sort => {
    const forth: string[][] = []
    let last: Found | undefined
    let query: string | undefined = `?_type=Organization,HealthcareService,Location&${sort}_tag=${TAG}&_count=4`
    while (query) {
      last = await page(query)
      forth.push(namesOf(last))
      query = linkOf(last, 'next')
    }
    expect(forth.length).toBe(6)
    expect([...forth.flat()].sort()).toEqual([...expected].sort())
    const back: string[][] = []
    while ((query = linkOf(last!, 'previous'))) back.unshift(namesOf((last = await page(query))))
    expect(back.flat()).toEqual(forth.slice(0, -1).flat())
  }
)

test('without _type all types that the token may search, by GET and POST alike', async () => {
  const all = await page(`?_tag=${TAG}&_total=accurate&_count=5`)
  expect(all).toMatchObject({ total: 21, type: 'searchset' })
  expect(all.entry).toHaveLength(6) // and the outcome that tells of Slots
  expect(linkOf(all, 'self')).toContain('_type=Practitioner,PractitionerRole,')
  const posted = await server.http
    .post('/fhir/R4/_search')
    .set('Authorization', `Bearer ${server.token}`)
    .type('form')
    .send({ _tag: TAG, _total: 'accurate', _count: '5' })
  expect(posted.body).toEqual(all)
  expect((await page(`?_tag=${TAG}&_summary=count`)).total).toBe(21)

  const reader = await server.as('demo', 'system/Location.rs system/Organization.r')
  const some = (await reader.get(`?_tag=${TAG}`)).body as Found
  expect(namesOf(some)).toEqual(expected.filter(name => name.startsWith('Location/')))
  expect(refusal(await reader.get('?_type=Location,Organization'))).toMatchObject({ status: 403, code: 'forbidden' })
  const none = await server.as('demo', 'system/Location.r')
  expect(refusal(await none.get(`?_tag=${TAG}`))).toMatchObject({ status: 403, code: 'forbidden' })
  expect(namesOf((await (await server.as('demo-au')).get(`?_tag=${TAG}`)).body as Found)).toEqual([])
})

test('restrictions of the token count for each type', async () => {
  const some = await server.as('demo', 'system/Location.rs?name=Mixed%203 system/Organization.rs')
  const found = namesOf((await some.get(`?_tag=${TAG}&_type=Location,Organization&_count=50`)).body as Found)
  expect(found.filter(name => name.startsWith('Location/'))).toEqual(['Location/same-3'])
  expect(found).toHaveLength(8)
})

test('one type is searched as by itself, includes and all', async () => {
  const roles = '_include=PractitionerRole:practitioner&_count=50'
  const [one, other] = [await page(`?_type=PractitionerRole&${roles}`), await page(`PractitionerRole?${roles}`)]
  expect(one.entry).toEqual(other.entry)
  expect(linkOf(one, 'self')).toContain('_type=PractitionerRole')
  const mixed = await page(`?_type=PractitionerRole,Location&${roles}&_include=Location:organization`)
  const types = new Set(mixed.entry?.map(({ resource, search }) => `${search?.mode} ${resource?.resourceType}`))
  expect(types).toEqual(
    new Set(['match PractitionerRole', 'match Location', 'include Practitioner', 'include Organization'])
  )
  expect(
    (await server.http.head('/fhir/R4?_type=Location').set('Authorization', `Bearer ${server.token}`)).status
  ).toBe(200)
})

test('what one of the types does not have is left out of the search of all, and told', async () => {
  const path = '?_type=Location,Organization&near=1|1|1|km&_tag=urn:example|mixed'
  const { body } = await server.get(path)
  expect(namesOf(body as Found)).toHaveLength(14)
  expect(linkOf(body as Found, 'self')).not.toContain('near')
  const outcome = (body as Found).entry!.at(-1)!
  expect(JSON.stringify(outcome)).toContain('Organization has no search parameter near')
  expect(refusal(await server.get(path, STRICT))).toMatchObject({ status: 400, code: 'not-supported' })
})

test('free Slots are for a search of their own', async () => {
  const { entry = [] } = (await server.get('?_type=Slot,Schedule')).body as Found
  expect(JSON.stringify(entry.at(-1))).toContain('search Slot by itself')
  expect(entry.some(({ resource }) => resource?.id?.startsWith('s.'))).toBe(false)
  const start = '_type=Slot&status=free&schedule=Schedule/dr-garcia-main&_count=2'
  expect((await page(`?${start}`)).entry!.every(({ resource }) => resource!.id.startsWith('s.'))).toBe(true)
})

test.each([
  ['', 'required'],
  ['?_format=json', 'required'],
  ['?_type=Location,Patient', 'value'],
  ['?_type=Location&_type=Organization', 'value'],
  ['?_type=Location&_cursor=x', 'value'],
  ['?_type=Location,Organization&_lastUpdated=yesterday', 'value']
])('%s is refused', async (path, code) => {
  expect(refusal(await server.get(path, STRICT))).toMatchObject({ status: 400, code })
})

test('in a batch', async () => {
  const entry = [{ request: { method: 'GET', url: `?_type=Location,Organization&_tag=${TAG}` } }]
  const { body } = await server.post('', { resourceType: 'Bundle', type: 'batch', entry })
  expect((body as Bundle).entry![0]).toMatchObject({ response: { status: '200' }, resource: { total: 14 } })
})
