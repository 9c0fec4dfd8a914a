/** Versions of a resource, a type, all types. https://hl7.org/fhir/R4/http.html#history */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, BundleEntry } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const STRICT = { Prefer: 'handling=strict' }
const put = (id: string, name: string) => server.put(`Location/${id}`, { resourceType: 'Location', id, name })
const bundleOf = async (path: string, from = server): Promise<Bundle> => {
  const answer = await from.get(path, STRICT)
  if (answer.status !== 200) throw new Error(`${path} gives ${answer.status}: ${answer.text}`)
  return answer.body as Bundle
}
const entriesOf = async (path: string): Promise<BundleEntry[]> => (await bundleOf(path)).entry ?? []
const short = ({ request, response, resource }: BundleEntry) =>
  [
    request?.method,
    request?.url,
    response?.status,
    response?.etag,
    (resource as { name?: string } | undefined)?.name
  ] as const
const next = ({ link }: Bundle) => link?.find(({ relation }) => relation === 'next')?.url.slice(BASE.length + 1)
/** All pages. */
async function crawl(path: string, between: () => Promise<unknown> = async () => undefined): Promise<BundleEntry[]> {
  const found: BundleEntry[] = []
  for (let at: string | undefined = path; at;) {
    const page: Bundle = await bundleOf(at)
    found.push(...(page.entry ?? []))
    await between()
    at = next(page)
  }
  return found
}

describe('the history of a resource', () => {
  test('has every version, the deletion and the return too', async () => {
    await put('h1', 'One').expect(201)
    await put('h1', 'Two').expect(200)
    await server.delete('Location/h1').expect(204)
    await put('h1', 'Again').expect(201)
    const bundle = await bundleOf('Location/h1/_history')
    expect([bundle.type, bundle.total, next(bundle)]).toEqual(['history', 4, undefined])
    expect(bundle.entry!.map(short)).toEqual([
      ['PUT', 'Location/h1', '201', 'W/"4"', 'Again'],
      ['DELETE', 'Location/h1', '204', 'W/"3"', undefined],
      ['PUT', 'Location/h1', '200', 'W/"2"', 'Two'],
      ['PUT', 'Location/h1', '201', 'W/"1"', 'One']
    ])
    expect(bundle.entry![0]!.resource).toEqual((await server.get('Location/h1')).body)
    expect(bundle.entry![0]!.fullUrl).toBe(`${BASE}/Location/h1`)
  })

  test('tells versions that foreign SQL passed over without a resource, and shows the one that stands', async () => {
    await put('h2', 'One').expect(201)
    for (const name of ['Two', 'Three']) await server.sql(`update clinics set name = $1 where id = 'h2'`, [name])
    await server.sql(`insert into clinics (tenant_id, id, name) values ('demo', 'h3', 'By SQL')`)
    expect((await entriesOf('Location/h2/_history')).map(short)).toEqual([
      ['PUT', 'Location/h2', '200', 'W/"3"', 'Three'],
      ['PUT', 'Location/h2', '200', 'W/"2"', undefined],
      ['PUT', 'Location/h2', '201', 'W/"1"', 'One']
    ])
    expect((await entriesOf('Location/h3/_history')).map(short)).toEqual([
      ['PUT', 'Location/h3', '201', 'W/"1"', 'By SQL']
    ])
    await server.sql(`delete from clinics where id = 'h3'`)
    expect((await entriesOf('Location/h3/_history')).map(short)).toEqual([
      ['DELETE', 'Location/h3', '204', 'W/"2"', undefined],
      ['PUT', 'Location/h3', '201', 'W/"1"', 'By SQL']
    ])
  })

  test('of what the server only shows is what it shows; of what never was, 404', async () => {
    expect((await entriesOf('Organization/t-demo/_history')).map(short)).toEqual([
      ['PUT', 'Organization/t-demo', '201', 'W/"1"', 'Demo Clinic Group']
    ])
    for (const path of ['Location/never', 'Location/a_b', 'Organization/t-nowhere', 'Slot/s.x.0.y.30'])
      expect(refusal(await server.get(`${path}/_history`))).toMatchObject({ status: 404 })
    const slot = (await server.get('Slot?_count=1')).body.entry[0].resource.id as string
    expect(refusal(await server.get(`Slot/${slot}/_history`))).toMatchObject({ status: 404 })
  })

  test('begins where _since says, and shows what stood at _at', async () => {
    await put('h4', 'One').expect(201)
    const between = async (name: string) => {
      await new Promise(resolve => setTimeout(resolve, 15))
      const instant = new Date().toISOString()
      await new Promise(resolve => setTimeout(resolve, 15))
      await put('h4', name).expect(200)
      return instant
    }
    const [first, second] = [await between('Two'), await between('Three')]
    const names = async (query: string) =>
      (await entriesOf(`Location/h4/_history?${query}`)).map(each => short(each)[4])
    expect(await names(`_since=${first}`)).toEqual(['Three', 'Two'])
    expect(await names(`_since=${second}`)).toEqual(['Three'])
    expect(await names(`_at=${first}`)).toEqual(['One'])
    expect(await names(`_at=${second}`)).toEqual(['Two'])
    expect(await names(`_at=${first.slice(0, 4)}`)).toEqual(['Three', 'Two', 'One'])
    expect(await names('_since=2999-01-01')).toEqual([])
    expect(await names('_at=2000')).toEqual([])
  })
})

