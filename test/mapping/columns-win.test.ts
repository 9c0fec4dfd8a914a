import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonObject, Resource } from '../../src/fhir/types.js'
import { toResource, toRows } from '../../src/mapping/index.js'
import type { SqlType } from '../../src/mapping/kinds.js'
import { get } from '../../src/mapping/place.js'
import type { Field, Row, Rows, TableSpec } from '../../src/mapping/spec.js'
import { registry } from '../../src/resources/index.js'
import { tableSource } from '../../src/search/registry.js'
import { arbitraries } from './arbitraries.js'

/** What a program that knows nothing of FHIR writes, in the form in which Postgres writes it as JSON. */
const WRITTEN: Record<SqlType, unknown> = {
  text: 'Foreign',
  boolean: true,
  integer: 25,
  numeric: 12.75,
  date: '2001-02-03',
  time: '06:07:08',
  timestamptz: '2001-02-03T04:05:06.789+00:00',
  'text[]': ['http://x.example|one', '|two']
}

const types = [...registry.values()]
  .filter(tableSource)
  .map(definition => ({ type: definition.type, spec: tableSource(definition)!.spec }))
const cellsOf = ({ column, kind }: Field, value: (type: SqlType) => unknown): Row =>
  Object.fromEntries(Object.entries(kind.columns).map(([suffix, type]) => [column + suffix, value(type)]))

/** Rows with the cells written over, in the root, the joined row or the first row of a list. */
function written(rows: Rows, { from }: Field, list: string | undefined, cells: Row): Rows {
  const copy = structuredClone(rows)
  if (list) Object.assign(copy.lists[list]![0]!, cells)
  else Object.assign(from ? copy.joined[from]! : copy.root, cells)
  return copy
}

/** The cells that an element of a resource stands for. */
function shown(spec: TableSpec, resource: Resource, field: Field, list: string | undefined): Row | undefined {
  const rows = toRows(
    spec,
    resource,
    spec.joined.map(({ table }) => table)
  )
  const row = list ? rows.lists[list]?.[0] : field.from ? rows.joined[field.from] : rows.root
  return row
    ? Object.fromEntries(Object.keys(cellsOf(field, () => null)).map(column => [column, row[column]]))
    : undefined
}

/** An extension that may be there once only and is there again: the second one is nobody's column. */
const repeated = ({ extension }: Resource, { path: [step] }: Field): boolean =>
  typeof step === 'object' &&
  ((extension ?? []) as { url: string }[]).filter(({ url }) => url === step.extension).length > 1

const normal = (cells: Row): Row =>
  Object.fromEntries(
    Object.entries(cells).map(([column, cell]) => [
      column,
      cell === WRITTEN.timestamptz ? '2001-02-03T04:05:06.789Z' : cell
    ])
  )

describe.each(types)('$type', ({ type, spec }) => {
  const everywhere = [
    ...spec.fields.map(field => ({ field, list: undefined })),
    ...spec.lists.flatMap(({ table, fields }) => fields.map(field => ({ field, list: table })))
  ]
  const names = spec.joined.map(({ table }) => table)
  const back = (rows: Rows): Resource => toResource(spec, type, 'made-up', rows)

  test('a column that another program changed is what is shown', () => {
    fc.assert(
      fc.property(arbitraries[type]!, fc.constantFrom(...everywhere), (resource, { field, list }) => {
        const rows = toRows(spec, resource, names)
        fc.pre(!list || rows.lists[list]!.length > 0)
        const cells = cellsOf(field, sql => WRITTEN[sql])
        expect(shown(spec, back(written(rows, field, list, cells)), field, list)).toEqual(normal(cells))
      }),
      { numRuns: 150 }
    )
  })

  test('a column that another program emptied is not shown, and nothing else is lost', () => {
    fc.assert(
      fc.property(arbitraries[type]!, fc.constantFrom(...everywhere), (resource, { field, list }) => {
        const rows = toRows(spec, resource, names)
        fc.pre(!list || rows.lists[list]!.length > 0)
        fc.pre(!repeated(resource, field))
        const before = shown(spec, resource, field, list)!
        fc.pre(Object.values(before).some(cell => cell !== null))
        const emptied = written(
          rows,
          field,
          list,
          cellsOf(field, () => null)
        )
        const resourceAfter = back(emptied)
        if (!list) expect(get(resourceAfter as JsonObject, field.path)).toBeUndefined()
        expect({ ...toRows(spec, resourceAfter, names).lists }).toEqual(list ? expect.anything() : rows.lists)
      }),
      { numRuns: 100 }
    )
  })

  test('rows without any rest make a resource', () => {
    const root = Object.assign(
      {},
      ...spec.fields.filter(field => !field.from).map(field => cellsOf(field, sql => WRITTEN[sql]))
    ) as Row
    const joined = Object.fromEntries(
      names.map(name => [
        name,
        Object.assign(
          {},
          ...spec.fields.filter(field => field.from === name).map(field => cellsOf(field, sql => WRITTEN[sql]))
        ) as Row
      ])
    )
    const lists = Object.fromEntries(
      spec.lists.map(({ table, fields, shape }) => {
        const row = Object.assign({ position: 0 }, ...fields.map(field => cellsOf(field, sql => WRITTEN[sql]))) as Row
        if (shape === 'concepts')
          Object.assign(row, { concept: 0, system: 'http://x.example', code: 'c', display: 'C', text: 'See' })
        if (shape === 'texts') row.value = 'Foreign'
        return [table, [row]]
      })
    )
    const resource = back({ root, joined, lists })
    const rows = toRows(spec, resource, names)
    for (const [table, [row]] of Object.entries(lists))
      expect(rows.lists[table]).toEqual([expect.objectContaining(normal(row!))])
    expect(rows.root).toMatchObject(normal(root))
    expect(rows.joined).toMatchObject(joined)
  })
})
