/** References by search, in writes of one resource and by the hundred. https://hl7.org/fhir/R4/http.html#trules */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
const SYSTEM = 'urn:example:by-search'
const MANY = 300
beforeAll(async () => {
  server = await testServer()
  const entry = [...Array(MANY).keys(), 'twin', 'twin'].map(value => ({
    resource: place(`Place ${value}`, { identifier: [{ system: SYSTEM, value: String(value) }] }),
    request: { method: 'POST', url: 'Location' }
  }))
  await server.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(200)
})
afterAll(() => server?.close())

const place = (name: string, more: object = {}): Resource => ({ resourceType: 'Location', name, ...more })
const by = (value: number | string) => `Location?identifier=${SYSTEM}|${value}`
const within = (reference: string, more: object = {}) => place('Within', { partOf: { reference }, ...more })
const idOf = async (value: number | string): Promise<string> => {
  const { entry } = (await server.get(by(value))).body as Bundle
  return `Location/${entry![0]!.resource!.id}`
}

describe('in a write of one resource', () => {
  test.each<[string, () => ReturnType<TestServer['post']>]>([
    ['create', () => server.post('Location', within(by(1)))],
    ['update', () => server.put('Location/by-put', within(by(1), { id: 'by-put' }))],
    ['conditional update', () => server.put('Location?name=Nowhere', within(by(1)))],
    ['patch', () => server.patch('Location/by-patch', [{ op: 'add', path: '/partOf', value: { reference: by(1) } }])],
    ['in a batch', () => server.post('', batch('POST', 'Location', within(by(1))))]
  ])('%s', async (_, send) => {
    await server.put('Location/by-patch', place('By patch', { id: 'by-patch' }))
    const answer = await send()
    expect(answer.status).toBeLessThan(300)
    expect(JSON.stringify(answer.body)).toContain(`{"reference":"${await idOf(1)}"}`)
  })

  test('in an extension, and in what is contained', async () => {
    const answer = await server.post('Location', {
      ...place('Outer', { partOf: { reference: '#in' } }),
      contained: [{ ...within(by(2)), id: 'in' }],
      extension: [{ url: 'urn:example:near', valueReference: { reference: by(3) } }]
    })
    expect(answer.status).toBe(201)
    for (const value of [2, 3]) expect(JSON.stringify(answer.body)).toContain(`"${await idOf(value)}"`)
  })

  const PARTOF = 'Location.partOf.reference'
  test.each<[string, string, object]>([
    ['that matches nothing', by('none'), { status: 422, code: 'not-found', expression: PARTOF }],
    ['that matches several', by('twin'), { status: 412, code: 'multiple-matches', expression: PARTOF }],
    ['of a type that is not served', 'Patient?name=x', { status: 422, code: 'not-found', expression: PARTOF }],
    ['by a parameter that there is not', 'Location?colour=red', { status: 400, expression: PARTOF }],
    ['by nothing', 'Location?', { status: 400, code: 'required', expression: PARTOF }]
  ])('one %s is refused, and nothing is written', async (_, reference, expected) => {
    const before = await contents(server.sql)
    expect(refusal(await server.post('Location', within(reference)))).toMatchObject(expected)
    expect(await contents(server.sql)).toEqual(before)
  })

  test('needs the right to search, and finds what the token may see', async () => {
    const writer = await server.as('demo', 'system/Location.cru')
    expect(refusal(await writer.post('Location', within(by(1))))).toMatchObject({ status: 403 })
    const narrow = await server.as('demo', `system/Location.cru system/Location.s?identifier=${SYSTEM}%7C2`)
    expect(refusal(await narrow.post('Location', within(by(1))))).toMatchObject({ status: 422, code: 'not-found' })
    expect((await narrow.post('Location', within(by(2)))).status).toBe(201)
  })
})

test('hundreds in one Bundle are looked up at once, with hundreds of conditional creates beside them', async () => {
  const entry = [...Array(MANY).keys()].flatMap(n => [
    { resource: within(by(n)), request: { method: 'POST', url: 'Location' } },
    {
      resource: place('Ensured', { identifier: [{ system: SYSTEM, value: `e${n}` }], partOf: { reference: by(n) } }),
      request: {
        method: 'POST',
        url: 'Location',
        ifNoneExist: `identifier=${SYSTEM}|e${n % (MANY - 1) === 0 ? `x${n}` : n}`
      }
    }
  ])
  const started = Date.now()
  const answer = await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })
  expect(answer.status).toBe(200)
  expect(Date.now() - started).toBeLessThan(20_000)
  const made = (answer.body as Bundle).entry!
  for (const n of [0, 17, MANY - 1])
    for (const index of [2 * n, 2 * n + 1])
      expect(made[index]!.resource).toMatchObject({ partOf: { reference: await idOf(n) } })
  const again = (await server.post('', { resourceType: 'Bundle', type: 'transaction', entry })).body as Bundle
  expect(again.entry!.filter(({ response }) => response?.status === '200').length).toBe(MANY - 2)
  expect(made[0]!.fullUrl).toContain(`${BASE}/Location/`)
})

const batch = (method: string, url: string, resource: Resource) => ({
  resourceType: 'Bundle',
  type: 'batch',
  entry: [{ resource, request: { method, url } }]
})
