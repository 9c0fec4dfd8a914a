/** Every search parameter of every served type, with each of its modifiers, at size and under the server's role: by indexes. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/resources/index.js'
import { COMMON_PARAMS, type SearchParam } from '../../src/search/definition.js'
import { parseSearch } from '../../src/search/parse.js'
import type { SearchPlan } from '../../src/search/plan.js'
import { pageText } from '../../src/store/postgres/search/page.js'
import { SqlText } from '../../src/store/postgres/search/sql-text.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { explained, rowsOf, type Read } from './explained.js'
import { fillAll } from './filled.js'

const SIZE = process.env.SOAK ? 100_000 : 5000

let db: TestDatabase
beforeAll(
  async () => {
    db = await testDatabase()
    await fillAll(db.sql, registry, ['a', 'b'], SIZE)
  },
  process.env.SOAK ? 3_600_000 : 600_000
)
afterAll(() => db.drop())

const explain = (plan: SearchPlan): Promise<Read[]> => {
  const sql = new SqlText()
  return explained(db.database, sql.statement(pageText(sql, registry, plan)!))
}

const planOf = (type: string, query: string): SearchPlan =>
  parseSearch(registry, type, query, { base: 'http://here', strict: true, maxCount: 1000, now: new Date() })

/** What is asked with a modifier, by the parameter's type; a query that the parser refuses is left out. */
function queries(type: string, { name, type: kind, targets = [] }: SearchParam): string[] {
  const target = targets.find(each => registry.has(each)) ?? targets[0]
  const asked: Record<SearchParam['type'], string[]> = {
    token: ['=v77', '=s|v77', '=s|', ':text=v77', ':of-type=v77|v77|v77'],
    string: ['=v77', ':exact=v77', ':contains=4777'],
    reference: [
      `=${target}/v77`,
      '=v77',
      '=http://x/v77',
      ':identifier=s|v77',
      `:below=${target}/v77`,
      `:above=${target}/v77`
    ],
    date: ['=gt2100', '=1960-02-03', '=lt1900'],
    uri: ['=v77', ':below=v77', ':above=v77'],
    special: ['=1|2|1']
  }
  const usable = (query: string): boolean => {
    try {
      planOf(type, query)
      return true
    } catch {
      return false
    }
  }
  const found = asked[kind].map(each => name + each).filter(usable)
  return found.length > 0 ? found : [`${name}=true`]
}

describe.each([...registry.values()])('$type', ({ type, search }) => {
  // All of them take minutes: without SOAK every third has its turn, and each walk of a hierarchy.
  const all = [...search, ...COMMON_PARAMS]
    .flatMap(param => queries(type, param))
    .filter((query, at) => process.env.SOAK || at % 3 === 0 || /^[^=]+:(below|above)=[A-Z]/.test(query))
  test.each([...all, '', '_sort=-_lastUpdated'])('%s', async query => {
    const found = await explain(planOf(type, query))
    const large = found.filter(({ node, rows }) => node === 'Seq Scan' && rows > 100)
    expect(large).toEqual([])
    expect(rowsOf(found)).toBeLessThan(SIZE / 4)
  })
})

describe('over several types', () => {
  test.each<[string, string]>([
    ['PractitionerRole', 'practitioner.identifier=v77'],
    ['PractitionerRole', 'practitioner.name=v77'],
    ['PractitionerRole', 'network.partof.name=v77'],
    ['PractitionerRole', 'location.near=1|2|1'],
    ['PractitionerRole', 'service.service-category=v77'],
    ['Practitioner', '_has:PractitionerRole:practitioner:network=v77'],
    ['Practitioner', '_has:PractitionerRole:practitioner:specialty=v77'],
    ['Organization', '_has:OrganizationAffiliation:primary-organization:role=v77'],
    ['Organization', '_has:PractitionerRole:network:practitioner.name=v77'],
    ['Location', '_has:PractitionerRole:location:service.name=v77'],
    ['Endpoint', 'organization.address-city=v77'],
    ['HealthcareService', 'location.address-postalcode=v77']
  ])('%s?%s', async (type, query) => {
    const found = await explain(planOf(type, query))
    expect(found.filter(({ node, rows }) => node === 'Seq Scan' && rows > 100)).toEqual([])
    expect(rowsOf(found)).toBeLessThan(SIZE / 4)
  })
})
