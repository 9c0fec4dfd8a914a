/** Dates without a zone are the tenant's: a day of Sydney is no day of Greenwich. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Slot } from 'fhir/r4.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  const demo = await testServer({ clock: () => new Date('2026-10-29T12:00:00Z') })
  server = await demo.as('demo-au')
})
afterAll(() => server?.close())

const starts = async (query: string): Promise<string[]> => {
  const { entry = [] } = (await server.get(`Slot?${query}`)).body as Bundle<Slot>
  return entry.map(({ resource }) => resource!.start)
}

test('ge of a day begins with its first opening there', async () => {
  expect(await starts('start=ge2026-11-02&_count=1')).toEqual(['2026-11-02T09:00:00+11:00'])
})

test('a day holds its openings and no others', async () => {
  const found = await starts('start=2026-11-02&_count=100')
  expect(found).toHaveLength(16)
  expect([found[0], found.at(-1)]).toEqual(['2026-11-02T09:00:00+11:00', '2026-11-02T16:30:00+11:00'])
})

test('lt of a day ends with the one before', async () => {
  const found = await starts('start=ge2026-10-30&start=lt2026-11-02&_count=100')
  expect([found[0], found.at(-1)]).toEqual(['2026-10-30T09:00:00+11:00', '2026-10-30T16:30:00+11:00'])
})

test('with a zone a time is what it says', async () => {
  expect(await starts('start=ge2026-11-02T00:00:00Z&_count=1')).toEqual(['2026-11-02T11:00:00+11:00'])
})

test('stored resources are found by the same days', async () => {
  const slot = { resourceType: 'Slot', schedule: { reference: 'Schedule/dr-nguyen-sydney' }, status: 'busy' }
  const at = { start: '2026-11-02T22:30:00Z', end: '2026-11-02T23:00:00Z' }
  expect((await server.post('Slot', { ...slot, ...at })).status).toBe(201)
  expect(await starts('status=busy&start=2026-11-03')).toEqual([at.start])
  expect(await starts('status=busy&start=2026-11-02')).toEqual([])
})

test('the last and first years that can be written are no error', async () => {
  for (const start of ['0001', '9999', '9999-12-31', 'ge0001-01-01', 'lt9999-12'])
    expect((await server.get(`Slot?start=${start}`)).status).toBe(200)
})
