/** References, chains, `_has`, includes and names that nobody knows, as people write them. https://hl7.org/fhir/R4/search.html */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { registry } from '../../src/resources/index.js'
import { COMMON_PARAMS } from '../../src/search/definition.js'
import { refusal } from '../support/outcome.js'
import { BASE, type TestServer } from '../support/server.js'
import { oddMatches, oddServer } from './odd-world.js'

type Page = Bundle<Resource & { id: string }>

let server: TestServer
beforeAll(async () => {
  server = await oddServer()
})
afterAll(() => server?.close())

const ALL = 'absolute inside literal logical networks none shown'
const ROLE = 'PractitionerRole'

test.each([
  [`${ROLE}?organization=part`, 'literal'],
  [`${ROLE}?organization=Organization/part/_history/1`, 'literal'],
  [`${ROLE}?organization=${BASE}/Organization/part`, 'literal'],
  [`${ROLE}?organization:Organization=part`, 'literal'],
  [`${ROLE}?organization=Organization/part,Organization/none`, 'literal'],
  [`${ROLE}?organization=http://other.example/fhir/Organization/1`, 'absolute'],
  [`${ROLE}?organization:Organization=http://other.example/fhir/Organization/1,part`, 'absolute literal'],
  [`${ROLE}?organization=http://other.example/fhir/Organization/2`, ''],
  [`${ROLE}?location=http://other.example/fhir/Location/1`, 'absolute literal'],
  [`${ROLE}?network=http://other.example/fhir/Organization/2`, 'networks'],
  [`Practitioner?_has:${ROLE}:practitioner:location=http://other.example/fhir/Location/1`, 'nfc nfd'],
  ['Organization?partof:below=http://other.example/fhir/Organization/1', 'value'],
  [`${ROLE}?organization=urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0`, ''],
  [`${ROLE}?organization=Practitioner/nfc`, 'value'],
  [`${ROLE}?organization=Organization:part`, 'value'],
  [`${ROLE}?organization=organization/part`, 'value'],
  [`${ROLE}?organization=/Organization/part`, 'value'],
  [`${ROLE}?organization=%23o`, 'value'],
  [`${ROLE}?organization=no%20id`, 'value'],
  [`${ROLE}?organization:not=Organization/part`, 'invalid'],
  [`${ROLE}?organization:Practitioner=part`, 'invalid'],
  // No value at all: to another server, by identifier, into the resource and by display alone are values.
  [`${ROLE}?organization:missing=true`, 'networks none'],
  [`${ROLE}?organization:missing=false`, 'absolute inside literal logical shown'],
  [`${ROLE}?location:missing=true`, 'inside logical networks none shown'],
  [`${ROLE}?location:missing=false`, 'absolute literal'],
  [`${ROLE}?network:missing=false`, 'networks'],
  [`${ROLE}?organization:identifier=7`, 'logical'],
  [`${ROLE}?organization:identifier=|7`, ''],
  [`${ROLE}?organization:identifier=urn:orgs|`, 'logical'],
  [`${ROLE}?organization:identifier=|`, 'value'],
  [`${ROLE}?organization.name:exact=Odd%20Part`, 'literal'],
  [`${ROLE}?organization.partof.name:contains=group`, 'literal'],
  [`${ROLE}?organization.partof.type=urn:types|group`, 'literal'],
  [`${ROLE}?organization.partof:missing=true`, ''],
  [`${ROLE}?practitioner.name=n%C3%BA%C3%B1ez`, 'absolute literal logical shown'],
  [`${ROLE}?practitioner.identifier:not=urn:ids|two`, 'absolute literal logical networks shown'],
  [`${ROLE}?practitioner.family=nunez&practitioner.gender=male`, 'literal'],
  [`${ROLE}?practitioner._tag=one`, 'literal'],
  [`${ROLE}?practitioner._has:Schedule:actor:active=true`, 'literal'],
  [`${ROLE}?location.near=0|0|1`, 'literal'],
  ['Practitioner?_has:PractitionerRole:practitioner:specialty:text=eye', 'nfc nfd'],
  ['Practitioner?_has:PractitionerRole:practitioner:organization.name=odd', 'nfc'],
  ['Practitioner?_has:PractitionerRole:practitioner:organization:missing=true', 'comma plus'],
  ['Practitioner?_has:PractitionerRole:practitioner:active:not=true', 'comma nfd plain plus'],
  ['Practitioner?_has:PractitionerRole:practitioner:active=true&_has:Schedule:actor:active=true', 'nfc'],
  ['Practitioner?_has:=x', 'invalid'],
  ['Organization?_has:Organization:partof:_has:PractitionerRole:organization:practitioner.family=nunez', 'group'],
  // As many steps as the server is told, and one more.
  ['Organization?partof.partof.partof.name=x', ''],
  ['Organization?partof.partof.partof.partof.name=x', 'too-costly'],
  ['Organization?partof.partof.partof._has:Organization:partof:name=x', 'too-costly'],
  ['Appointment?patient=https://ehr.example/fhir/Patient/7', 'elsewhere'],
  ['Appointment?patient:identifier=urn:mrn|8', 'known'],
  ['Appointment?actor:identifier=urn:mrn|8', 'known'],
  ['Appointment?patient=Patient/7', 'record'],
  ['Appointment?patient:missing=true', 'nobody'],
  ['Appointment?practitioner:missing=true', 'elsewhere known nobody record'],
  ['Schedule?actor=nfc', 'plain'],
  ['Schedule?actor.family=nunez', 'plain'],
  ['Schedule?actor:Location=nfc', ''],
  ['?_type=Practitioner,Location&_type=Location&_id=zero,nfc', 'zero'],
  ['?_type=Practitioner,Nope', 'value'],
  ['?_type=Organization,Practitioner&name=odd,nunez&_sort=name', 'group nfc nfd part plain'],
  // About the result.
  ['Practitioner?_id=nfc,nfd&_count=-1', 'value'],
  ['Practitioner?_id=nfc,nfd&_count=1.5', 'value'],
  ['Practitioner?_id=nfc,nfd&_total=exact', 'value'],
  ['Practitioner?_id=nfc&_summary=no', 'value'],
  ['Practitioner?_id=nfc&_summary=', 'nfc'],
  ['Practitioner?_id=nfc&_cursor=', 'value'],
  ['Practitioner?_id=nfc&_cursor=x', 'value'],
  ['Practitioner?_id=nfc,nfd&_sort=,family,', 'nfc nfd'],
  ['Practitioner?_id=nfc,nfd&_sort=-family,family', 'nfc nfd'],
  ['Practitioner?_id=nfc&_include=practitioner', 'value'],
  ['Practitioner?_id=nfc&_include:foo=PractitionerRole:organization', 'invalid']
])('%s', async (query, found) => {
  const answer = await server.get(query)
  if (answer.status !== 200) expect(refusal(answer)).toMatchObject({ status: 400, code: found })
  else
    expect(
      oddMatches(answer.body as Page)
        .sort()
        .join(' ')
    ).toBe(found)
})

