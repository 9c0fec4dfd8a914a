/** Transaction and batch Bundles. https://hl7.org/fhir/R4/http.html#transaction */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, BundleEntry, OperationOutcome } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { contents, counts, grown } from '../support/rows.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

type Made = { resourceType: string; id?: string; [element: string]: unknown }
const send = (type: string, ...entry: object[]) => server.post('', { resourceType: 'Bundle', type, entry })
const entries = (body: unknown): BundleEntry[] => (body as Bundle).entry ?? []
const post = (resource: Made, n: number): object => ({
  fullUrl: `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  resource,
  request: { method: 'POST', url: resource.resourceType }
})
const put = (resource: Made, more: object = {}): object => ({
  resource,
  request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}`, ...more }
})
const del = (url: string): object => ({ request: { method: 'DELETE', url } })
const get = (url: string): object => ({ request: { method: 'GET', url } })
const link = (n: number): object => ({ reference: `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}` })
const place = (more: object = {}): Made => ({ resourceType: 'Location', name: 'A place', ...more })

describe('a transaction', () => {
  test('creates, updates, deletes and reads, and answers in the order of its entries', async () => {
    for (const id of ['tx-old', 'tx-gone']) await server.put(`Location/${id}`, place({ id })).expect(201)
    const answer = await send(
      'transaction',
      get('Location?name=new place'),
      post(place({ name: 'New place', partOf: { reference: 'Location/tx-old' } }), 1),
      put(place({ id: 'tx-old', name: 'Renamed' })),
      del('Location/tx-gone'),
      put(place({ id: 'tx-new' })),
      get('Location/tx-old')
    )
    expect(answer.status).toBe(200)
    const [found, made, renamed, gone, chosen, read] = entries(answer.body)
    expect(entries(answer.body).map(({ response }) => response?.status)).toEqual([
      '200',
      '201',
      '200',
      '204',
      '201',
      '200'
    ])
    expect(found?.resource).toMatchObject({ type: 'searchset', total: 1, entry: [{ resource: made!.resource }] })
    expect(made?.fullUrl).toBe(`${BASE}/Location/${made?.resource?.id}`)
    expect(made?.response).toMatchObject({ etag: 'W/"1"', location: `${made?.fullUrl}/_history/1` })
    expect(renamed?.response).toMatchObject({ etag: 'W/"2"' })
    expect(gone?.resource).toBeUndefined()
    expect(chosen?.response?.location).toBe(`${BASE}/Location/tx-new/_history/1`)
    expect(read?.resource).toEqual(renamed?.resource)
    await server.get('Location/tx-gone').expect(410)
  })

  test('links point both ways, in any order, in contained resources and in circles', async () => {
    const role = {
      resourceType: 'PractitionerRole',
      contained: [{ resourceType: 'Location', id: 'inner', partOf: link(3) }],
      practitioner: link(2),
      location: [{ reference: '#inner' }, link(3)]
    }
    const answer = await send(
      'transaction',
      post(role, 1),
      post({ resourceType: 'Practitioner', name: [{ family: 'Linked' }] }, 2),
      post(place({ partOf: link(4) }), 3),
      post(place({ partOf: link(3) }), 4)
    )
    expect(answer.status).toBe(200)
    const [one, two, three, four] = entries(answer.body).map(({ resource }) => resource as Made)
    const to = ({ resourceType, id }: Made) => ({ reference: `${resourceType}/${id}` })
    expect(one).toMatchObject({
      contained: [{ partOf: to(three!) }],
      practitioner: to(two!),
      location: [{ reference: '#inner' }, to(three!)]
    })
    expect([three?.partOf, four?.partOf]).toEqual([to(four!), to(three!)])
    for (const each of [one, two, three, four])
      expect((await server.get(`${each!.resourceType}/${each!.id}`)).body).toEqual(each)
  })

  test('with absolute URLs of this server', async () => {
    const entry = {
      resource: place({ id: 'tx-absolute' }),
      request: { method: 'PUT', url: `${BASE}/Location/tx-absolute` }
    }
    expect((await send('transaction', entry)).status).toBe(200)
    await server.get('Location/tx-absolute').expect(200)
  })

  test('tells in the entry that a read finds nothing, since the rest is done', async () => {
    const answer = await send('transaction', post(place({ name: 'Read beside' }), 1), get('Location/nowhere'))
    expect(answer.status).toBe(200)
    const [made, missing] = entries(answer.body)
    expect([made?.response?.status, missing?.response?.status]).toEqual(['201', '404'])
    expect(missing?.response?.outcome).toMatchObject({ issue: [{ code: 'not-found' }] })
  })

  test('without entries does nothing', async () => {
    const before = await contents(server.sql)
    const answer = await server.post('', { resourceType: 'Bundle', type: 'transaction' })
    expect([answer.status, (answer.body as Bundle).type]).toEqual([200, 'transaction-response'])
    expect(await contents(server.sql)).toEqual(before)
  })

  const good = post(place(), 9)
  const wrong: [string, object[], number, string][] = [
    [
      'a link to no entry',
      [good, post(place({ partOf: link(8) }), 1)],
      422,
      'Bundle.entry[1].resource.partOf.reference'
    ],
    ['two entries with one fullUrl', [good, post(place(), 9)], 400, 'Bundle.entry[1].fullUrl'],
    [
      'two entries that change one resource',
      [put(place({ id: 'tx-old' })), del('Location/tx-old')],
      400,
      'Bundle.entry[1].resource'
    ],
    [
      'a resource that does not fit its url',
      [good, put(place({ id: 'a' }), { url: 'Location/b' })],
      400,
      'Bundle.entry[1].resource.id'
    ],
    ['an unknown type', [good, post({ resourceType: 'Patient' }, 1)], 404, 'Bundle.entry[1].request.url'],
    ['no resource', [good, { request: { method: 'POST', url: 'Location' } }], 400, ''],
    ['no request', [good, { resource: place() }], 400, 'Bundle.entry[1].request.method'],
    [
      'a method that is none',
      [good, { ...del('Location/x'), request: { method: 'TRACE', url: 'x' } }],
      400,
      'Bundle.entry[1].request.method'
    ],
    [
      'a stale If-Match',
      [good, put(place({ id: 'harbor' }), { ifMatch: 'W/"99"' })],
      412,
      'Bundle.entry[1].request.ifMatch'
    ],
    [
      'a reference to what it deletes',
      [del('Location/tx-new'), post(place({ partOf: { reference: 'Location/tx-new' } }), 1)],
      422,
      'Bundle.entry[1].resource.partOf.reference'
    ],
    [
      'an entry that is not valid',
      [good, post(place({ status: 'closed' }), 1)],
      422,
      'Bundle.entry[1].resource.status'
    ],
    ['an entry of a wrong form', [good, post(place({ name: 7 }), 1)], 400, 'Bundle.entry[1].resource.name'],
    ['an id that is none', [good, put(place({ id: 'a_b' }))], 400, 'Bundle.entry[1].request.url'],
    ['a search that cannot be', [good, get('Location?_count=many')], 400, 'Bundle.entry[1].request.url']
  ]
  test.each(wrong)('with %s is refused whole', async (_, entry, status, expression) => {
    await server.get('Location/harbor')
    const before = await contents(server.sql)
    const refused = refusal(await send('transaction', ...entry))
    expect(refused).toMatchObject({ status, ...(expression && { expression }) })
    expect(await contents(server.sql)).toEqual(before)
  })

  test('of 300 entries is one transaction', async () => {
    const before = await counts(server.sql)
    const all = Array.from({ length: 300 }, (_, n) =>
      post(place({ name: `Many ${n}`, ...(n > 0 && { partOf: link(n - 1) }) }), n)
    )
    const answer = await send('transaction', ...all)
    expect([answer.status, entries(answer.body).length]).toEqual([200, 300])
    expect(grown(before, await counts(server.sql))).toMatchObject({ 'public.clinics': 300, 'public.audit_logs': 300 })
  })

  test('needs the right to each of its entries', async () => {
    const client = await server.as('demo', 'system/Location.cruds system/Practitioner.r')
    const before = await contents(server.sql)
    const body = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [good, post({ resourceType: 'Practitioner' }, 1)]
    }
    expect(refusal(await client.post('', body))).toMatchObject({ status: 403 })
    expect(await contents(server.sql)).toEqual(before)
  })
})

