/** _summary, _elements and Prefer. https://hl7.org/fhir/R4/search.html#summary */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { loadDefinitions } from '../../src/validator/definitions.js'
import { elementsOf } from '../../src/validator/elements.js'
import { registry } from '../../src/resources/index.js'
import type { Resource } from '../../src/fhir/types.js'
import { examples, postExamples } from '../support/examples.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const TYPES = [...registry.keys()].filter(type => type !== 'Appointment')
let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await postExamples(server, ['Organization', 'Location', 'Practitioner'])
  await server
    .post(
      'Location',
      `{"resourceType":"Location","id":"x","name":"Digits","position":{"longitude":-73.50,"latitude":1.0},
    "description":"A place","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">A place</div>"}}`
    )
    .expect(201)
})
afterAll(() => server?.close())

const definitions = loadDefinitions()
const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
const resources = (body: unknown): Resource[] =>
  ((body as Bundle).entry ?? []).map(({ resource }) => resource as unknown as Resource)
const names = (resource: Resource): string[] => Object.keys(resource).map(name => name.replace(/^_/, ''))
const ALWAYS = ['resourceType', 'id', 'meta']

describe.each(TYPES)('%s', type => {
  const { summary, mandatory } = elementsOf(definitions, type)!
  const whole = async () => resources((await server.get(`${type}?_count=5`)).body)
  const expected = (resource: Resource, kept: readonly string[]) =>
    [...new Set([...names(resource), 'meta'])].filter(name => [...ALWAYS, ...kept].includes(name)).sort()

  test.each([
    ['_summary=true', [...summary, ...mandatory]],
    ['_summary=text', ['text', ...mandatory]],
    ['_elements=identifier,active', ['identifier', 'active', ...mandatory]],
    [`_elements=${type}.name,Other.active`, ['name', ...mandatory]]
  ])('%s keeps what it should, with the tag, in searches and reads', async (query, kept) => {
    const all = await whole()
    const found = resources((await server.get(`${type}?_count=5&${query}`, { Prefer: 'handling=strict' })).body)
    expect(found.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
    for (const [index, resource] of all.entries()) {
      expect(names(found[index]!).sort()).toEqual(expected(resource, kept))
      for (const name of names(found[index]!)) if (name !== 'meta') expect(found[index]![name]).toEqual(resource[name])
      expect(found[index]!.meta?.tag).toContainEqual(SUBSETTED)
    }
    const [first] = all
    if (first) expect((await server.get(`${type}/${first.id}?${query}`)).body).toEqual(found[0])
  })
})

describe('the answer', () => {
  const digits = async () => (await server.get('Location?name=Digits')).body.entry[0].resource.id as string

  test('keeps digits, and leaves out the narrative alone for data', async () => {
    const path = `Location/${await digits()}`
    const { text, body } = await server.get(`${path}?_summary=data`)
    expect(text).toContain('"position":{"longitude":-73.50,"latitude":1.0}')
    expect(body).toMatchObject({ description: 'A place', meta: { tag: [SUBSETTED] } })
    expect(body.text).toBeUndefined()
    const [whole, untouched] = await Promise.all([server.get(path), server.get(`${path}?_summary=false`)])
    expect([untouched.text, untouched.headers.etag]).toEqual([whole.text, whole.headers.etag])
  })

  test('to history, versions, writes and entries of a batch is cut too', async () => {
    const path = `Location/${await digits()}`
    const cut = [
      resources((await server.get(`${path}/_history?_elements=name`)).body)[0],
      (await server.get(`${path}/_history/1?_elements=name`)).body,
      (await server.patch(`${path}?_elements=name`, [{ op: 'test', path: '/name', value: 'Digits' }])).body,
      resources(
        (
          await server.post('', {
            resourceType: 'Bundle',
            type: 'batch',
            entry: [{ request: { method: 'GET', url: `${path}?_elements=name` } }]
          })
        ).body
      )[0]
    ] as Resource[]
    for (const resource of cut) expect(names(resource).sort()).toEqual(['id', 'meta', 'name', 'resourceType'])
  })

  test('counts alone', async () => {
    const { body } = await server.get('Location?_summary=count')
    expect([body.entry, body.total > 0]).toEqual([undefined, true])
  })

  test('to a POST _search and the self link say so', async () => {
    const { link } = (await server.get('Location?_elements=name&_count=1')).body as Bundle
    expect(link?.[0]?.url).toContain('_elements=name')
    const next = link!.find(({ relation }) => relation === 'next')!.url.replace(/^.*R4\//, '')
    expect(names(resources((await server.get(next)).body)[0]!)).not.toContain('status')
  })

  test.each([
    ['Location?_summary=some', '_summary'],
    ['Location/main?_summary=count', '_summary'],
    ['Location?_summary=text&_include=Location:organization', '_summary']
  ])('%s is refused', async (path, expression) => {
    expect(refusal(await server.get(path))).toMatchObject({ status: 400, expression })
  })

  test('a part is not taken for the whole, and a wrong _summary writes nothing', async () => {
    const part = (await server.get('Location/main?_summary=true')).body
    const before = await contents(server.sql)
    expect(refusal(await server.put('Location/main', part))).toMatchObject({
      status: 422,
      expression: 'Location.meta.tag'
    })
    const { meta: _meta, ...rest } = part
    expect(refusal(await server.put('Location/main?_summary=x', rest))).toMatchObject({ status: 400 })
    expect(await contents(server.sql)).toEqual(before)
  })
})

describe('Prefer: return', () => {
  const [organization] = examples('Organization')
  const entry = [{ resource: organization, request: { method: 'POST', url: 'Organization' } }]
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry }

  test.each(['minimal', 'representation', 'OperationOutcome'])('%s', async preference => {
    const headers = { Prefer: `return=${preference}` }
    const type = { minimal: undefined, representation: 'Organization', OperationOutcome: 'OperationOutcome' }[
      preference
    ]
    const made = await server.post('Organization', organization!, headers)
    expect([made.status, (made.text ? JSON.parse(made.text) : {}).resourceType]).toEqual([201, type])
    expect(made.headers).toMatchObject({
      etag: 'W/"1"',
      location: expect.stringMatching(/_history\/1$/),
      'last-modified': expect.stringMatching(/GMT$/)
    })
    const all = await server.post('', bundle, headers)
    expect((all.body as Bundle).entry?.[0]?.resource?.resourceType).toBe(
      preference === 'representation' ? 'Organization' : undefined
    )
    expect((all.body as Bundle).entry?.[0]?.response?.location).toMatch(/_history\/1$/)
  })
})
