/** What a page carries: documents, includes by level, totals, rows that foreign SQL changed, rows of a view. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseSearch } from '../../src/search/parse.js'
import { searchStore, type Found, type SearchDoors } from '../../src/store/postgres/search/search-store.js'
import type { SearchPage } from '../../src/store/ports.js'
import { registry } from '../search/made-up.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { fill, searchTables, type Person, type Team } from './search-tables.js'

const AT = '2026-01-01T00:00:00.000Z'
const person = (id: string, more: Partial<Person> = {}): Person => ({
  type: 'Person',
  id,
  deleted: false,
  updated: AT,
  status: null,
  active: true,
  born: null,
  started: null,
  ended: null,
  home: null,
  team: null,
  boss: null,
  bossIdentifier: null,
  names: [],
  codes: [],
  position: null,
  tags: [],
  profiles: [],
  ...more
})
const team = (id: string, more: Partial<Team> = {}): Team => ({
  type: 'Team',
  id,
  deleted: false,
  updated: AT,
  name: null,
  partof: null,
  owners: [],
  ...more
})
const number = (code: string): Person['codes'][number] => ({
  system: 'urn:number',
  code,
  display: null,
  type_system: null,
  type_code: null
})

let db: TestDatabase
/** Statements and completions of the search under way. */
let statements = 0
let completed: readonly Found[] = []

beforeAll(async () => {
  db = await testDatabase()
  await searchTables(db.url)
  const people = [
    person('p1', { team: 't1', boss: 'p2', names: [{ kind: 'legal', text: 'Ana' }] }),
    person('p2', { team: 't2', boss: 'p3', codes: [number('1')] }),
    person('p3', { boss: 'x-2' }),
    person('p4', { deleted: true, team: 't1', codes: [number('2')] })
  ]
  const teams = [team('t1', { partof: 't2', owners: [{ type: 'Person', id: 'p3' }] }), team('t2', { partof: 't1' })]
  const register = ['1', '2'].map(each => ({
    type: 'Person' as const,
    id: `x-${each}`,
    number: each,
    text: `N${each}`,
    updated: AT
  }))
  await fill(db.sql, { a: { people, teams }, b: { people: [person('p1', { team: 't1' })], teams: [] } }, register)
  await db.sql(`insert into resource_history (tenant_id, type, id, version, document)
    values ('a', 'Person', 'p1', 1, '{"now":true}'), ('a', 'Person', 'p2', 7, '{"other":"version"}'), ('b', 'Person', 'p3', 1, '{"foreign":true}')`)
})
afterAll(() => db.drop())

function run(query: string, type = 'Person', tenant = 'a'): Promise<SearchPage> {
  statements = 0
  const doors: SearchDoors = {
    run: statement => {
      statements++
      return db.database.query({ tenant, subject: 's' }, statement)
    },
    complete: async found => {
      completed = found
      return found.map(each => ({ ...each, text: each.text ?? 'assembled' }))
    }
  }
  const options = { base: 'http://here', strict: true, maxCount: 1000, now: new Date(AT) }
  return searchStore(doors, registry, parseSearch(registry, type, query, options))
}
const names = (documents: SearchPage['matches']): string[] => documents.map(({ type, id }) => `${type}/${id}`)

test('a page is one statement with the documents of the current versions', async () => {
  const page = await run('_id=p1,p2,p3,p4')
  expect(statements).toBe(1)
  expect(page.matches).toEqual([
    { type: 'Person', id: 'p1', version: 1, updatedAt: AT, deleted: false, text: '{"now":true}' },
    { type: 'Person', id: 'p2', version: 1, updatedAt: AT, deleted: false, text: 'assembled' },
    { type: 'Person', id: 'p3', version: 1, updatedAt: AT, deleted: false, text: 'assembled' }
  ])
  expect(completed.map(({ text }) => text)).toEqual(['{"now":true}', null, null])
  expect(page).toMatchObject({ total: 3, included: [] })
})

