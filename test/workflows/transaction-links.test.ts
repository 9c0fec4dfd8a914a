/** Conditional entries and references in transactions. https://hl7.org/fhir/R4/http.html#trules */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  for (const n of [1, 2]) await server.put(`Location/twin-${n}`, { ...place('twin'), id: `twin-${n}` }).expect(201)
  await server.put('Location/known', { ...place('known'), id: 'known' }).expect(201)
})
afterAll(() => server?.close())

const by = (value: string): string => `identifier=urn:example:links|${value}`
const place = (value: string, more: object = {}): Resource => ({
  resourceType: 'Location',
  identifier: [{ system: 'urn:example:links', value }],
  name: value,
  ...more
})
const entry = (method: string, url: string, resource?: Resource, more: object = {}) => ({
  ...more,
  ...(resource && { resource }),
  request: { method, url, ...('ifNoneExist' in more && { ifNoneExist: more.ifNoneExist }) }
})
const ensured = (value: string, more: object = {}, fullUrl = `urn:uuid:${value}`) =>
  entry('POST', 'Location', place(value, more), { ifNoneExist: by(value), fullUrl })
const send = (...entries: object[]) =>
  server.post('', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: entries.map(({ ifNoneExist: _, ...each }: { ifNoneExist?: string }) => each)
  })
const within = (reference: string) => ({ partOf: { reference } })
const resources = (body: unknown): Resource[] =>
  ((body as Bundle).entry ?? []).map(({ resource }) => resource as unknown as Resource)
const results = (body: unknown) => ((body as Bundle).entry ?? []).map(({ response }) => response?.status)
const to = ({ id }: Resource): object => ({ reference: `Location/${id}` })

test('entries that are there already are linked to, and not made again', async () => {
  const bundle = () => [
    ensured('top'),
    ensured('inner', within('urn:uuid:top')),
    entry('POST', 'Location', place('leaf', within('urn:uuid:inner')))
  ]
  const first = await send(...bundle())
  const second = await send(...bundle())
  expect([results(first.body), results(second.body)]).toEqual([
    ['201', '201', '201'],
    ['200', '200', '201']
  ])
  const [top, inner] = resources(first.body)
  expect(resources(second.body).slice(0, 2)).toEqual([top, inner])
  expect(resources(second.body)[2]!.partOf).toEqual(to(inner!))
})

test('links beside the references are rewritten, too; what only looks like one is not', async () => {
  const urn = 'urn:uuid:0b1c7a1e-8f1f-4c0a-9a53-3f8f6f3f5a01'
  const div = (to: string): string =>
    `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${to}">${urn}</a> <img src="${to}" alt="${urn}"/> <a href="#x">x</a></div>`
  const extension = (valueUri: string): object[] => [
    { url: 'urn:example:link', valueUri },
    { url: 'urn:example:name', valueString: urn },
    { url: 'urn:example:of', extension: [{ url: urn, valueUrl: valueUri }] }
  ]
  const told = (to: string): object => ({
    ...{ text: { status: 'generated', div: div(to) }, extension: extension(to) },
    description: urn
  })
  const linking = { ...place('linking', told(urn)), identifier: [{ system: 'urn:ietf:rfc:3986', value: urn }] }
  const photo = (url: string): object => ({ resourceType: 'Practitioner', photo: [{ url }] })
  const answer = await send(
    entry('POST', 'Location', linking),
    entry('POST', 'Location', place('linked'), { fullUrl: urn }),
    entry('POST', 'Practitioner', photo(urn) as Resource)
  )
  expect(answer.status).toBe(200)
  const [from, to, pictured] = resources(answer.body)
  expect(from).toMatchObject({ ...told(`Location/${to!.id}`), identifier: linking.identifier })
  expect(pictured).toMatchObject(photo(`Location/${to!.id}`))
})

