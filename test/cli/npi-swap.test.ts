/** An import beside readers, beside another import, and one that is killed. */
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Practitioner } from 'fhir/r4.js'
import { importDirectory } from '../../src/store/postgres/directory-import.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { processes } from '../support/process.js'
import { testServer, type TestServer } from '../support/server.js'
import { changed, files, FULL, npi, sample, valueOf } from './npi-fixture.js'

let server: TestServer
const { write, remove } = files()
const { start, endAll } = processes(new URL('../../src/cli/main.ts', import.meta.url))
const before = { ...process.env }
beforeAll(async () => (server = await testServer()))
afterEach(async () => {
  process.env = { ...before }
  await endAll()
})
afterAll(async () => {
  remove()
  await server?.close()
})

const LINES = sample(1000)
const renamed = (family: string): string[] =>
  LINES.map((line, index) =>
    index > 0 && valueOf(line, 'Entity Type Code') === '1'
      ? changed(line, { 'Provider Last Name (Legal Name)': family })
      : line
  )
const numbers = renamed('X')
  .filter(line => line.includes('"X"'))
  .map(line => valueOf(line, 'NPI'))

/** What hangs on the table, by words of the catalog. */
const CATALOG = `select 'index' as kind, pg_get_indexdef(indexrelid) as text from pg_index where indrelid = 'npi_directory'::regclass
  union all select 'constraint', conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where conrelid = 'npi_directory'::regclass
  union all select 'trigger', pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'npi_directory'::regclass and not tgisinternal
  union all select 'column', format('%s %s %s %s %s', attname, attnum, atttypid::regtype, attnotnull, attgenerated) from pg_attribute
    where attrelid = 'npi_directory'::regclass and attnum > 0
  union all select 'grant', relname || ' ' || coalesce(relacl::text, '') from pg_class where relname like 'npi\\_%'
  union all select 'view', viewname || definition from pg_views where viewname like 'npi\\_%' order by 1, 2`

test('the new table has all that hung on the old one, and nothing is left beside it', async () => {
  const then = await server.sql(CATALOG)
  expect(then.length).toBeGreaterThan(60)
  expect(await npi(server.url, 'import', write(FULL, LINES))).toMatchObject({ code: 0 })
  expect(await server.sql(CATALOG)).toEqual(then)
  const [row] = await server.sql<{ version: number }>(
    `update npi_directory set credential = 'X.' where npi = '${numbers[0]}' returning version`
  )
  expect(row?.version).toBe(2)
})

test('who reads meanwhile is never refused and sees all of a load or nothing of it', async () => {
  await npi(server.url, 'import', write(FULL, renamed('OLD')))
  const seen: Set<string>[] = []
  let reading = true
  const reader = async (): Promise<void> => {
    for (let n = 0; reading; n++) {
      const some = [numbers[n % numbers.length], numbers[(n * 7 + 3) % numbers.length]]
      const [found, one] = await Promise.all([
        server.get(`Practitioner?_id=${some.map(number => `npi-${number}`).join(',')}`),
        server.get(`Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|${some[0]}`)
      ])
      for (const answer of [found, one]) {
        if (answer.status !== 200) throw new Error(answer.text)
        const { entry = [] } = answer.body as Bundle<Practitioner>
        if (entry.length !== (answer === one ? 1 : new Set(some).size)) throw new Error(`found ${entry.length}`)
        seen.push(new Set(entry.map(({ resource }) => resource!.name![0]!.family!)))
      }
    }
  }
  const readers = Promise.all([reader(), reader(), reader()])
  expect(await npi(server.url, 'import', write(FULL, renamed('NEW')))).toMatchObject({ code: 0 })
  const ended = seen.length
  while (seen.length < ended + 20) await sleep(5)
  reading = false
  await readers
  expect(seen.filter(({ size }) => size !== 1)).toEqual([])
  expect(new Set(seen.map(([family]) => family))).toEqual(new Set(['OLD', 'NEW']))
})

test('one import at a time', async () => {
  const database = await openDatabase({ databaseUrl: server.url, dataDir: '' })
  try {
    const second = await importDirectory(database, 'a file', () => npi(server.url, 'import', write(FULL, LINES)))
    expect(second).toMatchObject({ code: 1, said: expect.stringContaining('Another import') })
  } finally {
    await database.close()
  }
})

test('killed in the midst and run again, it goes on behind what it had reached', async () => {
  const path = write('npidata_pfile_20050523-20250202.csv', sample(14_000, { seed: 5 }))
  const { size } = await stat(path)
  process.env.DATABASE_URL = server.url
  const child = start('npi', 'import', path)
  const place = async (): Promise<{ bytes: number; rows: number } | undefined> => {
    const [there] = await server.sql<{ there: boolean }>(`select to_regclass('npi_import_place') is not null as there`)
    return there?.there
      ? (await server.sql<{ bytes: number; rows: number }>('select * from npi_import_place'))[0]
      : undefined
  }
  for (let reached = await place(); !reached?.rows; reached = await place()) await sleep(5)
  await child.kill()
  const reached = await place()
  expect(reached?.bytes).toBeLessThan(size)
  const held = async () => (await server.sql(`select from pg_locks where locktype = 'advisory'`)).length > 0
  while (await held()) await sleep(5)
  const ran = await npi(server.url, 'import', path)
  expect(ran.said).toContain(`Goes on behind line ${reached!.rows + 1},`)
  expect(ran).toMatchObject({ code: 0, said: expect.stringContaining('14000 records in') })
  expect(await server.sql('select count(*)::int as n, count(distinct npi)::int as d from npi_directory')).toEqual([
    { n: 14_000, d: 14_000 }
  ])
  expect(await place()).toBeUndefined()
}, 60_000)

test('the embedded database takes it too', async () => {
  const database = await openDatabase({ dataDir: 'memory:' })
  try {
    await database.asOwner(async client => {
      await client.query(`insert into npi_directory (npi, entity_type, family) values ('1234567893', '1', 'Before')`)
    })
    const { DIRECTORY_COLUMNS } = await import('../../src/store/postgres/directory-rows.js')
    const empty = Object.fromEntries(DIRECTORY_COLUMNS.map(column => [column, null]))
    const row = {
      ...empty,
      line: 2,
      npi: '2502495429',
      entity_type: '1',
      active: 'true',
      family: 'Roe',
      taxonomies: '[]'
    }
    const changes = await importDirectory(database, 'a file', async running => {
      await running.add([row as never], { bytes: 10, lines: 2, rows: 1, bad: 0 })
      return running.finish('replace', { phase: () => undefined, shrink: false })
    })
    expect(changes).toEqual({ added: 1, changed: 0, removed: 1 })
    const read = { text: 'select npi, family, version from npi_practitioners', values: [] }
    expect(await database.query({ tenant: 'demo', subject: 's' }, read)).toEqual([
      { npi: '2502495429', family: 'Roe', version: 1 }
    ])
  } finally {
    await database.close()
  }
}, 60_000)
