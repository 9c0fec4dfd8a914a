/** A walk over the registry beside the database's catalog: what the definitions name is there, and indexed. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { SqlType } from '../../src/mapping/kinds.js'
import type { Field, TableSpec } from '../../src/mapping/spec.js'
import { registry } from '../../src/resources/index.js'
import { COMMON_PARAMS, type Place } from '../../src/search/definition.js'
import { tableSource } from '../../src/search/registry.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

const DECLARED: Record<SqlType, string> = {
  text: 'text',
  boolean: 'boolean',
  integer: 'integer',
  numeric: 'numeric',
  date: 'date',
  time: 'time without time zone',
  timestamptz: 'timestamp with time zone',
  'text[]': 'text[]'
}
/** Views beside the tables of the tenant: they are no more than a join by keys. */
const JOINS = ['practitioner_full_names', 'service_practitioners']

const definitions = [...registry.values()].filter(tableSource)
const specs = definitions.map(definition => ({ type: definition.type, spec: tableSource(definition)!.spec }))

let t: TestDatabase
/** Table or view -> column -> type. */
const columns = new Map<string, Map<string, string>>()
/** Tables with the first columns of their indexes. */
const indexes = new Map<string, string[][]>()

beforeAll(async () => {
  t = await testDatabase()
  const found = await t.sql<{ table: string; column: string; type: string }>(
    `select attrelid::regclass::text as table, attname as column, format_type(atttypid, null) as type
     from pg_attribute join pg_class c on c.oid = attrelid and c.relkind in ('r', 'v')
     where c.relnamespace = 'public'::regnamespace and attnum > 0 and not attisdropped`
  )
  for (const { table, column, type } of found)
    columns.set(table, (columns.get(table) ?? new Map<string, string>()).set(column, type))
  const keys = await t.sql<{ table: string; names: string[] }>(
    `select i.indrelid::regclass::text as table,
       (select array_agg(a.attname::text order by k.n) from unnest(i.indkey) with ordinality k(attnum, n)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum) as names
     from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace
       and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\([a-z_]+ IS NOT NULL\\)$')`
  )
  for (const { table, names } of keys) indexes.set(table, [...(indexes.get(table) ?? []), names ?? []])
})
afterAll(() => t.drop())

const cells = ({ column, kind }: Field): [string, string][] =>
  Object.entries(kind.columns).map(([suffix, type]) => [column + suffix, DECLARED[type]])

/** Columns that a spec wants, by table. */
function wanted({ table, fields, lists, joined }: TableSpec): [string, [string, string][]][] {
  const keys = joined.map(({ by }): [string, string] => [by, 'text'])
  const shapes: Record<string, [string, string][]> = {
    items: [],
    texts: [['value', 'text']],
    concepts: [
      ['concept', 'integer'],
      ...['system', 'code', 'display', 'text'].map((name): [string, string] => [name, 'text'])
    ]
  }
  return [
    [table, [['id', 'text'], ['rest', 'jsonb'], ...keys, ...fields.filter(field => !field.from).flatMap(cells)]],
    ...joined.map(({ table: other, key }): [string, [string, string][]] => [
      other,
      [[key, 'text'], ...fields.filter(field => field.from === other).flatMap(cells)]
    ]),
    ...lists.map((list): [string, [string, string][]] => [
      list.table,
      [
        [list.key, 'text'],
        ['position', 'integer'],
        ['rest', 'jsonb'],
        ...shapes[list.shape]!,
        ...list.fields.flatMap(cells)
      ]
    ])
  ]
}

describe.each(specs)('$type', ({ spec }) => {
  test('each column of the mapping exists, with the type of its kind', () => {
    for (const [table, names] of wanted(spec)) {
      const there = names.map(([name]) => [name, columns.get(table)?.get(name)])
      expect([table, there]).toEqual([table, names])
    }
  })

  test('no element lies in two columns, and no column holds two elements', () => {
    for (const [table, names] of wanted(spec))
      expect([table, new Set(names.map(([name]) => name)).size]).toEqual([table, names.length])
    const paths = [...spec.fields, ...spec.lists].map(({ path }) => JSON.stringify(path))
    expect(new Set(paths).size).toBe(paths.length)
  })
})

/** Columns by which a place is searched, and others that it reads. */
function usedBy(place: Place): { sought: string[]; read: string[] } {
  const where = Object.keys(place.where ?? {})
  switch (place.form) {
    case 'token': {
      const texts = place.text ?? []
      const type = place.ofType ? [place.ofType.code, place.ofType.system] : []
      return {
        sought: [place.value, ...texts, ...type.slice(0, 1)],
        read: [...where, ...type, ...(place.system ? [place.system] : [])]
      }
    }
    case 'boolean':
    case 'uri':
      return { sought: [place.value], read: where }
    case 'string':
      return { sought: [place.folded], read: [...where, place.raw] }
    case 'date':
      return { sought: [place.from, place.to], read: where }
    case 'reference':
      return {
        sought: [place.id, ...Object.values(place.identifier ?? {})],
        read: [...where, ...(place.type ? [place.type] : [])]
      }
    case 'sound':
      return { sought: [place.sound], read: where }
    case 'position':
      return { sought: [place.latitude], read: [...where, place.longitude] }
    case 'fixed-uri':
      return { sought: [], read: where }
  }
}

const places = definitions.flatMap(({ type, sources }) =>
  sources.flatMap(source =>
    source.kind === 'computed'
      ? []
      : Object.entries(source.places).flatMap(([name, list]) =>
          list.map(place => ({ name: `${type}.${name} in ${place.table}`, place, kind: source.kind }))
        )
  )
)

describe('places of search parameters', () => {
  test('their tables, views and columns exist', () => {
    for (const { name, place } of places) {
      const { sought, read } = usedBy(place)
      for (const column of [place.key, ...sought, ...read])
        expect([name, column, columns.get(place.table)?.has(column)]).toEqual([name, column, true])
      if (place.form !== 'string' || !place.view) continue
      const { view, key, folded, raw, where = {} } = place
      for (const column of [key, folded, raw, 'tenant_id', ...Object.keys(where)])
        expect([name, view, column, columns.get(view)?.has(column)]).toEqual([name, view, column, true])
    }
  })

  test('each of the tenant’s has an index that begins with tenant_id and what is sought', () => {
    const missing = places
      .filter(({ place, kind }) => kind === 'table' && !JOINS.includes(place.table))
      .flatMap(({ name, place }) =>
        usedBy(place)
          .sought.filter(column => {
            const starts = [
              ['tenant_id', column],
              ['tenant_id', ...Object.keys(place.where ?? {}), column]
            ]
            const own = indexes.get(place.table) ?? []
            return !starts.some(start => own.some(names => start.every((each, n) => names[n] === each)))
          })
          .map(column => `${name}: ${column}`)
      )
    expect(missing).toEqual([])
  })

  test('each parameter has a place in some source', () => {
    const without = definitions.flatMap(({ type, search, sources }) =>
      search
        .filter(({ name }) => !sources.some(source => source.kind !== 'computed' && source.places[name]?.length))
        .map(({ name }) => `${type}.${name}`)
    )
    expect(without).toEqual([])
  })

  test('each place belongs to a parameter', () => {
    const unknown = definitions.flatMap(({ type, search, sources }) =>
      sources
        .flatMap(source => (source.kind === 'computed' ? [] : Object.keys(source.places)))
        .filter(name => ![...search, ...COMMON_PARAMS].some(param => param.name === name))
        .map(name => `${type}.${name}`)
    )
    expect(unknown).toEqual([])
  })
})