describe('the total', () => {
  test.each<[string, number | undefined, number]>([
    ['_count=3', 3, 1],
    ['_count=2', undefined, 1],
    ['_count=2&_total=accurate', 3, 2],
    ['_count=2&_total=estimate', 3, 2],
    ['_count=3&_total=none', undefined, 1],
    ['_count=0', 3, 1],
    ['_summary=count', 3, 1],
    ['_count=2&_id=nobody', 0, 1]
  ])('%s', async (query, total, asked) => {
    expect((await run(query)).total).toBe(total)
    expect(statements).toBe(asked)
  })
})

describe('includes', () => {
  test.each<[string, string, string[], number]>([
    ['_id=p1&_include=Person:boss', 'Person', ['Person/p2'], 2],
    ['_id=p1&_include=Person:boss&_include=Person:team', 'Person', ['Person/p2', 'Team/t1'], 2],
    ['_id=p1&_include=Person:*', 'Person', ['Person/p2', 'Team/t1'], 2],
    ['_id=p3&_include=Person:boss', 'Person', ['Person/x-2'], 2],
    ['_id=p1&_include:iterate=Person:boss', 'Person', ['Person/p2', 'Person/p3', 'Person/x-2'], 5],
    ['_id=t1&_include=Team:owner:Person&_include:iterate=*', 'Team', ['Person/p3', 'Person/x-2', 'Team/t2'], 4],
    ['_id=p1&_include=Person:team&_include:iterate=Team:partof', 'Person', ['Team/t1', 'Team/t2'], 4],
    ['_id=t1&_revinclude=Person:team', 'Team', ['Person/p1'], 2],
    ['_id=t1&_revinclude=Person:team&_revinclude:iterate=Person:boss', 'Team', ['Person/p1'], 3],
    ['_id=t1&_include=Team:owner:Person', 'Team', ['Person/p3'], 2],
    ['_id=t1&_include=Team:owner:Team', 'Team', [], 2],
    ['_id=p3&_revinclude=Team:owner', 'Person', ['Team/t1'], 2],
    ['_id=p3&_revinclude=*', 'Person', ['Person/p2', 'Team/t1'], 2],
    ['_id=x-2&_revinclude=Person:boss', 'Person', ['Person/p3'], 2],
    ['_id=p1,p2&_include=Person:boss', 'Person', ['Person/p3'], 2],
    ['_id=nobody&_include=Person:boss', 'Person', [], 1]
  ])('%s of %s', async (query, type, included, asked) => {
    const page = await run(query, type)
    expect(names(page.included).sort()).toEqual(included)
    expect(statements).toBe(asked)
  })

  test('stay within the tenant', async () => {
    const page = await run('_id=p1&_include=Person:team&_include=Person:boss', 'Person', 'b')
    expect([names(page.matches), page.included]).toEqual([['Person/p1'], []])
  })
})

describe('a register beside the tenant', () => {
  test.each<[string, string[]]>([
    ['code=urn:number|1', ['Person/p2']],
    ['code=urn:number|1&name=nobody', []],
    ['code=urn:number|2', ['Person/x-2']],
    ['code=urn:number|1,urn:number|2', ['Person/p2', 'Person/x-2']],
    ['code=2', []],
    ['_source=urn:register', ['Person/x-2']],
    ['_id=x-1', ['Person/x-1']],
    ['name=N', []],
    ['boss.name=N2', ['Person/p3']]
  ])('%s', async (query, found) => {
    const page = await run(query)
    expect(names(page.matches)).toEqual(found)
    expect(page.total).toBe(found.length)
  })

  test('its rows are shown by their source', async () => {
    const { matches } = await run('_id=x-2')
    expect(JSON.parse(matches[0]!.text)).toEqual({
      resourceType: 'Person',
      id: 'x-2',
      name: 'N2',
      meta: { versionId: '1', lastUpdated: AT }
    })
  })

  test('another tenant is not stood before by this one', async () => {
    expect(names((await run('code=urn:number|1', 'Person', 'b')).matches)).toEqual(['Person/x-1'])
  })
})
