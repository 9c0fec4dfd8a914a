/** Conditional create, update, patch, delete and read. https://hl7.org/fhir/R4/http.html#ccreate */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Response } from 'supertest'
import { refusal } from '../support/outcome.js'
import { contents, counts, grown } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  for (const n of [1, 2]) await server.put(`Location/twin-${n}`, place('twin', { id: `twin-${n}` })).expect(201)
})
afterAll(() => server?.close())

const SYSTEM = 'urn:example:conditional'
const by = (value: string): string => `identifier=${SYSTEM}|${value}`
const place = (value: string, more: object = {}) => ({
  resourceType: 'Location',
  identifier: [{ system: SYSTEM, value }],
  name: 'A place',
  ...more
})
const create = (value: string, criteria = by(value)) =>
  server.post('Location', place(value), { 'If-None-Exist': criteria })
const statuses = (answers: Response[]): number[] => answers.map(({ status }) => status).sort()
const replaceName = [{ op: 'replace', path: '/name', value: 'Patched' }]

describe('conditional create', () => {
  test('creates once, and then answers with what is there', async () => {
    const made = await create('once')
    expect(made.status).toBe(201)
    const before = await contents(server.sql)
    const again = await create('once', `?${by('once')}`)
    expect([again.status, again.headers.location, again.body]).toEqual([200, made.headers.location, made.body])
    expect((await create('once', `Location?${by('once')}`)).status).toBe(200)
    expect(await contents(server.sql)).toEqual(before)
  })

  test('of eight at once makes one', async () => {
    const before = await counts(server.sql)
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => create('eight', n % 2 ? `${by('eight')}&name=A` : `name=A&${by('eight')}`))
    )
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(grown(before, await counts(server.sql))).toMatchObject({ 'public.clinics': 1 })
  })

  test('does not count what was deleted, nor records of the directory', async () => {
    const { body } = await create('again')
    await server.delete(`Location/${body.id}`).expect(204)
    expect((await create('again')).status).toBe(201)
    const npi = 'identifier=http://hl7.org/fhir/sid/us-npi|1234567893'
    expect((await server.get(`Practitioner?${npi}`)).body.total).toBe(1)
    const own = await server.post('Practitioner', { resourceType: 'Practitioner' }, { 'If-None-Exist': npi })
    expect(own.status).toBe(201)
  })

  test('reads what foreign SQL made', async () => {
    const { body } = await create('by-sql')
    await server.sql(`update clinics set name = 'By SQL' where id = $1`, [body.id])
    expect((await create('by-sql')).body).toMatchObject({ name: 'By SQL', meta: { versionId: '2' } })
  })
})

describe('conditional update', () => {
  const put = (value: string, resource: object = {}, headers = {}) =>
    server.put(`Location?${by(value)}`, place(value, resource), headers)

  test('makes what is not there, changes what is', async () => {
    const made = await put('up')
    expect(made.status).toBe(201)
    const changed = await put('up', { name: 'Changed' }, { 'If-Match': 'W/"1"' })
    expect([changed.status, changed.body.id, changed.body.meta.versionId]).toEqual([200, made.body.id, '2'])
    expect((await put('up', { id: made.body.id, name: 'Again' })).status).toBe(200)
  })

  test('of eight at once makes one', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => put('up-eight', { name: `Name ${n}` })))
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 200, 200, 200, 201])
    expect(answers.map(({ body }) => body.meta.versionId).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8'])
  })

  test('makes it under the id that the client chose, when that is free', async () => {
    const made = await put('chosen', { id: 'chosen' })
    expect([made.status, made.body.id]).toEqual([201, 'chosen'])
    expect(refusal(await put('other', { id: 'chosen' }))).toMatchObject({ status: 412 })
  })
})

describe('conditional patch and delete', () => {
  test('change the one that matches', async () => {
    const { body } = await create('pd')
    const patched = await server.patch(`Location?${by('pd')}`, replaceName)
    expect([patched.status, patched.body.id, patched.body.name]).toEqual([200, body.id, 'Patched'])
    const deleted = await server.delete(`Location?${by('pd')}`)
    expect([deleted.status, deleted.headers.etag]).toEqual([204, 'W/"3"'])
    await server.get(`Location/${body.id}`).expect(410)
    await server.delete(`Location?${by('pd')}`).expect(204)
  })

  test('of many at once lose none', async () => {
    const { body } = await create('pd-many')
    const add = (n: number) =>
      server.patch(`Location?${by('pd-many')}`, [{ op: 'add', path: '/description', value: `${n}` }])
    expect(statuses(await Promise.all([1, 2, 3, 4, 5].map(add)))).toEqual([200, 200, 200, 200, 200])
    expect((await server.get(`Location/${body.id}`)).headers.etag).toBe('W/"6"')
  })
})

