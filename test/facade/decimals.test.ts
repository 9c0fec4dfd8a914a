/** Decimals keep the digits they were sent with, through the database and back. https://hl7.org/fhir/R4/datatypes.html#decimal */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => void (server = await testServer()))
afterAll(() => server?.close())

const DECIMALS = ['1.50', '0.1000000000000000055', '-2.50', '12345678901234567890.0']
const extension = DECIMALS.map(each => `{"url":"http://example.org/measured","valueDecimal":${each}}`)
const location = (latitude: string) =>
  `{"resourceType":"Location","id":"digits","name":"Digits","extension":[${extension.join()}],
    "position":{"longitude":-73.50,"latitude":${latitude}}}`

const LATITUDE = '0.1000000000000000055'

function expectDigits(text: string, latitude: string): void {
  expect([...text.matchAll(/"valueDecimal":([^}]+)\}/g)].map(([, digits]) => digits)).toEqual(DECIMALS)
  expect(text).toContain('"longitude":-73.50')
  expect(text).toContain(`"latitude":${latitude}`)
}

const read = async (path = 'Location/digits'): Promise<string> => (await server.get(path)).text

test('in the answers to create, read, search and transaction', async () => {
  const put = { 'Content-Type': 'application/fhir+json' }
  const created = await server.http
    .put('/fhir/R4/Location/digits')
    .set({ ...put, Authorization: `Bearer ${server.token}` })
    .send(location('1.50'))
  expect(created.status).toBe(201)
  expectDigits(created.text, '1.50')
  expectDigits(await read(), '1.50')
  const entry = `{"resource":${location(LATITUDE)},"request":{"method":"PUT","url":"Location/digits"}}`
  const answer = await server.post('', `{"resourceType":"Bundle","type":"transaction","entry":[${entry}]}`)
  expect(answer.status).toBe(200)
  expectDigits(await read(), LATITUDE)
  expectDigits(await read('Location?_id=digits'), LATITUDE)
})

test('in a document made from the rows', async () => {
  await server.sql(`update resource_history set document = null where type = 'Location' and id = 'digits'`)
  expectDigits(await read(), LATITUDE)
})

test('a value that foreign SQL wrote counts, with its digits', async () => {
  await server.sql(`update clinics set latitude = 42.7 where id = 'digits'`)
  expectDigits(await read(), '42.7')
})