describe('left out and told, and refused under handling=strict', () => {
  test.each([
    [`${ROLE}?organization.colour=red`, 'organization.colour'],
    [`${ROLE}?organization.=x`, 'organization.'],
    [`${ROLE}?.name=x`, '.name'],
    [`${ROLE}?Organization=part`, 'Organization'],
    [`${ROLE}?_has:PractitionerRole:network:active=true`, '_has:PractitionerRole:network:active'],
    [`${ROLE}?__proto__=1`, '__proto__'],
    [`${ROLE}?organization=`, 'organization'],
    [`${ROLE}?_sort=-`, '_sort'],
    [`${ROLE}?_sort=--date`, '_sort'],
    [`${ROLE}?_sort=constructor`, '_sort'],
    [`${ROLE}?_sort=date&_sort=_id`, '_sort'],
    [`${ROLE}?_sort:asc=date`, '_sort:asc'],
    [`${ROLE}?_count=500&_count=1`, '_count'],
    [`${ROLE}?_elements=active&_elements=code`, '_elements'],
    [`${ROLE}?_include=Organization:partof`, '_include'],
    [`${ROLE}?_include=PractitionerRole:practitioner:Organization`, '_include'],
    [`${ROLE}?_text=x`, '_text'],
    [`${ROLE}?_filter=active%20eq%20true`, '_filter'],
    [`${ROLE}?_contained=both`, '_contained']
  ])('%s', async (query, name) => {
    const { body } = await server.get(`${query}${query.includes('_count') ? '' : '&_count=500'}`)
    expect(
      oddMatches(body as Page)
        .sort()
        .join(' ')
    ).toBe(ALL)
    const told = (body as Page).entry!.find(({ search }) => search?.mode === 'outcome')!.resource as unknown
    expect((told as OperationOutcome).issue).toMatchObject([{ severity: 'warning', expression: [name] }])
    const self = new URL((body as Page).link!.find(({ relation }) => relation === 'self')!.url)
    expect(self.searchParams.getAll(name).length).toBe(new URL(query, BASE).searchParams.getAll(name).length - 1)
    expect(refusal(await server.get(query, { Prefer: 'handling=strict' }))).toMatchObject({
      ...{ status: 400, code: 'not-supported', expression: name }
    })
  })
})

