/** P16: $erase takes one person out of texts, and nothing that is structure, or that others have as well. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Location, Practitioner, PractitionerRole, Resource } from 'fhir/r4.js'
import { testServer, type TestServer } from '../support/server.js'

const SYSTEM = 'https://numbers.example/sid'
const SWITCHBOARD = '+1 518 555 0123'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const made = async <R extends Resource>(resource: object): Promise<R> => {
  const { resourceType: type } = resource as Resource
  const { body, status } = await server.post(type, resource)
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body as R
}

const now = async ({ resourceType, id }: Resource): Promise<Resource> => {
  const { meta: _meta, ...rest } = (await server.get(`${resourceType}/${id}`)).body as Resource
  return rest
}

const erase = async (more: object): Promise<void> => {
  const { id } = await made<Practitioner>({ resourceType: 'Practitioner', ...more })
  expect((await server.post(`Practitioner/${id}/$erase`, '')).status).toBe(200)
}

test('words of identifiers and telecoms are no numbers: URLs, profiles and codes stay as they are', async () => {
  const service = await made({
    resourceType: 'HealthcareService',
    name: 'Practitioner final other',
    extension: [{ url: 'https://other.example/https', valueString: 'https other' }]
  })
  const before = await Promise.all([now(service), server.get('PractitionerRole?_count=50'), server.get('_history')])
  const words = ['https', 'other', 'practitioner', 'final', 'StructureDefinition', 'locum', 'example']
  await erase({
    identifier: words.map(value => ({ system: SYSTEM, value })),
    telecom: [{ system: 'other', value: 'practitioner' }],
    address: [{ line: ['https', 'other'], text: 'final' }]
  })
  expect(await now(service)).toEqual(before[0])
  const roles = (await server.get('PractitionerRole?_count=50')).body as { entry: unknown }
  expect(roles.entry).toEqual((before[1].body as { entry: unknown }).entry)
})

test('numbers that stand in references, URLs, codes and dates stay there; in texts they are erased', async () => {
  const url = 'https://n12345.example/77-12345/x'
  const service = await made({
    resourceType: 'HealthcareService',
    name: 'Ask 12345 or 77-12345',
    comment: 'since 2026-03-09',
    extension: [
      { url, valueUri: 'urn:oid:1.2.12345' },
      { url, valueString: 'call 12345' },
      { url, valueDate: '2026-03-09' },
      { url, valueReference: { reference: 'Device/12345', display: 'Device of 12345' } },
      { url, valueCodeableConcept: { coding: [{ system: 'urn:x:12345', code: '12345', display: '12345' }] } }
    ]
  })
  const address = { line: ['Room 12345'], postalCode: '12345' }
  const clinic = await made<Location>({ resourceType: 'Location', name: 'Suite', address })
  await erase({ identifier: ['12345', '77-12345', '2026-03-09'].map(value => ({ system: SYSTEM, value })) })
  expect(await now(service)).toMatchObject({
    name: 'Ask [erased] or [erased]',
    comment: 'since [erased]',
    extension: [
      { url, valueUri: 'urn:oid:1.2.12345' },
      { url, valueString: 'call [erased]' },
      { url, valueDate: '2026-03-09' },
      { url, valueReference: { reference: 'Device/12345', display: 'Device of [erased]' } },
      { url, valueCodeableConcept: { coding: [{ system: 'urn:x:12345', code: '12345', display: '[erased]' }] } }
    ]
  })
  expect(await now(clinic)).toMatchObject({ address })
})

test("the clinic's number and address stay with the clinic, and with those who work there", async () => {
  const telecom = [{ system: 'phone', value: SWITCHBOARD }]
  const address = { use: 'work', line: ['7 Shared Street'], text: '7 Shared Street, Albany', city: 'Albany' }
  const clinic = await made<Location>({ resourceType: 'Location', name: 'Wing', telecom, address })
  const desk = await made({ resourceType: 'HealthcareService', name: 'Desk', comment: `Ring ${SWITCHBOARD}`, telecom })
  await erase({ name: [{ family: 'Leaving', given: ['Ann'] }], telecom, address: [address] })
  expect(await now(clinic)).toMatchObject({ telecom, address })
  expect(await now(desk)).toMatchObject({ telecom, comment: `Ring ${SWITCHBOARD}` })
})

test('a number of their own is erased, however it is written down', async () => {
  const desk = await made({ resourceType: 'HealthcareService', name: 'Desk', comment: 'Ring +1 518 555 0124' })
  await erase({ telecom: [{ system: 'phone', value: '+1 518 555 0124', use: 'mobile' }] })
  expect(await now(desk)).toMatchObject({ comment: 'Ring [erased]' })
})

test('accounts are found and read after somebody was erased', async () => {
  const { entry } = (await server.get('PractitionerRole?_count=50')).body as { entry: { resource: PractitionerRole }[] }
  expect(JSON.stringify(entry)).not.toContain('[erased]')
})
