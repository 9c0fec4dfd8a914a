import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Resource } from '../../src/fhir/types.js'
import { toResource, toRows } from '../../src/mapping/index.js'
import type { SqlType } from '../../src/mapping/kinds.js'
import type { Field, Row, TableSpec } from '../../src/mapping/spec.js'
import { registry } from '../../src/resources/index.js'
import { tableSource } from '../../src/search/registry.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { arbitraries } from './arbitraries.js'
import { examples } from './examples.js'
import { insertRows, lay, pickUp } from './through-rows.js'

const sources = [...registry.values()]
  .filter(tableSource)
  .map(definition => ({ type: definition.type, source: tableSource(definition)! }))

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())

/** Columns that triggers work out: nobody writes them. */
const WORKED_OUT = ['prescriber_lacks']

const joins = sources.flatMap(({ type, source }) => source.spec.joined.map(join => ({ type, source, ...join })))

/** What triggers add: a practitioner with a status is active when that says so. */
const settled = (spec: TableSpec, resource: Resource): Resource => {
  const { status } = toRows(spec, resource).root
  return spec.table === 'practitioners' && status ? { ...resource, active: status === 'active' } : resource
}

describe.each(sources)('$type through Postgres', ({ type, source: { spec } }) => {
  test('examples and made-up resources come back as they were', async () => {
    const made = fc.sample(arbitraries[type]!, { numRuns: 60, seed: 4711 })
    const all = [...examples(type), ...made].map((resource, n) => ({
      tenant: `of-${type}-${n}`,
      id: resource.id!,
      resource
    }))
    await lay(
      t.sql,
      spec,
      all.map(({ resource, ...each }) => ({ ...each, rows: toRows(spec, resource) }))
    )
    const found = await pickUp(t.sql, spec)
    for (const { tenant, id, resource } of all) {
      const back = toResource(spec, type, id, found.get(`${tenant}/${id}`)!)
      expect(JSON.parse(JSON.stringify(back))).toEqual(settled(spec, resource))
    }
  })
})

test.each(joins)('$type with its row of $table', async ({ type, source, table, by, key }) => {
  const { spec } = source
  const fields = spec.fields.filter(({ from }) => from === table)
  const complete = arbitraries[type]!.filter(resource => {
    const cells = Object.entries(toRows(spec, resource, [table]).joined[table]!)
    return cells.every(([column, cell]) => cell !== null || WORKED_OUT.includes(column))
  })
  const all = fc.sample(complete, { numRuns: 20, seed: 4712 }).map((resource, n) => ({
    tenant: `member-${type}-${n}`,
    id: resource.id!,
    resource,
    rows: toRows(spec, resource, [table])
  }))
  await insertRows(
    t.sql,
    'memberships',
    all.map(({ tenant }) => ({ tenant_id: tenant, id: 'm', user_id: 'u' }))
  )
  if (table === 'membership_profiles')
    await insertRows(
      t.sql,
      table,
      all.map(({ tenant }) => ({ tenant_id: tenant, membership_id: 'm' }))
    )
  for (const { tenant, rows } of all)
    for (const [column, cell] of Object.entries(rows.joined[table]!))
      await t.sql(`update ${table} set ${column} = $1 where tenant_id = $2 and ${key} = 'm'`, [cell, tenant])
  await lay(
    t.sql,
    spec,
    all.map(each => ({ ...each, rows: { ...each.rows, root: { ...each.rows.root, [by]: 'm' } } }))
  )
  const found = await pickUp(t.sql, spec)
  for (const { tenant, id, resource } of all) {
    const rows = found.get(`${tenant}/${id}`)!
    const back = toResource(spec, type, id, rows)
    expect(source.derive!(back, rows)).toEqual(back)
    expect(back).toEqual(fields.length > 0 ? source.derive!(resource, rows) : settled(spec, resource))
  }
})

