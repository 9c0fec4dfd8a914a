/** What others refer to is not deleted. https://hl7.org/fhir/R4/http.html#delete */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Response } from 'supertest'
import type { Resource } from '../../src/fhir/types.js'
import { full } from '../conformance/full.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  for (const id of ['top', 'inner', 'beside']) await put(place(id, id === 'top' ? undefined : 'top')).expect(201)
})
afterAll(() => server?.close())

const place = (id: string, within?: string): Resource => ({
  resourceType: 'Location',
  id,
  name: id,
  ...(within && { partOf: { reference: `Location/${within}` } })
})
const put = (resource: Resource, from = server) => from.put(`${resource.resourceType}/${resource.id}`, resource)
const entry = (method: string, url: string, resource?: Resource) => ({
  ...(resource && { resource }),
  request: { method, url }
})
const send = (...entries: object[]) => server.post('', { resourceType: 'Bundle', type: 'transaction', entry: entries })

test('the refusal names the referrers, and nothing is written', async () => {
  const before = await contents(server.sql)
  const refused = refusal(await server.delete('Location/top'))
  expect(refused).toMatchObject({ status: 409, code: 'conflict' })
  expect(refused.text).toContain('is referred to by Location/beside, Location/inner:')
  expect(refusal(await server.delete('Location?_id=top'))).toMatchObject({ status: 409 })
  expect(refusal(await send(entry('DELETE', 'Location/beside'), entry('DELETE', 'Location/top')))).toMatchObject({
    status: 409,
    expression: 'Bundle.entry[1].request.url'
  })
  expect(await contents(server.sql)).toEqual(before)
})

test('referrers that the same transaction changes or deletes do not count', async () => {
  const answer = await send(
    entry('DELETE', 'Location/top'),
    entry('DELETE', 'Location/inner'),
    entry('PUT', 'Location/beside', place('beside'))
  )
  expect(answer.status).toBe(200)
  await server.get('Location/top').expect(410)
})

test('one that goes on referring is refused for that', async () => {
  await put(place('root')).expect(201)
  await put(place('leaf', 'root')).expect(201)
  const answer = await send(entry('DELETE', 'Location/root'), entry('PUT', 'Location/leaf', place('leaf', 'root')))
  expect(refusal(answer)).toMatchObject({ status: 422, expression: 'Bundle.entry[1].resource.partOf.reference' })
})

test('a resource that refers to itself, and one whose referrers are gone, can go', async () => {
  await put(place('self')).expect(201)
  await put(place('self', 'self')).expect(200)
  await server.delete('Location/self').expect(204)
  await put(place('old')).expect(201)
  await put(place('young', 'old')).expect(201)
  await server.delete('Location/young').expect(204)
  await server.delete('Location/old').expect(204)
})

test('other tenants do not count, nor does a tenant that allows unresolved references', async () => {
  const other = await server.as('demo-au')
  for (const each of [place('shared'), place('user', 'shared')]) await put(each, other).expect(201)
  await put(place('shared')).expect(201)
  await server.delete('Location/shared').expect(204)
  expect(refusal(await other.delete('Location/shared'))).toMatchObject({ status: 409 })
  await server.sql(`update tenants set config = config || '{"references":"allow"}' where id = 'demo-es'`)
  const lenient = await server.as('demo-es')
  for (const each of [place('shared'), place('user', 'shared')]) await put(each, lenient).expect(201)
  await lenient.delete('Location/shared').expect(204)
})

test('every reference of a full resource holds its target', async () => {
  const targets = new Set<string>()
  for (const resource of full) {
    if (resource.resourceType === 'Schedule') break
    await put(resource).expect(201)
    for (const [, target] of JSON.stringify(resource).matchAll(
      /"reference":"((?:Organization|Location|Practitioner|HealthcareService)\/full)"/g
    ))
      targets.add(target!)
  }
  expect(targets.size).toBe(4)
  for (const target of targets) expect([target, (await server.delete(target)).status]).toEqual([target, 409])
})

