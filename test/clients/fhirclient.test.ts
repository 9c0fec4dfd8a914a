/** fhirclient (SMART) beside the running server. https://docs.smarthealthit.org/client-js/ */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import smart from 'fhirclient'
import type { Bundle, Organization, PractitionerRole } from 'fhir/r4.js'
import { liveServer, liveToken, type LiveServer } from '../support/live-server.js'

let server: LiveServer
let client: ReturnType<ReturnType<typeof smart>['client']>
beforeAll(async () => {
  server = await liveServer()
  const state = { serverUrl: server.base, tokenResponse: { access_token: await liveToken(server) } }
  client = smart({} as never, {} as never).client(state)
})
afterAll(() => server?.close())

const organization = (name: string): Organization => ({ resourceType: 'Organization', active: true, name })
const namesOf = async (pages: AsyncIterable<Bundle>): Promise<(string | undefined)[][]> => {
  const all: (string | undefined)[][] = []
  for await (const { entry = [] } of pages) all.push(entry.map(({ resource }) => (resource as Organization).name))
  return all
}

test('it reads what the server is', async () => {
  expect(await client.getFhirVersion()).toBe('4.0.1')
  expect(await client.getFhirRelease()).toBe(4)
})

test('create, read, update, patch and delete', async () => {
  const made = await client.create<Organization>(organization('Smart') as never)
  expect(await client.request(`Organization/${made.id}`)).toEqual(made)
  const changed = await client.update<Organization>({ ...made, name: 'Smart two' } as never)
  expect(changed).toMatchObject({ id: made.id, name: 'Smart two', meta: { versionId: '2' } })
  const patch = [{ op: 'replace' as const, path: '/name', value: 'Smart three' }]
  expect(await client.patch(`Organization/${made.id}`, patch as never)).toMatchObject({ name: 'Smart three' })
  await client.delete(`Organization/${made.id}`)
  await expect(client.request(`Organization/${made.id}`)).rejects.toMatchObject({ status: 410 })
})

test('a conditional create, once', async () => {
  const headers = { 'If-None-Exist': 'name:exact=Smart once' }
  const make = () =>
    client.create<Organization, { includeResponse: true }>(
      organization('Smart once') as never,
      {
        includeResponse: true,
        headers
      } as { includeResponse: true }
    )
  const [made, again] = [await make(), await make()]
  expect([made.response.status, again.response.status]).toEqual([201, 200])
  expect(again.body).toEqual(made.body)
})

test('pages, one by one and all at once', async () => {
  for (const name of ['Sheet a', 'Sheet b', 'Sheet c']) await client.create(organization(name) as never)
  const query = 'Organization?name=Sheet&_sort=name&_count=2'
  expect(await namesOf(client.pages(query))).toEqual([['Sheet a', 'Sheet b'], ['Sheet c']])
  const flat = await client.request<Organization[]>(query, { pageLimit: 0, flat: true })
  expect(flat.map(({ name }: Organization) => name)).toEqual(['Sheet a', 'Sheet b', 'Sheet c'])
})

test('references are resolved', async () => {
  const roles = await client.request<PractitionerRole[]>('PractitionerRole?practitioner.name=Lee&_count=1', {
    resolveReferences: 'practitioner',
    flat: true
  })
  expect(roles[0]!.practitioner).toMatchObject({ resourceType: 'Practitioner' })
})

test('a batch, and what is refused, with its reason', async () => {
  const bundle = {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ request: { method: 'GET', url: 'Practitioner/dr-lee' } }]
  }
  const answer = await client.request<Bundle>({
    url: '',
    method: 'POST',
    body: JSON.stringify(bundle),
    headers: { 'Content-Type': 'application/fhir+json' }
  })
  expect(answer.entry![0]!.response!.status).toBe('200')
  await expect(client.create({ resourceType: 'Location', status: 'nowhere' })).rejects.toThrow(
    /Location\.status|status/
  )
})
