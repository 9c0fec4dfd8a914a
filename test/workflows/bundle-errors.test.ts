/** What goes wrong in a Bundle is told at its entry. https://hl7.org/fhir/R4/http.html#transaction */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome } from 'fhir/r4.js'
import { registry } from '../../src/resources/index.js'
import type { ResourceDefinition } from '../../src/search/registry.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser, NPI } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

/** A type that fails as no type should. */
const fails = (): never => {
  throw new Error('the secret of the inside')
}
const broken: ResourceDefinition = {
  type: 'Basic',
  sources: [{ kind: 'computed', prefix: 'x-', search: fails, read: fails }],
  search: [],
  interactions: ['read', 'search-type'],
  profiles: []
}

let server: TestServer
beforeAll(async () => {
  server = await testServer({ registry: new Map([...registry, ['Basic', broken]]) })
})
afterAll(() => server?.close())

const send = (type: string, ...entry: object[]) => server.post('', { resourceType: 'Bundle', type, entry })
const post = (resource: { resourceType: string }) => ({
  resource,
  request: { method: 'POST', url: resource.resourceType }
})
const get = (url: string) => ({ request: { method: 'GET', url } })
const doctor = (value: string) => ({
  resourceType: 'Practitioner',
  name: [{ family: 'Twice' }],
  identifier: [
    { system: 'urn:example:other', value: '1' },
    { system: NPI, value }
  ]
})

test('an entry of a batch that fails on the inside is a 500 of its own, logged, and the others go on', async () => {
  const answer = await send(
    'batch',
    get('Basic/x-1'),
    post({ resourceType: 'Location', name: 'Goes on' } as { resourceType: string })
  )
  const [failed, made] = (answer.body as Bundle).entry!
  expect([answer.status, failed?.response?.status, made?.response?.status]).toEqual([200, '500', '201'])
  expect(failed?.response?.outcome).toMatchObject({ issue: [{ severity: 'error', code: 'exception' }] })
  expect(answer.text).not.toContain('secret')
  expect(answer.text).toContain(answer.headers['x-request-id'])
  expect(server.logged()).toContain('the secret of the inside')
})

test('what refuses a Bundle stands before what is only noticed', async () => {
  const entries = [post({ resourceType: 'Location' }), post({ resourceType: 'Location', status: 'x' } as never)]
  const { body } = await send('transaction', ...entries).expect(422)
  const severities = (body as OperationOutcome).issue.map(({ severity }) => severity)
  expect(severities).toEqual(['error', 'warning', 'warning'])
  expect((body as OperationOutcome).issue[0]!.expression).toEqual(['Bundle.entry[1].resource.status'])
})

const numbered = (identifier: object) => ({
  resourceType: 'Practitioner',
  name: [{ family: 'Twice' }],
  identifier: [identifier]
})
const PRN = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'PRN' }] }
const provider = (where: string) =>
  numbered({ type: PRN, value: '2426621B', assigner: { reference: `Organization/${where}` } })
const hpii = numbered({ system: 'http://ns.electronichealth.net.au/id/hi/hpii/1.0', value: '8003610000000022' })
test.each([
  ['NPI', doctor('1000000012'), doctor('1000000012'), 'identifier[1].value'],
  ['HPI-I', hpii, hpii, 'identifier[0].value'],
  ['provider number of a facility', provider('f-lab'), provider('f-lab'), 'identifier[0].value']
])('two entries with one %s: both are named', async (_what, one, other, place) => {
  const before = await contents(server.sql)
  const between = post({ resourceType: 'Location', name: 'Between' } as never)
  expect(refusal(await send('transaction', post(one), between, post(other)))).toEqual({
    status: 409,
    code: 'duplicate',
    expression: `Bundle.entry[2].resource.${place}`,
    text: `Bundle.entry[0].resource.${place} is the same: it names one practitioner of a tenant`
  })
  expect(await contents(server.sql)).toEqual(before)
})

test('provider numbers of two facilities may be the same', async () => {
  await send('transaction', post(provider('f-lab')), post(provider('f-sso'))).expect(200)
})