describe('preconditions', () => {
  test('If-Match of an update by criteria that match nothing makes nothing', async () => {
    const condition = { 'If-Match': 'W/"2"' }
    const refused = refusal(await server.put('Location?name=nowhere-at-all', place('nowhere-at-all'), condition))
    expect(refused).toMatchObject({ status: 412, expression: 'If-Match' })
  })

  test('If-None-Match: * only makes, If-Match: * only changes', async () => {
    const put = (id: string, headers: Record<string, string>) =>
      server.put(`Location/${id}`, place(id, { id }), headers)
    expect(refusal(await put('pre', { 'If-Match': '*' }))).toMatchObject({ status: 412, expression: 'If-Match' })
    expect((await put('pre', { 'If-None-Match': '*' })).status).toBe(201)
    expect(refusal(await put('pre', { 'If-None-Match': '*' }))).toMatchObject({
      status: 412,
      expression: 'If-None-Match'
    })
    expect((await put('pre', { 'If-Match': '*' })).status).toBe(200)
    expect(refusal(await put('pre', { 'If-None-Match': 'W/"1"' }))).toMatchObject({ status: 400 })
    await server.delete('Location/pre', { 'If-Match': '*' }).expect(204)
    expect((await put('pre', { 'If-None-Match': '*' })).status).toBe(201)
  })

  test('of eight who make one id at once, one does', async () => {
    const all = Array.from({ length: 8 }, () =>
      server.put('Location/race', place('race', { id: 'race' }), { 'If-None-Match': '*' })
    )
    expect(statuses(await Promise.all(all))).toEqual([201, 412, 412, 412, 412, 412, 412, 412])
  })

  test('a read of what the caller has is 304, without a body', async () => {
    const { headers } = await server.get('Location/twin-1')
    const conditions: Record<string, string>[] = [
      { 'If-None-Match': headers.etag! },
      { 'If-None-Match': `"7", ${headers.etag}` },
      { 'If-Modified-Since': headers['last-modified']! },
      { 'If-None-Match': headers.etag!, 'If-Modified-Since': new Date(0).toUTCString() }
    ]
    for (const known of conditions) {
      const answer = await server.get('Location/twin-1', known)
      expect([answer.status, answer.text, answer.headers.etag]).toEqual([304, '', headers.etag])
    }
    await server
      .get('Location/twin-1', { 'If-None-Match': 'W/"7"', 'If-Modified-Since': new Date().toUTCString() })
      .expect(200)
    await server.get('Location/twin-1', { 'If-Modified-Since': new Date(0).toUTCString() }).expect(200)
    await server.get('Location/nowhere', { 'If-None-Match': '*' }).expect(404)
    const head = await server.http.head('/fhir/R4/Location/twin-1').set('Authorization', `Bearer ${server.token}`)
    expect([head.status, head.headers.etag, head.text]).toEqual([200, headers.etag, undefined])
  })
})

describe('refused, and nothing is written', () => {
  const resource = () => place('x')
  const cases: [string, () => Promise<Response>, number, string][] = [
    ['create that matches several', async () => create('twin'), 412, 'multiple-matches'],
    [
      'update that matches several',
      async () => server.put(`Location?${by('twin')}`, resource()),
      412,
      'multiple-matches'
    ],
    [
      'patch that matches several',
      async () => server.patch(`Location?${by('twin')}`, replaceName),
      412,
      'multiple-matches'
    ],
    ['delete that matches several', async () => server.delete(`Location?${by('twin')}`), 412, 'multiple-matches'],
    ['patch that matches nothing', async () => server.patch(`Location?${by('none')}`, replaceName), 404, 'not-found'],
    [
      'update of another id',
      async () => server.put('Location?_id=twin-1', place('x', { id: 'twin-2' })),
      400,
      'invalid'
    ],
    [
      'update of a stale version',
      async () => server.put('Location?_id=twin-1', resource(), { 'If-Match': 'W/"9"' }),
      412,
      'conflict'
    ],
    ['delete by a page of a search', async () => server.delete('Location?name=x&_cursor=y'), 400, 'not-supported'],
    ['delete without criteria', async () => server.delete('Location'), 400, 'required'],
    ['delete by the form alone', async () => server.delete('Location?_format=json'), 400, 'required'],
    ['create without criteria', async () => create('x', ''), 400, 'required'],
    ['delete by what is unknown', async () => server.delete(`Location?_id=twin-1&colour=blue`), 400, 'not-supported'],
    ['delete by nothing', async () => server.delete('Location?identifier='), 400, 'not-supported']
  ]
  test.each(cases)('%s', async (_, send, status, code) => {
    const before = await contents(server.sql)
    expect(refusal(await send())).toMatchObject({ status, code })
    expect(await contents(server.sql)).toEqual(before)
  })

  test('without the right to search', async () => {
    const writer = await server.as('demo', 'system/Location.cud')
    const answer = await writer.post('Location', resource(), { 'If-None-Exist': by('once') })
    expect(refusal(answer)).toMatchObject({ status: 403 })
  })
})

describe('criteria that name what the server keeps', () => {
  const tenant = async () => (await server.get('Organization/t-demo').expect(200)).body as { resourceType: string }

  test.each(['Organization/t-demo', 'Organization/f-lab', 'Practitioner/npi-1234567893', 'Slot/s.x.0.y.30'])(
    '%s: a delete by _id is refused as one of the id is',
    async name => {
      const before = await contents(server.sql)
      const byId = name.replace('/', '?_id=')
      const [named, asked] = [await server.delete(name), await server.delete(byId)]
      expect(refusal(asked)).toMatchObject({ status: 422, code: 'business-rule' })
      expect(asked.body).toEqual(named.body)
      const entry = [{ request: { method: 'DELETE', url: byId } }]
      const bundled = refusal(await server.post('', { resourceType: 'Bundle', type: 'transaction', entry }))
      expect(bundled).toMatchObject({ status: 422, expression: 'Bundle.entry[0].request.url' })
      expect(await contents(server.sql)).toEqual(before)
    }
  )

  test('the tenant’s own Organization is updated and patched by its _id as by its id', async () => {
    const own = await tenant()
    const renamed = { ...own, name: 'Renamed by criteria' }
    await server.put('Organization?_id=t-demo', renamed).expect(200)
    expect(await tenant()).toMatchObject({ id: 't-demo', name: 'Renamed by criteria' })
    await server.patch('Organization?_id=t-demo', replaceName).expect(200)
    expect(await tenant()).toMatchObject({ id: 't-demo', name: 'Patched' })
  })
})
