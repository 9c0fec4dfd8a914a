/** HL7's own examples of the served types, written by PUT and found again by each of their searchable values. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { registry } from '../../src/resources/index.js'
import { COMMON_PARAMS } from '../../src/search/definition.js'
import { searchValues } from '../conformance/values.js'
import { examples } from '../mapping/examples.js'
import { testServer, type TestServer } from '../support/server.js'

/** Refused, and rightly so: each with the word that its refusal must carry. */
const REFUSED: Readonly<Record<string, string>> = {}

const types = [...registry.values()]
  .filter(({ interactions }) => interactions.includes('update'))
  .map(({ type }) => type)

/** The examples' time is over, and what is free then is not offered. */
const isOffered = ({ resourceType, status }: Resource): boolean => resourceType !== 'Slot' || status !== 'free'

let server: TestServer
const refused = new Map<string, string>()

beforeAll(async () => {
  server = await testServer()
  await server.sql(`update tenants set config = config || '{"references":"allow"}' where id = 'demo'`)
  for (const type of types)
    for (const resource of examples(type)) {
      const path = `${type}/${resource.id}`
      const answer = await server.put(path, resource)
      if (answer.status !== 201) refused.set(path, answer.text)
    }
}, 60_000)
afterAll(() => server?.close())

test('they are accepted, but for those that are named', () => {
  expect([...refused].filter(([path, text]) => !REFUSED[path] || !text.includes(REFUSED[path]))).toEqual([])
  expect([...refused.keys()].sort()).toEqual(Object.keys(REFUSED).sort())
})

describe.each(types)('%s', type => {
  test('each is found by each of its values', async () => {
    const stored = examples(type).filter(each => !refused.has(`${type}/${each.id}`) && isOffered(each))
    const missed: string[] = []
    let asked = 0
    for (const param of [...registry.get(type)!.search, ...COMMON_PARAMS.filter(({ name }) => name !== '_lastUpdated')])
      for (const [query, ids] of queries(stored, param)) {
        asked++
        const answer = await server.get(`${type}?${query}&_count=1000`, { Prefer: 'handling=strict' })
        const found = (answer.body as Bundle<Resource>).entry?.map(({ resource }) => resource!.id) ?? []
        for (const id of ids) if (!found.includes(id)) missed.push(`${type}?${query} (${answer.status}) misses ${id}`)
      }
    expect(missed).toEqual([])
    if (stored.length > 0) expect(asked).toBeGreaterThan(0)
  })
})

/** Each distinct value once, with the ids of those that hold it. References to other servers and into the resource have no column. */
function queries(resources: readonly Resource[], param: Parameters<typeof searchValues>[1]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const resource of resources)
    for (const value of searchValues(resource, param)) {
      if (param.type === 'reference' && !/^[A-Z]\w+\//.test(value)) continue
      // Searches for Slots begin at now unless they say otherwise, and the examples are of old.
      const bound = resource.resourceType === 'Slot' && param.name !== 'start' ? '&start=ge2000' : ''
      const query = `${param.name}=${encodeURIComponent(value)}${bound}`
      found.set(query, [...(found.get(query) ?? []), resource.id!])
    }
  return found
}
