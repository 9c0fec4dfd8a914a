/** MedplumClient beside the running server. https://www.medplum.com/docs/sdk/core.medplumclient */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { MedplumClient } from '@medplum/core'
import type { Bundle, BundleEntry, Organization } from 'fhir/r4.js'
import { liveServer, type LiveServer } from '../support/live-server.js'

let server: LiveServer
let client: MedplumClient
beforeAll(async () => {
  server = await liveServer()
  client = new MedplumClient({ baseUrl: server.url, fhirUrlPath: 'fhir/R4', tokenUrl: `${server.url}/oauth/token` })
  await client.startClientLogin('demo', 'demo-secret')
})
afterAll(() => server?.close())

const SYSTEM = 'urn:example:medplum'
const organization = (name: string, more: Partial<Organization> = {}): Organization => ({
  resourceType: 'Organization',
  active: true,
  name,
  ...more
})
const fresh = { cache: 'reload' as const }

test('create, read, update, patch, history and delete', async () => {
  const made = await client.createResource(organization('Plum'))
  const at = ['Organization', made.id] as const
  expect(await client.readResource(...at, fresh)).toEqual(made)
  const changed = await client.updateResource({ ...made, name: 'Plum two' })
  expect(changed).toMatchObject({ name: 'Plum two', meta: { versionId: '2' } })
  const patched = await client.patchResource(...at, [{ op: 'replace', path: '/name', value: 'Plum three' }])
  expect(patched).toMatchObject({ name: 'Plum three', meta: { versionId: '3' } })
  expect(await client.readVersion(...at, '1')).toEqual(made)
  const { entry = [] } = (await client.readHistory(...at)) as Bundle<Organization>
  expect(entry.map(({ resource }) => resource?.name)).toEqual(['Plum three', 'Plum two', 'Plum'])
  await client.deleteResource(...at)
  await expect(client.readResource(...at, fresh)).rejects.toMatchObject({
    outcome: { resourceType: 'OperationOutcome' }
  })
})

test('create when there is none, and upsert', async () => {
  const once = organization('Plum once', { identifier: [{ system: SYSTEM, value: 'once' }] })
  const query = `identifier=${SYSTEM}|once`
  const made = await client.createResourceIfNoneExist(once, query)
  expect(await client.createResourceIfNoneExist(once, query)).toEqual(made)
  const changed = await client.upsertResource({ ...once, name: 'Plum twice' }, query)
  expect(changed).toMatchObject({ id: made.id, name: 'Plum twice' })
})

test('searches, one by one and in pages', async () => {
  for (const name of ['Leaf a', 'Leaf b', 'Leaf c']) await client.createResource(organization(name))
  expect(await client.searchOne('Organization', { name: 'Leaf', _sort: '-name' })).toMatchObject({ name: 'Leaf c' })
  const pages: (string | undefined)[][] = []
  for await (const page of client.searchResourcePages('Organization', { name: 'Leaf', _sort: 'name', _count: 2 }))
    pages.push(page.map(({ name }) => name))
  expect(pages).toEqual([['Leaf a', 'Leaf b'], ['Leaf c']])
  const { total } = await client.search('Organization', { name: 'Leaf', _total: 'accurate', _count: 1 })
  expect(total).toBe(3)
})

test('batch and transaction', async () => {
  const get = (url: string): BundleEntry => ({ request: { method: 'GET', url } })
  const batch: Bundle = { resourceType: 'Bundle', type: 'batch', entry: [get('Practitioner/dr-lee'), get('Slot/x')] }
  const { entry = [] } = (await client.executeBatch(batch)) as Bundle
  expect(entry.map(({ response }) => response?.status)).toEqual(['200', '404'])
  const link = 'urn:uuid:7d0b3d5e-5b0a-4a8e-9b6e-33ad9ea2b0f2'
  const post = (resource: Organization): BundleEntry => ({
    resource,
    request: { method: 'POST', url: 'Organization' }
  })
  const transaction: Bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      { fullUrl: link, ...post(organization('Root')) },
      post(organization('Twig', { partOf: { reference: link } }))
    ]
  }
  const [root, twig] = ((await client.executeBatch(transaction)) as Bundle).entry!.map(
    ({ resource }) => resource as Organization
  )
  expect(twig!.partOf).toEqual({ reference: `Organization/${root!.id}` })
  expect(await client.readReference(twig!.partOf!)).toMatchObject({ name: 'Root' })
})

test('requests of one moment go as one batch', async () => {
  const batching = new MedplumClient({
    ...{ baseUrl: server.url, fhirUrlPath: 'fhir/R4', tokenUrl: `${server.url}/oauth/token` },
    autoBatchTime: 20
  })
  await batching.startClientLogin('demo', 'demo-secret')
  const [person, places, nobody] = await Promise.all([
    batching.readResource('Practitioner', 'dr-lee'),
    batching.searchResources('Location', { _count: 1 }),
    batching.readResource('Practitioner', 'nobody').catch((error: unknown) => error)
  ])
  expect(person).toMatchObject({ id: 'dr-lee' })
  expect(places).toHaveLength(1)
  expect(nobody).toMatchObject({ outcome: { issue: [{ code: 'not-found' }] } })
})

test('$validate', async () => {
  const told = await client.validateResource({ resourceType: 'Location', status: 'nowhere' } as never)
  expect(told.issue[0]).toMatchObject({ severity: 'error', expression: ['Location.status'] })
})
