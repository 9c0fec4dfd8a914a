/** Plans as SQL, held against a search in memory over random rows of two tenants; pages forward and back. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseSearch } from '../../src/search/parse.js'
import type { Cursor, SearchPlan } from '../../src/search/plan.js'
import { tableSource } from '../../src/search/registry.js'
import { chooseWay } from '../../src/store/postgres/search/dense.js'
import { isText } from '../../src/store/postgres/search/look-up.js'
import { searchStore, type SearchDoors } from '../../src/store/postgres/search/search-store.js'
import type { SearchPage } from '../../src/store/ports.js'
import { registry } from '../search/made-up.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { search, type Universe } from './search-naive.js'
import { fill, searchTables } from './search-tables.js'
import { byText, query, register, world, type Query } from './search-worlds.js'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await searchTables(db.url)
})
afterAll(() => db.drop())

/** Documents are made of the row's identity: assembling them is not this test's business. */
const doors = (tenant: string): SearchDoors => ({
  run: statement => db.database.query({ tenant, subject: 's' }, statement),
  complete: async found => found.map(each => ({ ...each, text: each.text ?? JSON.stringify({ id: each.id }) }))
})

const plan = ({ type, query }: Query): SearchPlan =>
  parseSearch(registry, type, query, {
    base: 'http://here/fhir/R4',
    strict: true,
    maxCount: 1000,
    now: new Date('2026-01-01T00:00:00Z')
  })
/** As a token restricts it: all that `query` asks for and, besides, all of one of the others of its type. */
function narrowed(query: Query, others: readonly Query[]): SearchPlan {
  const own = plan(query)
  const of = others.filter(({ type }) => type === query.type).map(each => plan(each).where)
  const some = of.filter(where => where.length > 0).slice(0, 2)
  return some.length > 0 ? { ...own, where: [...own.where, { kind: 'either', type: own.type, of: some }] } : own
}
type Choose = typeof chooseWay
const run = (tenant: string, wanted: SearchPlan, choose: Choose): Promise<SearchPage> =>
  searchStore(doors(tenant), registry, wanted, choose)

/** The worlds are too small for any way but the first to be chosen: each has its turn. */
function ways(wanted: SearchPlan): Choose[] {
  const source = tableSource(registry.get(wanted.type)!)!
  const texts = wanted.where.filter(condition => isText(source, condition))
  const others = [
    { lookedUp: texts },
    { lookedUp: texts.slice(1), walk: { rows: 2, lookedUp: texts } },
    { lookedUp: [], walk: { rows: 100, lookedUp: texts } }
  ]
  return [chooseWay, ...(texts.length > 0 ? others.map(way => () => Promise.resolve(way)) : [])]
}
const ids = (page: SearchPage): string[] => page.matches.map(({ id }) => id)

/** All pages from the first to the last, and back from there. */
async function crawl(
  tenant: string,
  wanted: SearchPlan,
  choose: Choose
): Promise<{ forward: string[]; backward: string[] }> {
  const forward: string[][] = []
  let previous: Cursor | undefined
  for (let after: Cursor | undefined, first = true; first || after; first = false) {
    const page = await run(tenant, { ...wanted, ...(after && { after }) }, choose)
    forward.push(ids(page))
    expect(forward.length).toBeLessThan(20)
    ;({ next: after, previous } = page)
  }
  const backward: string[][] = [forward.at(-1)!]
  while (previous) {
    const page = await run(tenant, { ...wanted, after: previous }, choose)
    backward.unshift(ids(page))
    expect(backward.length).toBeLessThan(20)
    previous = page.previous
  }
  return { forward: forward.flat(), backward: backward.flat() }
}

const RUNS = Number(process.env.SOAK_RUNS ?? 25)

test(
  'every search finds what a search in memory finds, page by page, for each tenant its own',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        world,
        world,
        register,
        fc.tuple(...Array<typeof query>(12).fill(query), byText, byText),
        async (a, b, shared, queries) => {
          await fill(db.sql, { a, b }, shared)
          for (const [tenant, own] of Object.entries({ a, b })) {
            const universe: Universe = { ...own, register: shared }
            for (const [at, each] of queries.entries()) {
              const sought = at % 4 === 0 ? narrowed(each, queries.slice(at + 1)) : plan(each)
              const expected = search(universe, sought)
              for (const choose of ways(sought)) {
                const { forward, backward } = await crawl(tenant, sought, choose)
                expect({ ...each, found: forward }).toEqual({ ...each, found: expected })
                expect(backward).toEqual(expected)
              }
              const total = await run(tenant, { ...sought, count: 0 }, chooseWay)
              expect(total).toEqual({ matches: [], included: [], total: expected.length })
            }
          }
        }
      ),
      { numRuns: RUNS, endOnFailure: true }
    )
  },
  process.env.SOAK ? 3_600_000 : 120_000
)
