/** fhir-kit-client beside the running server. https://github.com/Vermonster/fhir-kit-client */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Client } from 'fhir-kit-client'
import type {
  Bundle,
  CapabilityStatement,
  OperationOutcome,
  Organization,
  Practitioner,
  PractitionerRole
} from 'fhir/r4.js'
import { liveServer, liveToken, type LiveServer } from '../support/live-server.js'

type Linked = Bundle & { link: { relation: string; url: string }[] }

let server: LiveServer
let client: Client
beforeAll(async () => {
  server = await liveServer()
  client = new Client({ baseUrl: server.base })
  client.bearerToken = await liveToken(server)
})
afterAll(() => server?.close())

const SYSTEM = 'urn:example:fhir-kit'
const organization = (name: string, more: Partial<Organization> = {}): Organization => ({
  resourceType: 'Organization',
  active: true,
  name,
  ...more
})
const statusOf = (answer: object): number | undefined => Client.httpFor(answer as never).response?.status
const names = ({ entry = [] }: Bundle): (string | undefined)[] =>
  entry.map(({ resource }) => (resource as Organization).name)
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    ({ response }: { response: { status: number; data: OperationOutcome } }) => response
  )

test('it finds the token endpoint and the CapabilityStatement', async () => {
  expect(await client.smartAuthMetadata()).toMatchObject({ tokenUrl: new URL(`${server.url}/oauth/token`) })
  const statement = (await client.capabilityStatement()) as unknown as CapabilityStatement
  expect(statement.rest![0]!.resource!.map(({ type }) => type)).toContain('Practitioner')
})

test('create, read, vread, update, patch, history and delete', async () => {
  const made = (await client.create({
    resourceType: 'Organization',
    body: organization('Kit') as never
  })) as Organization
  expect(statusOf(made)).toBe(201)
  const at = { resourceType: 'Organization', id: made.id! }
  expect(await client.read(at)).toEqual(made)

  const changed = await client.update({ ...at, body: { ...made, name: 'Kit two' } })
  expect(changed).toMatchObject({ name: 'Kit two', meta: { versionId: '2' } })
  const jsonPatch = [{ op: 'replace' as const, path: '/name', value: 'Kit three' }]
  expect(await client.patch({ ...at, jsonPatch })).toMatchObject({ name: 'Kit three', meta: { versionId: '3' } })
  expect(await client.vread({ ...at, version: '1' })).toEqual(made)
  const past = (await client.history(at)) as unknown as Bundle
  expect(names(past)).toEqual(['Kit three', 'Kit two', 'Kit'])

  expect(statusOf(await client.delete(at))).toBe(204)
  expect(await failure(client.read(at))).toMatchObject({ status: 410, data: { resourceType: 'OperationOutcome' } })
})

test('a condition: create when there is none, update what is named', async () => {
  const identifier = [{ system: SYSTEM, value: 'once' }]
  const headers = { 'If-None-Exist': `identifier=${SYSTEM}|once` }
  const body = organization('Once', { identifier }) as never
  const made = await client.create({ resourceType: 'Organization', body, options: { headers } })
  const again = await client.create({ resourceType: 'Organization', body, options: { headers } })
  expect([statusOf(made), statusOf(again)]).toEqual([201, 200])
  expect(again).toEqual(made)
  const renamed = organization('Twice', { identifier }) as never
  const searchParams = { identifier: `${SYSTEM}|once` }
  const changed = await client.update({ resourceType: 'Organization', searchParams, body: renamed })
  expect(changed).toMatchObject({ id: made.id, name: 'Twice' })
})

test('search by GET and by POST, with includes, in pages forth and back', async () => {
  for (const name of ['Page a', 'Page b', 'Page c'])
    await client.create({ resourceType: 'Organization', body: organization(name) as never })
  for (const postSearch of [false, true]) {
    const searchParams = { name: 'Page', _sort: 'name', _count: 2 }
    const first = await client.search({ resourceType: 'Organization', searchParams, options: { postSearch } })
    expect(names(first as unknown as Bundle)).toEqual(['Page a', 'Page b'])
    const next = (await client.nextPage({ bundle: first as unknown as Linked as never }))!
    expect(names(next as unknown as Bundle)).toEqual(['Page c'])
    expect(client.nextPage({ bundle: next as never })).toBeUndefined()
    const back = (await client.prevPage({ bundle: next as never }))!
    expect(names(back as unknown as Bundle)).toEqual(['Page a', 'Page b'])
  }
  const roles = (await client.search({
    resourceType: 'PractitionerRole',
    searchParams: { 'practitioner.name': 'Lee', _include: 'PractitionerRole:practitioner' }
  })) as unknown as Bundle
  expect(roles.entry?.map(({ search }) => search?.mode)).toEqual(expect.arrayContaining(['match', 'include']))
  const all = (await client.systemSearch({
    searchParams: { _type: 'Practitioner,Organization', _count: 1000 }
  })) as unknown as Bundle
  expect(new Set(all.entry?.map(({ resource }) => resource?.resourceType))).toEqual(
    new Set(['Practitioner', 'Organization'])
  )
})

test('batch and transaction', async () => {
  const entry = (method: string, url: string, resource?: object) => ({
    ...(resource && { resource }),
    request: { method, url }
  })
  const batch = (await client.batch({
    body: {
      resourceType: 'Bundle',
      type: 'batch',
      entry: [entry('GET', 'Practitioner/dr-lee'), entry('GET', 'Practitioner/nobody')]
    }
  })) as unknown as Bundle
  expect(batch.entry?.map(({ response }) => response?.status)).toEqual(['200', '404'])

  const link = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a'
  const transaction = (await client.transaction({
    body: {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [
        { fullUrl: link, ...entry('POST', 'Organization', organization('Above')) },
        entry('POST', 'Organization', organization('Below', { partOf: { reference: link } }))
      ]
    }
  })) as unknown as Bundle<Organization>
  const [above, below] = transaction.entry!.map(({ resource }) => resource!)
  expect(below!.partOf).toEqual({ reference: `Organization/${above!.id}` })
})

test('it resolves references and runs operations', async () => {
  const bundle = (await client.search({
    resourceType: 'PractitionerRole',
    searchParams: { 'practitioner.name': 'Lee' }
  })) as unknown as Bundle
  const role = bundle.entry![0]!.resource as PractitionerRole
  const person = (await client.resolve({ reference: role.practitioner!.reference! })) as unknown as Practitioner
  expect(person.resourceType).toBe('Practitioner')
  const input = { resourceType: 'Location', status: 'nowhere' } as never
  const told = (await client.operation({ name: 'validate', resourceType: 'Location', input })) as unknown
  expect((told as OperationOutcome).issue[0]).toMatchObject({ severity: 'error', expression: ['Location.status'] })
})
