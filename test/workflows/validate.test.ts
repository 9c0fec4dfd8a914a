/** $validate: https://hl7.org/fhir/R4/resource-operation-validate.html */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OperationOutcome } from 'fhir/r4.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server
    .put('Location/room', { resourceType: 'Location', id: 'room', name: 'Room', position: POSITION })
    .expect(201)
})
afterAll(() => server?.close())

const POSITION = { latitude: 1.5, longitude: 2 }
const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'
const good = { resourceType: 'Practitioner', name: [{ family: 'Lee' }] }
const bad = { ...good, gender: 'femal' }
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter })

async function issues(path: string, body: object | string): Promise<string[]> {
  const answer = await server.post(path, body)
  expect(answer.status).toBe(200)
  return (answer.body as OperationOutcome).issue
    .filter(({ severity }) => severity !== 'warning')
    .map(({ severity, code, expression = [] }) => [severity, code, ...expression].join(' '))
}
/** Warnings aside: a narrative is missed everywhere. */
const WELL: string[] = []
const GENDER = ['error code-invalid Practitioner.gender']

test('the resource itself, or in Parameters', async () => {
  expect(await issues('Practitioner/$validate', good)).toEqual(WELL)
  expect(await issues('Practitioner/$validate', bad)).toEqual(GENDER)
  expect(await issues('Practitioner/$validate', parameters({ name: 'resource', resource: bad }))).toEqual(GENDER)
})

test('a profile by query or parameter; one that is not known is an error', async () => {
  const required = ['error required Practitioner.identifier']
  expect(await issues(`Practitioner/$validate?profile=${US_CORE}`, good)).toEqual(required)
  const asked = parameters({ name: 'resource', resource: good }, { name: 'profile', valueUri: US_CORE })
  expect(await issues('Practitioner/$validate', asked)).toEqual(required)
  const unknown = 'Practitioner/$validate?profile=http://x.org/none'
  expect(await issues(unknown, good)).toEqual(['error not-found Practitioner'])
})

test.each([
  ['nothing', '', ['error required']],
  ['another type', { resourceType: 'Location' }, ['error structure Location']],
  ['duplicate keys', '{"resourceType":"Practitioner","id":"a","id":"b"}', ['error structure Practitioner.id']],
  [
    'duplicate keys in Parameters',
    '{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Practitioner","id":"a","id":"b"}}]}',
    ['error structure Parameters.parameter[0].resource.id']
  ]
])('%s', async (_name, body, told) => expect(await issues('Practitioner/$validate', body)).toEqual(told))

test('create and update: the rules and what stands count too, and nothing is written', async () => {
  const taken = { resourceType: 'Location', id: 'room', name: 'Room' }
  expect(await issues('Location/$validate?mode=create', taken)).toEqual(WELL)
  expect(await issues('Location/$validate?mode=update', { ...taken, id: undefined })).toEqual([
    'error required Location.id'
  ])
  expect(await issues('Location/other/$validate?mode=update', taken)).toEqual(['error invalid Location.id'])
  const overlapping = { resourceType: 'Schedule', actor: [{ reference: 'PractitionerRole/none' }] }
  expect(await issues('Schedule/$validate', overlapping)).toEqual(WELL)
  const told = await issues('Schedule/$validate?mode=create', overlapping)
  const written = await server.post('Schedule', overlapping)
  expect([written.status >= 400, told[0]!.startsWith('error')]).toEqual([true, true])
  expect((await server.get('Location/other')).status).toBe(404)
})

test('an instance: what is stored, and whether it may be deleted', async () => {
  expect(await issues('Location/room/$validate', '')).toEqual(WELL)
  expect(await issues('Location/room/$validate?mode=delete', '')).toEqual(['information informational'])
  expect((await server.get('Location/room')).status).toBe(200)
  expect((await server.post('Location/none/$validate', '')).status).toBe(404)
  expect(await issues('Location/$validate?mode=delete', '')).toEqual(['error required'])
})

test('what has no fault at all is said to be valid', async () => {
  const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Lee</div>' }
  expect(await issues('Practitioner/$validate', { ...good, text })).toEqual(['information informational'])
})

test('who may not write is told so when asking whether it would be accepted', async () => {
  const reader = await server.as('demo', 'system/*.rs')
  const answer = await reader.post('Location/$validate?mode=create', { resourceType: 'Location', name: 'Room' })
  expect((answer.body as OperationOutcome).issue[0]).toMatchObject({ severity: 'error', code: 'forbidden' })
})

test.each<[object, string]>([
  [parameters({ name: 'mode', valueCode: 'sideways' }), 'Parameters.parameter[0]'],
  [parameters({ name: 'colour', valueString: 'red' }), 'Parameters.parameter[0]'],
  [{ resourceType: 'Parameters', parameter: [null] }, 'Parameters.parameter[0]'],
  [{ resourceType: 'Parameters', parameter: 'x' }, 'Parameters.parameter']
])('what cannot be asked: %j', async (body, expression) => {
  const answer = await server.post('Practitioner/$validate', body).expect(400)
  expect((answer.body as OperationOutcome).issue[0]!.expression).toEqual([expression])
})