describe('the history of types', () => {
  test('is newest first, and no other tenant’s', async () => {
    const other = await server.as('demo-au')
    const { body } = await other.post('Location', { resourceType: 'Location', name: 'Elsewhere' })
    await put('h5', 'One').expect(201)
    for (const path of ['Location/_history', '_history']) {
      const all = await crawl(`${path}?_count=100`)
      expect(short(all[0]!)).toEqual(['PUT', 'Location/h5', '201', 'W/"1"', 'One'])
      const times = all.map(({ response }) => response!.lastModified!)
      expect(times).toEqual([...times].sort().reverse())
      expect(all.some(({ fullUrl }) => fullUrl?.includes(body.id))).toBe(false)
    }
    expect(refusal(await server.get(`Location/${body.id}/_history`))).toMatchObject({ status: 404 })
    expect((await bundleOf(`Location/${body.id}/_history`, other)).total).toBe(1)
  })

  test('of the whole tenant has what the token may read', async () => {
    const all = await crawl('_history?_count=200')
    const types = new Set(all.map(({ fullUrl }) => fullUrl!.slice(BASE.length + 1).split('/')[0]))
    expect([...types]).toEqual(
      expect.arrayContaining(['Practitioner', 'PractitionerRole', 'Location', 'HealthcareService'])
    )
    const reader = await server.as('demo', 'system/Schedule.rs')
    const { entry = [] } = await bundleOf('_history?_count=1000', reader)
    expect(new Set(entry.map(({ resource }) => resource?.resourceType))).toEqual(new Set(['Schedule']))
    expect(refusal(await reader.get('Location/_history'))).toMatchObject({ status: 403 })
    expect(refusal(await reader.get('Location/main/_history'))).toMatchObject({ status: 403 })
  })

  test.each(['Location/_history', '_history'])('%s meets each version once, while others are made', async path => {
    const before = (await crawl(`${path}?_count=1000`)).map(each => `${each.fullUrl} ${each.response?.etag}`)
    let n = 0
    const met = await crawl(`${path}?_count=7`, () => put(`h6-${n % 3}`, `Name ${n++}`))
    const names = met.map(each => `${each.fullUrl} ${each.response?.etag}`)
    expect(names.filter(name => before.includes(name))).toEqual(before)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('what is asked wrongly', () => {
  test.each([
    ['_count=-1', '_count'],
    ['_count=many', '_count'],
    ['_since=yesterday', '_since'],
    ['_since=ge2026', '_since'],
    ['_at=2026-13', '_at'],
    ['_cursor=abc', '_cursor'],
    ['colour=blue', 'colour']
  ])('%s is refused', async (query, expression) => {
    for (const path of ['Location/main/_history', 'Location/_history', '_history'])
      expect(refusal(await server.get(`${path}?${query}`, STRICT))).toMatchObject({ status: 400, expression })
  })

  test('a page link is of no use for another tenant, caller or history', async () => {
    const link = next(await bundleOf('Location/_history?_count=1'))!
    const other = await server.as('demo', 'system/*.rs')
    expect((await server.get(link)).status).toBe(200)
    for (const answer of [
      other.get(link),
      server.get(link.replace('Location', 'Organization')),
      server.get(link.replace('_count=1', '_count=2')),
      server.get(link.replace('_cursor', '_cursoq'))
    ])
      expect(refusal(await answer)).toMatchObject({ status: 400, expression: '_cursor' })
  })

  test.each(['Location/_history', '_history', 'Slot/_history', 'Location/main/_history'])(
    'an unknown parameter of %s is left out, and told, when nobody is strict',
    async path => {
      const { headers, body } = await server.get(`${path}?_count=3&_id=main`).expect(200)
      expect((body as Bundle).link?.[0]).toEqual({ relation: 'self', url: `${BASE}/${path}?_count=3` })
      expect(headers.warning).toMatch(/^199 - "_id was ignored: a history knows _count, _since and _at;/)
      expect((await server.get(`${path}?_count=3`)).headers.warning).toBeUndefined()
    }
  )

  test('an entry of a batch is told in its outcome', async () => {
    const request = { method: 'GET', url: 'Location/_history?_id=main&_count=1' }
    const { body } = await server.post('', { resourceType: 'Bundle', type: 'batch', entry: [{ request }] })
    expect(body.entry[0]).toMatchObject({
      resource: { type: 'history' },
      response: { status: '200', outcome: { issue: [{ severity: 'warning', expression: ['_id'] }] } }
    })
  })

  test('other methods are 405', async () => {
    for (const path of ['Location/main/_history', 'Location/_history', '_history'])
      expect((await server.post(path, {})).headers.allow).toBe('GET, HEAD, OPTIONS')
  })
})

describe('pages of a history', () => {
  test.each(['Location/back/_history?_count=2', 'Location/_history?_count=3', '_history?_count=7'])(
    '%s: back is the way that it went forth',
    async path => {
      for (const name of ['1', '2', '3', '4', '5']) await put('back', name)
      const versions = ({ entry = [] }: Bundle) => entry.map(({ fullUrl, response }) => `${fullUrl} ${response?.etag}`)
      const link = ({ link: links = [] }: Bundle, relation: string) =>
        links.find(each => each.relation === relation)?.url.slice(BASE.length + 1)
      let page = await bundleOf(path)
      expect(link(page, 'previous')).toBeUndefined()
      const forth = [versions(page)]
      for (let at = link(page, 'next'); at && forth.length < 4; at = link(page, 'next'))
        forth.push(versions((page = await bundleOf(at))))
      const back = [forth.at(-1)!]
      for (let at = link(page, 'previous'); at; at = link(page, 'previous'))
        back.unshift(versions((page = await bundleOf(at))))
      expect(forth.length).toBeGreaterThan(2)
      expect(back).toEqual(forth)
    }
  )

  test('_summary=count and _count=0 say how many there are', async () => {
    await put('counted', '1')
    await put('counted', '2')
    await server.delete('Location/counted')
    for (const how of ['_summary=count', '_count=0', '_count=5&_summary=count'])
      expect(await bundleOf(`Location/counted/_history?${how}`)).toMatchObject({ type: 'history', total: 3 })
    const counted = await bundleOf('Location/counted/_history?_summary=count')
    expect([counted.entry, counted.link!.map(({ relation }) => relation)]).toEqual([undefined, ['self']])
    const all = await crawl('_history?_count=500')
    expect((await bundleOf('_history?_summary=count')).total).toBe(all.length)
    expect(refusal(await server.get('Location/nowhere/_history?_summary=count')).status).toBe(404)
  })
})
