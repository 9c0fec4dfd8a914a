/** References to versions resolve when there is, or was, that version. https://hl7.org/fhir/R4/references.html#literal */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
const place = (more: object = {}) => ({ resourceType: 'Location', name: 'Versioned', ...more })
beforeAll(async () => {
  server = await testServer()
  await server.put('Location/whole', place({ id: 'whole' })).expect(201)
  await server.put('Location/whole', place({ id: 'whole', name: 'Changed' })).expect(200)
  await server.put('Location/back', place({ id: 'back' })).expect(201)
  await server.delete('Location/back').expect(204)
  await server.put('Location/back', place({ id: 'back' })).expect(201)
  await server.sql(`insert into clinics (tenant_id, id, name) values ('demo', 'foreign', 'By SQL')`)
})
afterAll(() => server?.close())

test.each([
  'Location/whole/_history/1',
  'Location/whole/_history/2',
  `${BASE}/Location/whole/_history/2`,
  'Location/back/_history/1',
  'Location/back/_history/3',
  'Location/foreign/_history/1',
  'Organization/t-demo/_history/1'
])('%s is there, and comes back as it was sent', async reference => {
  const element = reference.startsWith('Organization') ? 'managingOrganization' : 'partOf'
  const { body } = await server.post('Location', place({ [element]: { reference } })).expect(201)
  const sent = { reference: reference.replace(`${BASE}/`, '') }
  expect((await server.get(`Location/${body.id}`)).body[element]).toEqual(sent)
})

test.each([
  'Location/whole/_history/3',
  'Location/whole/_history/99',
  'Location/whole/_history/x',
  'Location/whole/_history/01',
  'Location/back/_history/2',
  'Location/none/_history/1',
  'Organization/t-demo/_history/9'
])('%s is not', async reference => {
  const element = reference.startsWith('Organization') ? 'managingOrganization' : 'partOf'
  const before = await contents(server.sql)
  const refused = refusal(await server.post('Location', place({ [element]: { reference } })))
  expect(refused).toMatchObject({ status: 422, code: 'not-found', expression: `Location.${element}.reference` })
  expect(await contents(server.sql)).toEqual(before)
})

test('in a transaction the versions that it makes count', async () => {
  const put = (resource: { id: string }) => ({ resource, request: { method: 'PUT', url: `Location/${resource.id}` } })
  const send = (version: string) =>
    server.post('', {
      ...{ resourceType: 'Bundle', type: 'transaction' },
      entry: [
        put(place({ id: 'made' }) as never),
        put(place({ id: 'child', partOf: { reference: `Location/made/_history/${version}` } }) as never)
      ]
    })
  expect(refusal(await send('2'))).toMatchObject({
    status: 422,
    expression: 'Bundle.entry[1].resource.partOf.reference'
  })
  expect((await send('1')).status).toBe(200)
  expect((await send('2')).status).toBe(200)
})
