/** Dates against Periods that people write as days. https://hl7.org/fhir/R4/search.html#date */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { testServer, type TestServer } from '../support/server.js'

const PERIODS = {
  day: { start: '2020-06-15', end: '2020-06-15' },
  month: { start: '2020-06', end: '2020-06' },
  year: { start: '2020', end: '2020' },
  // The same day on the clock of the tenant, which is four hours behind.
  instants: { start: '2020-06-15T00:00:00-04:00', end: '2020-06-15T23:59:59-04:00' },
  since: { start: '2020-06-15' }
}

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const put = (resource: { resourceType: string; id: string }) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` }
  })
  const reference = 'Organization/of-periods'
  const entry = [
    put({ resourceType: 'Organization', id: 'of-periods', ...{ name: 'Of periods' } }),
    ...Object.entries(PERIODS).map(([id, period]) =>
      put({
        ...{ resourceType: 'OrganizationAffiliation', id, period, code: [{ text: 'member' }] },
        ...{ organization: { reference }, participatingOrganization: { reference } }
      })
    )
  ]
  await server.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(200)
})
afterAll(() => server?.close())

test.each([
  ['2020-06-15', ['day', 'instants']],
  ['2020-06', ['day', 'month', 'instants']],
  ['2020', ['day', 'month', 'year', 'instants']],
  ['ne2020', ['since']],
  ['sa2020-06-14', ['day', 'instants', 'since']],
  ['sa2020-06-15', []],
  ['eb2020-06-16', ['day', 'instants']],
  ['eb2020-06-15', []],
  ['lt2020', []],
  ['lt2020-06-15', ['month', 'year']],
  ['gt2020-06-15', ['month', 'year', 'since']],
  ['le2020-06-15', ['day', 'month', 'year', 'instants']],
  ['gt2020-06-15T23:59:59-04:00', ['month', 'year', 'since']]
])('date=%s finds %j', async (date, expected) => {
  const answer = await server.get(`OrganizationAffiliation?primary-organization=of-periods&date=${date}`).expect(200)
  const found = (answer.body as Bundle).entry?.map(({ resource }) => resource!.id!) ?? []
  expect(found.sort()).toEqual([...expected].sort())
})
