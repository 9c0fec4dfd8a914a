/** Texts that match a large part of a tenant: how many rows a page of them reads. The bounds are those of docs/search.md. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/resources/index.js'
import { parseSearch } from '../../src/search/parse.js'
import type { Cursor, SearchPlan } from '../../src/search/plan.js'
import { chooseWay } from '../../src/store/postgres/search/dense.js'
import { pageText } from '../../src/store/postgres/search/page.js'
import { SqlText } from '../../src/store/postgres/search/sql-text.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { explained, rowsOf } from './explained.js'
import { withoutIndexes } from './filled.js'

const SIZE = 20_000
/** Of each tenant: half are Marys, three in ten Smiths, one in 25 Eriksens; the last tenth are Zulus; each has a name of its own. */
const GIVEN = `case when n % 2 = 0 then 'mary' else 'john' end || case when n > ${SIZE * 0.9} then 'zulu' else '' end`
const FAMILY = `case when n % 10 < 3 then 'smith' when n % 25 = 9 then 'eriksen' else 'other' end || md5(n::text)`
const ID = `'p' || lpad(n::text, 6, '0')`

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  const rows = `generate_series(1, ${SIZE}) n, unnest(array['a', 'b']) tenant`
  const statements = [
    'set session_replication_role = replica',
    `insert into practitioners (tenant_id, id, active, updated_at) select tenant, ${ID}, true, now() - n * interval '1 minute' from ${rows}`,
    `insert into practitioner_name_words (tenant_id, practitioner_id, position, kind, raw, folded, texts)
     select tenant, ${ID}, w.at, w.kind, w.word, w.word, case w.at when 1 then concat_ws(e'\\n', given || ' ' || family, given, family) end from ${rows}, lateral (values (${GIVEN}, ${FAMILY})) name(given, family),
       lateral (values (1, 'text', given || ' ' || family), (2, 'given', given), (3, 'family', family), (4, 'word', family)) w(at, kind, word)`,
    `insert into practitioner_identifiers (tenant_id, practitioner_id, position, system, value) select tenant, ${ID}, 1, 'urn:s', n::text from ${rows}`,
    'reset session_replication_role'
  ]
  const indexes = await withoutIndexes(db.sql, ['practitioner_name_words', 'practitioner_identifiers', 'practitioners'])
  for (const statement of [...statements, ...indexes, 'analyze']) await db.sql(statement)
}, 120_000)
afterAll(() => db.drop())

const planOf = (query: string): SearchPlan =>
  parseSearch(registry, 'Practitioner', query, { base: 'http://here', strict: true, maxCount: 1000, now: new Date() })

/** Rows that the page's statement reads, and how many are on the page. */
async function pageOf(query: string, after?: Cursor): Promise<{ read: number; found: number }> {
  const plan = { ...planOf(query), ...(after && { after }) }
  const bound = { tenant: 'a', subject: 's' }
  const made = (text: (sql: SqlText) => string) => {
    const sql = new SqlText()
    return sql.statement(text(sql))
  }
  const way = await chooseWay(text => db.database.query(bound, made(text)), registry, plan)
  const page = made(sql => pageText(sql, registry, plan, way)!)
  const found = await db.database.query(bound, page)
  return { read: rowsOf(await explained(db.database, page)), found: found.length }
}

const full = 21
/** So many rows of a text are gathered at most where the page could be walked instead, see docs/search.md. */
const GATHERED = Math.sqrt(10 * full * SIZE)

describe('a page is found in the order that it is in, without gathering', () => {
  test.each<[string, number]>([
    ['name:contains=smi', 1000],
    ['name:contains=smi&_sort=-_lastUpdated', 1000],
    ['name:contains=smi&name:contains=ary', 2000],
    [['m', 'a', 'r', 'ma', 'ar', 'ry', 'mar', 'ary', 'mary'].map(part => `name:contains=${part}`).join('&'), 4000],
    ['name=m', 1000],
    ['name:contains=m', 1000],
    ['name:contains=smi,other', 1000],
    ['name:contains=smi&active=true', 1000]
  ])('%s', async (query, most) => {
    const { read, found } = await pageOf(`${query}&_count=20`)
    expect(found).toBe(full)
    expect(read).toBeLessThan(most)
  })

  test.each<[string, Cursor]>([
    ['after', { sort: [], id: 'p010000' }],
    ['before', { sort: [], id: 'p010000', backward: true }]
  ])('and so is the page %s a position', async (_, cursor) => {
    const { read, found } = await pageOf('name:contains=smi&_count=20', cursor)
    expect(found).toBe(full)
    expect(read).toBeLessThan(1000)
  })
})

test.each<[string, number, number]>([
  // One scan finds who has both; of other kinds, the rare one leads: the page costs its matches, not those of the dense one.
  ['name:contains=zulu&name:contains=eriksen', 1000, 1],
  ['family:contains=ae01&given:contains=ary', 1000, 1],
  ['name:contains=smi&name:contains=ae01', 1000, 1],
  ['name:contains=smi&identifier=urn:s|12', 100, 1],
  ['name:contains=ae01&_sort=name', 1000, 1]
])('beside what few match, a text is looked up: %s', async (query, most, least) => {
  const { read, found } = await pageOf(`${query}&_count=20`)
  expect(found).toBeGreaterThanOrEqual(least)
  expect(read).toBeLessThan(most)
})

test('what neither few nor many have costs no more than the bound', async () => {
  const { read, found } = await pageOf('name:contains=eriksen&_count=20')
  expect(found).toBe(full)
  // Each row that is gathered has its root, each root that is passed its four words; and the planner knows a sample.
  expect(read).toBeLessThan(4 * GATHERED)
})

test('matches that all lie at the end cost themselves, the walk and the roots before them', async () => {
  const { read, found } = await pageOf('name:contains=zulu&_count=20')
  expect(found).toBe(full)
  expect(read).toBeLessThan(SIZE + 4 * ((2 * SIZE) / 10))
})