test.each([...registry.values()])('$type is sorted by each of its parameters', async ({ type, search }) => {
  const keys = [...search, ...COMMON_PARAMS].filter(param => param.type !== 'special').map(({ name }) => name)
  for (const sort of [keys, keys.map(key => `-${key}`)]) {
    const answer = await server.get(`${type}?_sort=${sort.join(',')}&_count=3`, { Prefer: 'handling=strict' })
    expect([answer.status, answer.body]).toMatchObject([200, { type: 'searchset' }])
    const next = (answer.body as Page).link!.find(({ relation }) => relation === 'next')?.url
    if (next) expect((await server.get(next.slice(BASE.length + 1))).status).toBe(200)
  }
})

test.each(['name', 'address'])('a %s is sorted as a whole, not by its later words', async sort => {
  const entries = ['Moore', 'Zane Adams'].map((text, n) => ({
    request: { method: 'PUT', url: `Practitioner/sorted-${n}` },
    resource: { resourceType: 'Practitioner', id: `sorted-${n}`, name: [{ text }], address: [{ text }] }
  }))
  const made = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry: entries })
  expect(made.status).toBe(200)
  const { body } = await server.get(`Practitioner?_id=sorted-0,sorted-1&_sort=${sort}`)
  expect((body as Page).entry!.map(({ resource }) => resource!.id)).toEqual(['sorted-0', 'sorted-1'])
})

test.each([
  ['handling=strict', 400],
  ['return=minimal, handling=strict', 400],
  ['Handling = "strict"', 400],
  ['handling=lenient', 200],
  ['handling=stricter', 200],
  ['mishandling=strict', 200]
])('Prefer: %s is %i', async (preference, status) => {
  expect((await server.get('Practitioner?colour=red', { Prefer: preference })).status).toBe(status)
})

test.each([
  [`${ROLE}?_id=literal&_include=*`, 'Location/zero Organization/part Practitioner/nfc'],
  [`${ROLE}?_id=literal&_include=PractitionerRole:*&_count=0`, ''],
  [
    `${ROLE}?_id=literal,none&_include=PractitionerRole:practitioner&_elements=id`,
    'Practitioner/comma Practitioner/nfc'
  ],
  [
    `${ROLE}?_id=literal&_include=${ROLE}:organization&_include:iterate=Organization:partof`,
    'Organization/group Organization/part'
  ],
  [`${ROLE}?_id=literal&_include:recurse=${ROLE}:organization&_total=accurate`, 'Organization/part'],
  [
    'Organization?_id=group&_revinclude:iterate=Organization:partof&_revinclude:iterate=PractitionerRole:organization',
    'Organization/part PractitionerRole/literal'
  ],
  ['Organization?_id=group,part&_revinclude=Organization:partof', ''],
  [
    'Practitioner?_id=nfc&_revinclude=PractitionerRole:practitioner&_include:iterate=PractitionerRole:organization&_summary=true',
    'Organization/part PractitionerRole/literal'
  ]
])('%s includes', async (query, included) => {
  const { entry = [], total } = (await server.get(query)).body as Page
  const found = entry.filter(({ search }) => search?.mode === 'include').map(({ resource }) => resource!)
  expect(
    found
      .map(({ resourceType, id }) => `${resourceType}/${id}`)
      .sort()
      .join(' ')
  ).toBe(included)
  // Matches alone count.
  expect(total).toBe(
    query.includes('_id=literal&') || query.includes('_id=nfc') || query.includes('_id=group&') ? 1 : 2
  )
  if (query.includes('_elements') || query.includes('_summary'))
    expect(entry.every(({ resource }) => resource!.meta?.tag?.some(({ code }) => code === 'SUBSETTED'))).toBe(true)
})