describe('a batch', () => {
  test('answers each entry by itself', async () => {
    const answer = await send(
      'batch',
      post(place({ name: 'In a batch' }), 1),
      get('Location/nowhere'),
      put(place({ id: 'batch', status: 'closed' })),
      get('Location/main'),
      { request: { method: 'POST', url: '' }, resource: { resourceType: 'Bundle', type: 'batch' } }
    )
    expect(answer.status).toBe(200)
    const [made, missing, invalid, read, nested] = entries(answer.body)
    expect([made, missing, invalid, read, nested].map(each => each?.response?.status)).toEqual([
      '201',
      '404',
      '422',
      '200',
      '400'
    ])
    expect(missing?.response?.outcome).toMatchObject({ issue: [{ code: 'not-found' }] })
    expect((invalid?.response?.outcome as OperationOutcome).issue[0]).toMatchObject({ severity: 'error' })
    await server.get(`Location/${made!.resource!.id}`).expect(200)
    await server.get('Location/batch').expect(404)
  })

  test('a Bundle of another type is refused', async () => {
    expect(refusal(await send('collection'))).toMatchObject({ status: 400, expression: 'Bundle.type' })
    expect(refusal(await server.post('', place()))).toMatchObject({ status: 400, expression: 'resourceType' })
  })
})
