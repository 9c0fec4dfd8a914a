/** The CapabilityStatement beside what the server does: system interactions, operations, formats. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { CapabilityStatement, CapabilityStatementRestResource, OperationDefinition } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { openValidator } from '../../src/open-validator.js'
import { operations } from '../../src/operations/index.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let statement: CapabilityStatement
let types: CapabilityStatementRestResource[]
beforeAll(async () => {
  server = await testServer()
  statement = (await server.http.get('/fhir/R4/metadata').expect(200)).body as CapabilityStatement
  types = statement.rest![0]!.resource!
})
afterAll(() => server?.close())

test('is the same for as long as the server runs', async () => {
  const first = await server.http.get('/fhir/R4/metadata')
  expect(Date.parse(statement.date)).toBeLessThanOrEqual(Date.now())
  expect([first.body, first.headers['last-modified']]).toEqual([statement, new Date(statement.date).toUTCString()])
  const again = await server.http.get('/fhir/R4/metadata').set('If-None-Match', first.headers.etag!)
  expect([again.status, again.text]).toEqual([304, ''])
})

test('says whether browser apps of other origins are let in', async () => {
  expect(statement.rest![0]!.security!.cors).toBe(false)
  const open = await testServer({ environment: { CORS_ORIGINS: 'https://app.example' } })
  const { body } = await open.http.get('/fhir/R4/metadata')
  expect((body as CapabilityStatement).rest![0]!.security!.cors).toBe(true)
  await open.close()
})

test('is shown in part to who asks for that', async () => {
  const part = async (query: string) =>
    (await server.http.get(`/fhir/R4/metadata?${query}`)).body as CapabilityStatement
  const tag = [expect.objectContaining({ code: 'SUBSETTED' })]
  const named = await part('_elements=patchFormat')
  expect(named).toMatchObject({ patchFormat: statement.patchFormat, fhirVersion: '4.0.1', meta: { tag } })
  expect([named.rest, named.software]).toEqual([undefined, undefined])
  expect(await part('_summary=text')).toMatchObject({ status: 'active', meta: { tag } })
  expect(await part('_summary=false')).toEqual(statement)
  expect(refusal(await server.http.get('/fhir/R4/metadata?_summary=some')).status).toBe(400)
})

test('is a valid one', () => {
  const issues = openValidator([], '').validate(statement)
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('names each interaction of the system that answers', async () => {
  const bundle = (type: string) => server.post('', { resourceType: 'Bundle', type, entry: [] })
  const answers: Record<string, () => PromiseLike<{ status: number }>> = {
    transaction: () => bundle('transaction'),
    batch: () => bundle('batch'),
    'search-system': () => server.get('?_type=Location'),
    'history-system': () => server.get('_history')
  }
  const { interaction, searchParam } = statement.rest![0]!
  expect(interaction!.map(({ code }) => code)).toEqual(Object.keys(answers))
  for (const [code, ask] of Object.entries(answers)) expect([code, (await ask()).status]).toEqual([code, 200])
  const values: Record<string, string> = { _lastUpdated: 'ge2000', _type: 'Location,Organization' }
  for (const { name } of searchParam!) {
    const answer = await server.get(`?_type=Location,Organization&${name}=${values[name] ?? 'x'}`, STRICT)
    expect([name, answer.status]).toEqual([name, 200])
  }
})

const STRICT = { Prefer: 'handling=strict' }

test('each operation is defined, and answers where it says and nowhere else', async () => {
  const told = new Set(types.flatMap(({ operation = [] }) => operation.map(({ name }) => name)))
  expect(told).toEqual(new Set(operations.keys()))
  for (const { type, operation = [] } of types)
    for (const { name, on, reads } of operations.values()) {
      const stated = operation.find(each => each.name === name)
      for (const level of ['type', 'instance'] as const) {
        const path = level === 'type' ? `${type}/$${name}` : `${type}/none/$${name}`
        const allow = (await server.http.options(`/fhir/R4/${path}`)).headers.allow
        const here = stated !== undefined && on.includes(level)
        expect([path, allow]).toEqual([path, here ? `${reads ? 'GET, HEAD, ' : ''}POST, OPTIONS` : undefined])
        const { status } = await server.post(path, { resourceType: 'Parameters' })
        // What is asked of nothing is refused for that: by a rule, not because there is no such operation.
        if (!here) expect([path, status]).toEqual([path, 404])
        else expect([path, status < 500 && status !== 405]).toEqual([path, true])
      }
    }
})

test('each definition of our own says the same of its operation', () => {
  for (const { name, definition, on, types: of, reads } of operations.values()) {
    if (!definition.startsWith(CANONICAL)) continue
    const file = `profiles/OperationDefinition-${definition.split('/').at(-1)}.json`
    const told = JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')) as OperationDefinition
    expect(told).toMatchObject({
      ...{ url: definition, code: name, resource: of, affectsState: !reads, system: false },
      ...{ type: on.includes('type'), instance: on.includes('instance') }
    })
  }
})

test('each format is spoken, and no other', async () => {
  for (const format of statement.format) {
    const asked = await server.get(`Location?_count=1&_format=${encodeURIComponent(format)}`)
    expect([format, asked.status]).toEqual([format, 200])
  }
  expect(refusal(await server.get('Location', { Accept: 'application/fhir+xml' }))).toMatchObject({ status: 406 })
  expect(statement.patchFormat).toEqual(['application/json-patch+json'])
  const patched = (type: string, body: string) =>
    server.http
      .patch('/fhir/R4/Location/main')
      .set({ Authorization: `Bearer ${server.token}`, 'Content-Type': type })
      .send(body)
  for (const format of statement.patchFormat!)
    expect((await patched(format, '[{"op": "add", "path": "/description", "value": "x"}]')).status).toBe(200)
  expect((await patched('application/fhir+json', '{"resourceType": "Parameters"}')).status).toBe(415)
})

test('references are literal, local and enforced, as it says', async () => {
  for (const { referencePolicy } of types) expect(referencePolicy).toEqual(['literal', 'local', 'enforced'])
  const place = (reference: string) => ({ resourceType: 'Location', name: 'x', partOf: { reference } })
  expect((await server.post('Location', place('Location/main'))).status).toBe(201)
  expect(refusal(await server.post('Location', place('Location/nowhere')))).toMatchObject({ status: 422 })
})