/** Another value for each type, which all constraints allow. */
const OTHER: Record<SqlType, unknown> = {
  text: 'suspended',
  boolean: true,
  integer: 7,
  numeric: 1.5,
  date: '2001-02-03',
  time: '01:02:03',
  timestamptz: '2001-02-03T04:05:06Z',
  'text[]': ['x']
}

describe.each(sources)('$type: a new version for each change by foreign SQL', ({ type, source: { spec } }) => {
  const tenant = `changed-${type}`
  const version = async (): Promise<number> =>
    (await t.sql<{ version: number }>(`select version from ${spec.table} where tenant_id = $1`, [tenant]))[0]!.version
  const cells = ({ column, kind }: Field): [string, SqlType][] =>
    Object.entries(kind.columns).map(([suffix, sql]) => [column + suffix, sql])

  beforeAll(async () => {
    const empty: Row = { tenant_id: tenant, position: 0, rest: {} }
    const lists = Object.fromEntries(
      spec.lists.map(({ table, shape }) => [table, [shape === 'concepts' ? { ...empty, concept: 0 } : empty]])
    )
    await lay(t.sql, spec, [{ tenant, id: 'x', rows: { root: { rest: {} }, joined: {}, lists } }])
  })

  test('root and lists', async () => {
    const own = spec.fields
      .filter(field => !field.from)
      .flatMap(cells)
      .map(([column, sql]) => ({ table: spec.table, column, sql }))
    const listed = spec.lists.flatMap(({ table, fields, shape }) => {
      const texts = { items: [], texts: ['value'], concepts: ['system', 'code', 'display', 'text'] }[shape]
      const names: [string, SqlType][] = [
        ...texts.map((name): [string, SqlType] => [name, 'text']),
        ...fields.flatMap(cells)
      ]
      return names.map(([column, sql]) => ({ table, column, sql }))
    })
    const silent: string[] = []
    for (const { table, column, sql } of [...own, ...listed]) {
      const before = await version()
      await t.sql(`update ${table} set "${column}" = $1 where tenant_id = $2`, [OTHER[sql], tenant])
      if ((await version()) !== before + 1) silent.push(`${table}.${column}`)
    }
    for (const table of [spec.table, ...spec.lists.map(list => list.table)]) {
      const before = await version()
      await t.sql(`update ${table} set rest = '{"language":"en"}' where tenant_id = $1`, [tenant])
      if ((await version()) !== before + 1) silent.push(`${table}.rest`)
    }
    expect(silent).toEqual([])
  })

  test('an update that changes nothing is none', async () => {
    const before = await version()
    await t.sql(`update ${spec.table} set rest = rest where tenant_id = $1`, [tenant])
    expect(await version()).toBe(before)
  })
})

test.each(joins)('$type: a new version for a change of $table', async ({ source: { spec }, table, by, key }) => {
  const tenant = `changed-${table}`
  const version = async (): Promise<number> =>
    (await t.sql<{ version: number }>(`select version from ${spec.table} where tenant_id = $1`, [tenant]))[0]!.version

  await insertRows(t.sql, 'memberships', [{ tenant_id: tenant, id: 'm', user_id: 'u' }])
  if (table !== 'memberships') await insertRows(t.sql, table, [{ tenant_id: tenant, [key]: 'm' }])
  await insertRows(t.sql, spec.table, [
    {
      tenant_id: tenant,
      id: 'x',
      version: 1,
      created_at: '2026-01-01',
      updated_at: '2026-01-01',
      rest: {},
      changed_in: '0',
      [by]: 'm'
    }
  ])
  const changes = { memberships: ['status', 'is_provider', 'disabled_at'], membership_profiles: ['full_name'] }[table]!
  for (const column of changes) {
    const before = await version()
    const value = { is_provider: true, disabled_at: '2026-01-01T00:00:00Z', status: 'approved', full_name: 'Ana' }[
      column
    ]
    await t.sql(`update ${table} set ${column} = $1 where tenant_id = $2`, [value, tenant])
    expect([column, await version()]).toEqual([column, before + 1])
  }
})