test('references by criteria find what is there, in the directory too', async () => {
  const role = {
    resourceType: 'PractitionerRole',
    practitioner: { reference: 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|1234567893' }
  }
  const answer = await send(
    entry('POST', 'Location', place('a', within(`Location?${by('known')}`))),
    entry('POST', 'PractitionerRole', role)
  )
  const [a, made] = resources(answer.body)
  expect([a?.partOf, made?.practitioner]).toEqual([
    { reference: 'Location/known' },
    { reference: 'Practitioner/npi-1234567893' }
  ])
})

test('references by criteria find what the same Bundle makes, in circles', async () => {
  const answer = await send(
    ensured('east', within(`Location?${by('west')}`)),
    entry('POST', 'Location', place('west', within(`Location?name=east&${by('east')}`)), {
      ifNoneExist: `${by('west')}`
    }),
    entry('PUT', `Location?${by('south')}`, place('south', within(`Location?${by('east')}`))),
    entry('POST', 'Location', place('plain', within(`Location?${by('south')}`)))
  )
  expect(refusal(answer)).toMatchObject({ status: 422, expression: 'Bundle.entry[1].resource.partOf.reference' })
  const mended = await send(
    ensured('east', within(`Location?${by('west')}`)),
    ensured('west', within(`Location?${by('east')}`)),
    entry('PUT', `Location?${by('south')}`, place('south', within(`Location?${by('east')}`))),
    entry('POST', 'Location', place('plain', within(`Location?${by('south')}`)))
  )
  expect(results(mended.body)).toEqual(['201', '201', '201', '201'])
  const [east, west, south, plain] = resources(mended.body)
  expect([east, west, south, plain].map(each => each?.partOf)).toEqual([to(west!), to(east!), to(east!), to(south!)])
})

test('what the Bundle deletes is matched no more', async () => {
  const { body } = await server.post('Location', place('replaced'))
  const answer = await send(ensured('replaced'), entry('DELETE', `Location?${by('replaced')}`))
  expect(results(answer.body)).toEqual(['201', '204'])
  await server.get(`Location/${body.id}`).expect(410)
})

test('verbs go in their order, whatever the order of the entries', async () => {
  await server.put('Location/order', { ...place('order'), id: 'order' }).expect(201)
  const answer = await send(
    entry('GET', `Location?${by('order')}`),
    entry('PATCH', 'Location?_id=known', {
      resourceType: 'Binary',
      contentType: 'application/json-patch+json',
      data: Buffer.from('[{"op":"add","path":"/partOf","value":{"reference":"urn:uuid:fresh"}}]').toString('base64')
    }),
    entry('POST', 'Location', place('order'), { fullUrl: 'urn:uuid:fresh' }),
    entry('DELETE', 'Location/order')
  )
  expect(results(answer.body)).toEqual(['200', '200', '201', '204'])
  const [found, known, fresh] = resources(answer.body)
  expect(found).toMatchObject({ total: 1, entry: [{ resource: { id: fresh!.id } }] })
  expect(known?.partOf).toEqual(to(fresh!))
})

test('a relative reference is seen from its entry’s fullUrl', async () => {
  const other = 'https://other.example/fhir'
  const answer = await send(
    entry('POST', 'Location', place('r1'), { fullUrl: `${other}/Location/1` }),
    entry('POST', 'Location', place('r2', within('Location/1')), { fullUrl: `${other}/Location/2` })
  )
  const [one, two] = resources(answer.body)
  expect(two?.partOf).toEqual(to(one!))
})

test('of eight equal Bundles at once one makes, and the others find', async () => {
  const bundle = () => send(ensured('crowd'), ensured('crowd-inner', within('urn:uuid:crowd')))
  const answers = await Promise.all(Array.from({ length: 8 }, bundle))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  const made = answers.filter(({ body }) => results(body)[0] === '201')
  expect(made.map(({ body }) => results(body))).toEqual([['201', '201']])
  expect((await server.get(`Location?${by('crowd')}`)).body.total).toBe(1)
})

const wrong: [string, object[], number, string][] = [
  [
    'a reference that matches several',
    [entry('POST', 'Location', place('x', within(`Location?${by('twin')}`)))],
    412,
    'Bundle.entry[0].resource.partOf.reference'
  ],
  [
    'a reference that matches nothing',
    [entry('POST', 'Location', place('x', within(`Location?${by('none')}`)))],
    422,
    'Bundle.entry[0].resource.partOf.reference'
  ],
  [
    'a reference of an unknown type',
    [entry('POST', 'Location', place('x', within('Nothing?name=a')))],
    422,
    'Bundle.entry[0].resource.partOf.reference'
  ],
  [
    'a reference by an unknown parameter',
    [entry('POST', 'Location', place('x', within('Location?colour=a')))],
    400,
    'Bundle.entry[0].resource.partOf.reference'
  ],
  [
    'a reference to what it deletes',
    [entry('DELETE', 'Location/known'), entry('POST', 'Location', place('x', within(`Location?${by('known')}`)))],
    422,
    'Bundle.entry[1].resource.partOf.reference'
  ],
  ['criteria that match several', [ensured('fine'), ensured('twin')], 412, 'Bundle.entry[1].request.ifNoneExist'],
  [
    'an update by criteria that match several',
    [entry('PUT', `Location?${by('twin')}`, place('twin'))],
    412,
    'Bundle.entry[0].request.url'
  ],
  ['bad criteria', [ensured('fine'), entry('DELETE', 'Location?colour=blue')], 400, 'Bundle.entry[1].request.url'],
  [
    'two entries that make the same',
    [ensured('same'), ensured('same', {}, 'urn:uuid:other')],
    400,
    'Bundle.entry[1].resource'
  ],
  [
    'two entries for one resource',
    [
      entry('PUT', 'Location/known', { ...place('known'), id: 'known' }),
      entry('PUT', `Location?${by('known')}`, place('known'))
    ],
    400,
    'Bundle.entry[1].resource'
  ],
  ['a POST with a query', [entry('POST', `Location?${by('x')}`, place('x'))], 400, 'Bundle.entry[0].request.url'],
  [
    'a PUT by absolute URL with another id',
    [entry('PUT', `${BASE}/Location?${by('known')}`, { ...place('known'), id: 'other' })],
    400,
    'Bundle.entry[0].resource.id'
  ]
]
test.each(wrong)('with %s all is refused', async (_, entries, status, expression) => {
  const before = await contents(server.sql)
  expect(refusal(await send(ensured('beside'), ...entries).then(answer => answer))).toMatchObject({
    status,
    expression: expression.replace(/\[(\d)\]/, (_match, n) => `[${Number(n) + 1}]`)
  })
  expect(await contents(server.sql)).toEqual(before)
})