describe('a reference that has no column of its own holds its target', () => {
  const to = { reference: 'Location/held' }
  const HOLDERS: Record<string, Resource> = {
    'in an extension': { ...place('holder'), extension: [{ url: 'urn:example:near', valueReference: to }] },
    'in an extension of an item': {
      ...place('holder'),
      telecom: [{ system: 'phone', value: '1', extension: [{ url: 'urn:example:at', valueReference: to }] }]
    },
    'of an identifier': {
      ...{ resourceType: 'Organization', id: 'holder', name: 'Holder' },
      identifier: [{ value: '1', assigner: { extension: [{ url: 'urn:example:at', valueReference: to }] } }]
    },
    'of a code': {
      ...{ resourceType: 'HealthcareService', id: 'holder' },
      type: [{ coding: [{ code: 'x' }], extension: [{ url: 'urn:example:at', valueReference: to }] }]
    },
    'in what is contained': {
      ...{ resourceType: 'HealthcareService', id: 'holder', location: [{ reference: '#in' }] },
      contained: [{ resourceType: 'Location', id: 'in', name: 'In', partOf: to }]
    },
    'of a version': { ...place('holder'), partOf: { reference: 'Location/held/_history/1' } }
  }

  test.each(Object.keys(HOLDERS))('%s', async kind => {
    const holder = HOLDERS[kind]!
    await put(place('held'))
    await put(holder)
    const name = `${holder.resourceType}/holder`
    const refused = refusal(await server.delete('Location/held'))
    expect(refused).toMatchObject({ status: 409, code: 'conflict', text: expect.stringContaining(name) })
    expect((await send(entry('DELETE', 'Location/held'), entry('DELETE', name))).status).toBe(200)
    expect((await put(holder)).status).toBe(422)
  })
})

/** Both requests are decided before either is committed: what they write waits for a lock that is let go then. */
async function atOnce(first: () => Promise<Response>, second: () => Promise<Response>): Promise<Response[]> {
  await server.sql('begin')
  await server.sql('lock table resource_history in share row exclusive mode')
  const answers = [first()]
  await waiting(1)
  answers.push(second())
  await waiting(2)
  await server.sql('commit')
  return Promise.all(answers)
}

async function waiting(count: number): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    await server.sql('select pg_stat_clear_snapshot()')
    const rows = await server.sql(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    )
    if (rows.length === count) return
    await new Promise(done => setTimeout(done, 10))
  }
  throw new Error(`There are no ${count} requests that wait`)
}

describe('of one who refers and one who deletes at once only the first has its way', () => {
  const REFERRING: Record<string, (id: string) => Resource> = {
    'a column': id => place(`${id}-leaf`, id),
    'an extension': id => ({
      ...place(`${id}-leaf`),
      extension: [{ url: 'urn:example:near', valueReference: { reference: `Location/${id}` } }]
    })
  }
  test.each(Object.keys(REFERRING))('by %s', async kind => {
    const ids = ['kept', 'gone'].map(each => `${each}-${kind.replace(/\W/g, '-')}`) as [string, string]
    for (const id of ids) await put(place(id)).expect(201)
    const refer = (id: string) => put(REFERRING[kind]!(id)).then(answer => answer)
    const remove = (id: string) => server.delete(`Location/${id}`).then(answer => answer)

    const [kept, refused] = await atOnce(
      () => refer(ids[0]),
      () => remove(ids[0])
    )
    expect(kept!.status).toBe(201)
    expect(refusal(refused!)).toMatchObject({ status: 409, text: expect.stringContaining(`Location/${ids[0]}-leaf`) })

    const [gone, late] = await atOnce(
      () => remove(ids[1]),
      () => refer(ids[1])
    )
    expect(gone!.status).toBe(204)
    expect(refusal(late!)).toMatchObject({ status: 422, code: 'not-found' })
  })
})

test('who refers to one resource at once does not wait for another, nor for who changes it', async () => {
  await put(place('common')).expect(201)
  const answers = await Promise.all([
    ...Array.from({ length: 8 }, (_, n) => put(place(`common-${n}`, 'common'))),
    ...Array.from({ length: 4 }, () => put({ ...place('common'), description: 'Changed' }))
  ])
  expect(answers.map(({ status }) => status)).toEqual([...Array<number>(8).fill(201), ...Array<number>(4).fill(200)])
})
