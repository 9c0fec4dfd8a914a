import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/store/postgres/open.js'
import { asOwner } from '../../src/store/postgres/migrate.js'
import { testDatabase } from '../support/database.js'
import { lampTables } from './lamps.js'

/** Who changes rows: each runs the statements in one transaction and answers the rows of the last. */
interface Writer {
  change: (...statements: string[]) => Promise<Record<string, unknown>[]>
  close: () => Promise<void>
}
const bound = { tenant: 'a', subject: 'writer' }
const statement = (text: string) => ({ text, values: [] })

async function serverWriter(): Promise<Writer> {
  const { database, url, drop } = await testDatabase()
  await asOwner({ connectionString: url }, lampTables)
  const change = async (...texts: string[]) => (await database.execute(bound, texts.map(statement))).at(-1) as never
  return { change, close: drop }
}

async function foreignWriter(): Promise<Writer> {
  const { sql, url, drop } = await testDatabase()
  await asOwner({ connectionString: url }, lampTables)
  const change = async (...texts: string[]) => {
    await sql('begin')
    let rows: Record<string, unknown>[] = []
    for (const text of texts) rows = await sql(text)
    await sql('commit')
    return rows
  }
  return { change, close: drop }
}

async function embeddedWriter(): Promise<Writer> {
  const database = await openDatabase({ dataDir: 'memory:', seed: lampTables })
  const change = async (...texts: string[]) => (await database.execute(bound, texts.map(statement))).at(-1) as never
  return { change, close: () => database.close() }
}

