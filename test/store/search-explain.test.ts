/** The plans that Postgres makes of searches at size, under the server's role: no large table is read from end to end. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseSearch } from '../../src/search/parse.js'
import type { SearchPlan } from '../../src/search/plan.js'
import { includeText } from '../../src/store/postgres/search/include-text.js'
import { pageText } from '../../src/store/postgres/search/page.js'
import { SqlText } from '../../src/store/postgres/search/sql-text.js'
import { registry } from '../search/made-up.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { explained, rowsOf, type Read } from './explained.js'
import { JOIN_TEXTS, searchTables } from './search-tables.js'

const SIZE = 50_000

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await searchTables(db.url)
  const n = `generate_series(1, ${SIZE}) n`
  const statements = [
    `insert into people (tenant_id, id, status, active, born, started, team_id, boss_id, updated_at)
     select tenant, 'p' || n, case when n % 1000 = 0 then 'off' else 'on' end, true, date '1950-01-01' + n % 20000,
       now() - n * interval '1 minute', 't' || n % 5000, 'p' || n / 10, now() - n * interval '1 minute'
     from ${n}, unnest(array['a', 'b']) tenant`,
    `insert into person_names (tenant_id, person_id, position, kind, text)
     select tenant_id, id, k, 'legal', md5(id || k) || ' ' || id from people, generate_series(1, 2) k`,
    JOIN_TEXTS,
    `insert into person_codes (tenant_id, person_id, position, system, code)
     select tenant_id, id, k, 'urn:' || k, substr(id, 2) from people, generate_series(1, 2) k`,
    `insert into teams (tenant_id, id, name, part_of_id)
     select distinct tenant_id, team_id, md5(team_id), 't' || substr(team_id, 2)::int / 10 from people`,
    `insert into team_owners (tenant_id, team_id, position, owner_type, owner_id)
     select tenant_id, id, 1, 'Person', 'p' || substr(id, 2)::int * 10 from teams`,
    `insert into register (number, text) select n::text, md5(n::text) from ${n}`,
    `insert into resource_history (tenant_id, type, id, version, document) select tenant_id, 'Person', id, 1, '{}' from people`
  ]
  for (const statement of statements) await db.sql(statement)
  await db.sql('analyze')
}, 120_000)
afterAll(() => db.drop())

const planOf = (type: string, query: string): SearchPlan =>
  parseSearch(registry, type, query, { base: 'http://here', strict: true, maxCount: 1000, now: new Date() })

const explain = (text: (sql: SqlText) => string | undefined): Promise<Read[]> => {
  const sql = new SqlText()
  return explained(db.database, sql.statement(text(sql)!))
}

async function expectSmall(text: (sql: SqlText) => string | undefined, most: number): Promise<void> {
  const found = await explain(text)
  expect(found.filter(({ node }) => node === 'Seq Scan')).toEqual([])
  expect(rowsOf(found)).toBeLessThan(most)
}

describe.each<[string, string]>([
  ['Person', '_id=p77'],
  ['Person', 'code=urn:1|77'],
  ['Person', 'code=77'],
  ['Person', 'code=urn:1|77,urn:2|78,79'],
  ['Person', 'code=urn:number|77'],
  ['Person', '_id=x-77'],
  ['Person', 'name=00ff'],
  ['Person', 'name:contains=00ff0'],
  ['Person', 'name:contains=00ff0&name:contains=1ee'],
  ['Person', 'alias:contains=00ff0&name:contains=1ee'],
  ['Person', 'team=t77'],
  ['Person', 'boss=p77'],
  ['Person', 'status=off'],
  ['Person', 'born=1960-02-03'],
  ['Person', '_lastUpdated=ge2100'],
  ['Person', ''],
  ['Person', '_sort=_lastUpdated'],
  ['Person', '_sort=-_lastUpdated'],
  ['Person', 'team=t77&status:not=on'],
  ['Person', 'boss.code=urn:1|77'],
  ['Person', 'team.name=0c0'],
  ['Person', 'team.owner=Person/p70'],
  ['Person', 'boss.boss.code=urn:1|7'],
  ['Person', '_has:Person:boss:code=urn:1|77'],
  ['Team', '_has:Person:team:code=urn:1|77'],
  ['Team', 'owner=Person/p70'],
  ['Team', 'owner:Person.code=urn:1|70'],
  ['Team', 'owner.name=00ff']
])('%s?%s', (type, query) => {
  test('reads a small part, by indexes', () =>
    expectSmall(sql => pageText(sql, registry, planOf(type, query)), SIZE / 10))
})

describe.each<[string, string]>([
  ['Person', '_include=Person:team'],
  ['Person', '_include=Person:boss'],
  ['Person', '_revinclude=Person:boss'],
  ['Person', '_revinclude=Team:owner'],
  ['Team', '_include=Team:owner'],
  ['Team', '_revinclude=Person:team']
])('%s?%s', (type, query) => {
  const ids = Array.from({ length: 20 }, (_, at) => `${type === 'Team' ? 't' : 'p'}${at + 70}`)
  test('a page of twenty brings its own by indexes', () =>
    expectSmall(
      sql => includeText(sql, registry, planOf(type, query).includes, new Map([[type, ids]]), 5000),
      SIZE / 10
    ))
})

test.each([
  ['_count=20', { sort: [], id: 'p25000' }],
  ['_count=20', { sort: [], id: 'p25000', backward: true }],
  ['_sort=-_lastUpdated', { sort: [new Date().toISOString()], id: 'p25000' }]
])('a page deep within %s costs no more than the first', (query, after) =>
  expectSmall(sql => pageText(sql, registry, { ...planOf('Person', query), after }), 200)
)
