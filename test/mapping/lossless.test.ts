import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Resource } from '../../src/fhir/types.js'
import { toResource, toRows } from '../../src/mapping/index.js'
import type { Rows, TableSpec } from '../../src/mapping/spec.js'
import { registry } from '../../src/resources/index.js'
import { tableSource } from '../../src/search/registry.js'
import { arbitraries } from './arbitraries.js'
import { examples } from './examples.js'

const types = [...registry.values()]
  .filter(tableSource)
  .map(definition => ({ type: definition.type, spec: tableSource(definition)!.spec }))

/** Rows as they come back: through JSON. */
const kept = (rows: Rows): Rows => JSON.parse(JSON.stringify(rows)) as Rows
const again = (spec: TableSpec, resource: Resource, joined: readonly string[] = []): Resource =>
  toResource(spec, resource.resourceType, resource.id!, kept(toRows(spec, resource, joined)))

describe.each(types)('$type', ({ type, spec }) => {
  const joined = spec.joined.map(({ table }) => table)

  test('each of HL7’s examples comes back as it was', () => {
    const all = examples(type)
    expect(all.length).toBeGreaterThan(0)
    for (const example of all) {
      expect(again(spec, example)).toEqual(example)
      expect(again(spec, example, joined)).toEqual(example)
    }
  })

  test('whatever is sent comes back as it was, and as a second round makes it', () => {
    fc.assert(
      fc.property(arbitraries[type]!, fc.boolean(), (resource, member) => {
        const names = member ? joined : []
        expect(again(spec, resource, names)).toEqual(resource)
        expect(kept(toRows(spec, again(spec, resource, names), names))).toEqual(kept(toRows(spec, resource, names)))
      }),
      { numRuns: 100 }
    )
  })

  test('versionId and lastUpdated are not kept, the rest of meta is', () => {
    const meta = { versionId: '7', lastUpdated: '2026-01-01T00:00:00Z', profile: ['http://x.example/p'] }
    expect(again(spec, { resourceType: type, id: 'x', meta }).meta).toEqual({ profile: ['http://x.example/p'] })
    expect(again(spec, { resourceType: type, id: 'x', meta: { versionId: '7' } }).meta).toBeUndefined()
  })
})