describe.each([
  ['the server', serverWriter],
  ['foreign SQL', foreignWriter],
  ['the server on PGlite', embeddedWriter]
])('version rule, changes by %s', (_, open) => {
  let writer: Writer
  const change: Writer['change'] = (...statements) => writer.change(...statements)
  const lamp = async (id: string) => (await change(`select * from lamps where id = '${id}'`))[0] ?? {}
  const version = async (id: string) => (await lamp(id)).version
  const insertLamp = (id: string, more = '') =>
    `insert into lamps (tenant_id, id, name${more && ', version'}) values ('a', '${id}', 'Lampe'${more})`
  const insertPart = (id: string, position: number) =>
    `insert into lamp_parts (tenant_id, lamp_id, position, name) values ('a', '${id}', ${position}, 'screw')`

  beforeAll(async () => (writer = await open()))
  afterAll(() => writer.close())

  test('a new root with its children is version 1', async () => {
    await change(insertLamp('new'), insertPart('new', 0), insertPart('new', 1))
    const { version, created_at, updated_at, deleted_at, rest } = await lamp('new')
    expect({ version, deleted_at, rest }).toEqual({ version: 1, deleted_at: null, rest: {} })
    expect(updated_at).toEqual(created_at)
  })

  test('a new root may begin at a later version', async () => {
    await change(insertLamp('later', ', 7'), insertPart('later', 0))
    expect(await version('later')).toBe(7)
    await change(insertPart('later', 1))
    expect(await version('later')).toBe(8)
  })

  test('one transaction is one version, however many tables and statements it touches', async () => {
    await change(insertLamp('many'), insertPart('many', 0))
    const changes = [
      `update lamp_parts set name = 'nut' where lamp_id = 'many'`,
      `update lamps set name = 'Lamp' where id = 'many'`,
      insertPart('many', 1),
      `insert into lamp_shades (tenant_id, lamp_id, position, colour) values ('a', 'many', 0, 'red')`,
      `delete from lamp_parts where lamp_id = 'many' and position = 0`,
      `update lamps set name = 'Light' where id = 'many'`
    ]
    const rows = await change(...changes, `select version, updated_at = now() as now from lamps where id = 'many'`)
    expect(rows).toEqual([{ version: 2, now: true }])
    expect(await version('many')).toBe(2)
  })

  test.each([
    ['root', `update lamps set name = 'x' where id = 'each'`],
    ['child inserted', insertPart('each', 1)],
    ['child updated', `update lamp_parts set name = 'y' where lamp_id = 'each'`],
    ['child deleted', `delete from lamp_parts where lamp_id = 'each'`],
    ['child upserted', `${insertPart('each', 0)} on conflict (tenant_id, lamp_id, position) do update set name = 'z'`],
    ['soft delete', `update lamps set deleted_at = now() where id = 'each'`]
  ])('a change of another transaction is the next version: %s', async (_name, text) => {
    await change(`delete from lamps where id = 'each'`)
    await change(insertLamp('each'), insertPart('each', 0))
    const before = (await version('each')) as number
    const rows = await change(text, `select version, updated_at = now() as now from lamps where id = 'each'`)
    expect(rows).toEqual([{ version: before + 1, now: true }])
  })

  test('a change of nothing is no version', async () => {
    await change(insertLamp('idle'), insertPart('idle', 0))
    await change(`update lamp_parts set name = 'x' where false`, `delete from lamp_parts where position = 99`)
    expect(await version('idle')).toBe(1)
  })

  test('a row that moves to another root is a version of both', async () => {
    await change(insertLamp('from'), insertLamp('to'), insertPart('from', 3))
    await change(`update lamp_parts set lamp_id = 'to' where lamp_id = 'from'`)
    expect([await version('from'), await version('to')]).toEqual([2, 2])
  })

  test('one statement over many roots is one version of each', async () => {
    await change(`insert into lamps (tenant_id, id) select 'a', 'bulk-' || n from generate_series(1, 300) n`)
    await change(`insert into lamp_parts (tenant_id, lamp_id, position) select 'a', 'bulk-' || n, p
      from generate_series(1, 300) n, generate_series(0, 2) p`)
    const rows = await change(`select distinct version from lamps where id like 'bulk-%'`)
    expect(rows).toEqual([{ version: 2 }])
  })

  test('the version is not the writer’s to choose', async () => {
    await change(insertLamp('forced', ', 5'))
    await change(`update lamps set version = 1, updated_at = '2001-01-01', changed_in = '3' where id = 'forced'`)
    const { version, updated_at } = await lamp('forced')
    expect(version).toBe(6)
    expect(String(updated_at) > '2002').toBe(true)
  })

  test('a deleted root is not bumped by its children', async () => {
    await change(insertLamp('gone'), insertPart('gone', 0))
    await change(`update lamps set deleted_at = now() where id = 'gone'`)
    await change(`delete from lamp_parts where lamp_id = 'gone'`)
    expect(await version('gone')).toBe(2)
  })

  test('a root that is deleted for good and comes again goes on counting', async () => {
    await change(insertLamp('phoenix', ', 4'), insertPart('phoenix', 0))
    await change(`delete from lamps where id = 'phoenix'`)
    expect(await change(`select version from tombstones where root = 'lamps' and id = 'phoenix'`)).toEqual([
      { version: 5 }
    ])
    expect(await change(`select * from lamp_parts where lamp_id = 'phoenix'`)).toEqual([])
    await change(insertLamp('phoenix'))
    expect(await version('phoenix')).toBe(6)
  })

  test('a table that shows in roots bumps them', async () => {
    await change(`insert into makers (id, name) values ('acme', 'Acme')`)
    await change(insertLamp('made'), `update lamps set maker_id = 'acme' where id = 'made'`)
    await change(`update makers set name = 'Acme Ltd' where id = 'acme'`)
    await change(`update makers set name = 'Other' where id = 'none'`)
    expect(await version('made')).toBe(2)
  })
})

test('two transactions at once on one root are two versions', async () => {
  const { database, url, drop } = await testDatabase()
  await asOwner({ connectionString: url }, lampTables)
  await database.execute(bound, [statement(`insert into lamps (tenant_id, id, name) values ('a', 'l', 'x')`)])
  const part = (position: number) =>
    statement(`insert into lamp_parts (tenant_id, lamp_id, position) values ('a', 'l', ${position})`)
  await Promise.all([1, 2, 3, 4, 5, 6].map(position => database.execute(bound, [part(position)])))
  expect(await database.query(bound, statement('select version from lamps'))).toEqual([{ version: 7 }])
  await drop()
})

test('a change of a table without tenant is a version in every tenant that shows it', async () => {
  const { sql, url, drop } = await testDatabase()
  await asOwner({ connectionString: url }, lampTables)
  await sql(`insert into makers values ('m', 'M')`)
  await sql(`insert into lamps (tenant_id, id, maker_id) values ('a', '1', 'm'), ('b', '1', 'm'), ('b', '2', null)`)
  await sql(`update makers set name = 'N'`)
  expect(await sql('select tenant_id, id, version from lamps order by 1, 2')).toEqual([
    { tenant_id: 'a', id: '1', version: 2 },
    { tenant_id: 'b', id: '1', version: 2 },
    { tenant_id: 'b', id: '2', version: 1 }
  ])
  await drop()
})
