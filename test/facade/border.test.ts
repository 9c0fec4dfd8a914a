/** What belongs to another tenant is answered exactly like what is not there, in whatever way it is asked for. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { registry } from '../../src/resources/index.js'
import { tableSource } from '../../src/search/registry.js'
import { full } from '../conformance/full.js'
import { postExamples } from '../support/examples.js'
import { testServer, type TestServer } from '../support/server.js'
import { accounts, changes, lookups, named, referring, type Question } from './questions.js'

let demo: TestServer
let other: TestServer
/** Of each type an id of the tenant `demo`, and of Slot a computed one too. */
const theirs = new Map<string, string[]>()
const types = [...registry].flatMap(([type, definition]) => (tableSource(definition) ? type : []))

beforeAll(async () => {
  demo = await testServer()
  await postExamples(demo, [...registry.keys()])
  for (const resource of full) await demo.put(`${resource.resourceType}/${resource.id}`, resource).expect(201)
  other = await demo.as('demo-au', 'system/*.cruds create_users create_tenants')
  for (const type of types) theirs.set(type, ['full'])
  const { entry } = (await demo.get('Slot?status=free&_count=1')).body as Bundle
  theirs.get('Slot')!.push(entry![0]!.resource!.id!)
}, 60_000)
afterAll(() => demo?.close())

/** An id of the same form that nobody has. */
const absent = (id: string): string => (id.startsWith('s.') ? id.replace(/^s\.[^.]+/, 's.zzzz99') : `no-${id}`)

async function ask({ method, path, body, headers = {} }: Question): Promise<{ status: number; text: string }> {
  const sent =
    method === 'get' || method === 'delete' ? other[method](path, headers) : other[method](path, body ?? {}, headers)
  const { status, text } = await sent
  return { status, text: inOrder(text) }
}

/** What is missing is told in the order of the ids, which are not the same; ids that would have been made are never. */
function inOrder(text: string): string {
  const { issue, ...body } = JSON.parse(text || '{}') as { issue?: { expression?: string[] }[] }
  const place = ({ expression = [] }: { expression?: string[] }) => expression.join()
  issue?.sort((one, another) => place(one).localeCompare(place(another)))
  return JSON.stringify({ ...body, issue }).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'made')
}

/** What is told of theirs and of nothing, id aside; the questions must be made alike for both. */
async function compare(id: string, questions: (id: string) => Question[]): Promise<number[]> {
  const none = absent(id)
  const [of, ofNone] = [questions(id), questions(none)]
  const statuses: number[] = []
  for (const [at, question] of of.entries()) {
    const [theirs, nothing] = [await ask(question), await ask(ofNone[at]!)]
    const name = `${question.method} ${question.path}`
    expect([name, theirs.status, theirs.text]).toEqual([name, nothing.status, nothing.text.replaceAll(none, id)])
    statuses.push(theirs.status)
  }
  return statuses
}

describe.each(types)('%s', type => {
  test('reads, versions, searches, includes, chains and _has', async () => {
    for (const id of theirs.get(type)!) {
      expect((await demo.get(`${type}/${id}`)).status).toBe(200)
      const statuses = await compare(id, of => lookups(registry, type, of))
      expect(statuses.filter(status => status >= 400 && status !== 404)).toEqual([])
    }
  })

  test('changes and operations', async () => {
    for (const id of theirs.get(type)!) {
      const before = (await demo.get(`${type}/${id}`)).text
      await compare(id, of => [...changes(registry, type, of), ...named(type, of)])
      expect((await demo.get(`${type}/${id}`)).text).toBe(before)
    }
  })

  test('writes that refer to it', async () => {
    for (const id of theirs.get(type)!)
      for (const status of await compare(id, of => referring(type, of))) expect([200, 412, 422]).toContain(status)
  })
})

test.each(['t-demo', 't-demo-es', 'f-sso'])('an account for Organization/%s', async id => {
  for (const organization of [id, `${id}-none`]) {
    const [theirs, nothing] = [accounts(organization), accounts(`${id.slice(0, 2)}nowhere`)]
    for (const [at, question] of theirs.entries()) {
      const [one, another] = [await ask(question), await ask(nothing[at]!)]
      expect([one.status, one.text]).toEqual([
        another.status,
        another.text.replaceAll(`${id.slice(0, 2)}nowhere`, organization)
      ])
    }
  }
})

test('no history of types or of all holds a version of theirs, and no page link of theirs is taken', async () => {
  for (const path of ['_history', ...types.map(type => `${type}/_history`)]) {
    const { entry = [] } = (await other.get(`${path}?_count=1000`).expect(200)).body as Bundle
    expect(entry.filter(({ fullUrl }) => fullUrl?.endsWith('/full'))).toEqual([])
    const { link } = (await demo.get(`${path}?_count=1`)).body as Bundle
    const next = link!.find(({ relation }) => relation === 'next')?.url.split('/fhir/R4/')[1]
    if (next) expect((await other.get(next)).status).toBe(400)
  }
})