test('a Practitioner and an account with one NPI: both are named', async () => {
  const role = clinicalUser(CROWD[3]!, { tenant: 'demo' })
  const { value } = role.contained[0].identifier!.find(({ system }) => system === NPI)!
  const place = 'resource.contained[0].identifier'
  const refused = refusal(await send('transaction', post(role), post(doctor(value!))))
  expect(refused).toMatchObject({ status: 409, code: 'duplicate', text: expect.stringContaining(`entry[0].${place}`) })
  expect(refusal(await send('transaction', post(doctor(value!)), post(role)))).toMatchObject({
    expression: expect.stringMatching(/^Bundle\.entry\[1\]\.resource\.contained\[0\]\.identifier/),
    text: expect.stringContaining('Bundle.entry[0].resource.identifier[1].value')
  })
})

test('two entries that change one resource: both are named', async () => {
  const one = { ...location, id: 'one' }
  const refused = refusal(await send('transaction', put('Location/one', one), put('Location/one', one)))
  expect(refused).toMatchObject({
    status: 400,
    expression: 'Bundle.entry[1].resource',
    text: expect.stringContaining('by Bundle.entry[0]')
  })
})

test('an NPI that a practitioner has already is told with its place', async () => {
  await server.post('Practitioner', doctor('1000000004')).expect(201)
  expect(refusal(await server.post('Practitioner', doctor('1000000004')))).toMatchObject({
    status: 409,
    expression: 'Practitioner.identifier[1].value'
  })
})

test('of many new ones, the one whose NPI somebody has is named', async () => {
  await server.post('Practitioner', doctor('1000000020')).expect(201)
  const answer = await send('transaction', ...['1000000038', '1000000020', '1000000046'].map(npi => post(doctor(npi))))
  expect(refusal(answer)).toMatchObject({ status: 409, expression: 'Bundle.entry[1].resource.identifier[1].value' })
})

const location = { resourceType: 'Location', name: 'Fine' }
const put = (url: string, resource: object | undefined, conditions = {}) => ({
  ...(resource && { resource }),
  request: { method: 'PUT', url, ...conditions }
})
test('what is beside the entries of a Bundle is held to the base, too', async () => {
  const bundle = { resourceType: 'Bundle', type: 'batch', entry: [get('Location?_count=1')] }
  expect(refusal(await server.post('', { ...bundle, entries: [] }))).toMatchObject({
    status: 400,
    expression: 'Bundle.entries'
  })
  for (const more of [{ id: 'b1', timestamp: '2026-01-01T00:00:00Z' }, { entry: [] }, { meta: { profile: ['urn:x'] } }])
    await server.post('', { ...bundle, ...more }).expect(200)
})

test.each<[string, object, number, string]>([
  ['has no resource', { request: { method: 'POST', url: 'Location' } }, 400, 'Bundle.entry[1].resource'],
  ['has no resource to update', put('Location/none', undefined), 400, 'Bundle.entry[1].resource'],
  [
    'has a resource of another type',
    { resource: location, request: { method: 'POST', url: 'Organization' } },
    400,
    'Bundle.entry[1].resource.resourceType'
  ],
  [
    'has a condition that cannot be read',
    put('Location/odd', { ...location, id: 'odd' }, { ifMatch: 'third' }),
    400,
    'Bundle.entry[1].request.ifMatch'
  ],
  [
    'would write what only the server does',
    put('Practitioner/npi-1234567893', { resourceType: 'Practitioner', id: 'npi-1234567893' }),
    422,
    'Bundle.entry[1].request.url'
  ],
  [
    'has a condition that nobody knows',
    { resource: location, request: { method: 'POST', url: 'Location', ifNoneExists: 'name=Fine' } },
    400,
    'Bundle.entry[1].request.ifNoneExists'
  ],
  ['has its condition beside the request', { ...post(location), ifNoneExist: 'x' }, 400, 'Bundle.entry[1].ifNoneExist'],
  ['has a step on a path as id', put('Location/..', { ...location, id: '..' }), 400, 'Bundle.entry[1].request.url'],
  ['reads a type that there is not', get('Patient/1'), 404, 'Bundle.entry[1].request.url'],
  ['reads where nothing is', get('Location/main/x'), 404, 'Bundle.entry[1].request.url'],
  ['reads by POST', get('Location/_search?name=x'), 405, 'Bundle.entry[1].request.url'],
  ['reads with a bad value', get('Location?_lastUpdated=never'), 400, 'Bundle.entry[1].request.url']
])('an entry of a transaction that %s is named', async (_what, entry, status, expression) => {
  const before = await contents(server.sql)
  expect(refusal(await send('transaction', post(location), entry))).toMatchObject({ status, expression })
  expect(await contents(server.sql)).toEqual(before)
})
