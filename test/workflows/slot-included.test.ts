/** Slots included with what they refer to, free ones among them. https://hl7.org/fhir/R4/search.html#revinclude */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome, Slot } from 'fhir/r4.js'
import type { TestServer } from '../support/server.js'
import { clinic, type Clinic } from './booking-clinic.js'

let c: Clinic
const EAST = 'schedule=Schedule/ann-east'
beforeAll(async () => {
  c = await clinic()
  await c.server.put('Schedule/ann-east', {
    ...(await c.server.get('Schedule/ann-east')).body,
    planningHorizon: { start: '2027-01-04', end: '2027-01-08' }
  })
  const [slot] = await c.free(EAST)
  expect((await c.book([slot!.id])).status).toBe(201)
  const past = { resourceType: 'Slot', schedule: { reference: 'Schedule/ann-east' }, status: 'free' }
  const times = { start: '2020-01-06T09:00:00Z', end: '2020-01-06T09:30:00Z' }
  await c.server.put('Slot/past', { ...past, id: 'past', ...times }).expect(201)
}, 60_000)
afterAll(() => c?.close())

const found = async (path: string, server: TestServer = c.server) => {
  const { entry = [] } = (await server.get(path, { Prefer: 'handling=strict' }).expect(200)).body as Bundle
  const of = (mode: string) => entry.filter(({ search }) => search?.mode === mode).map(({ resource }) => resource!)
  return { match: of('match'), include: of('include') as Slot[], outcome: of('outcome') as OperationOutcome[] }
}
const idsOf = (all: { id?: string }[]) => all.map(({ id }) => id).sort()

test('free ones, those taken and those of the past', async () => {
  const slots = idsOf((await found(`Slot?${EAST}&_count=1000`)).match)
  expect(slots.length).toBeGreaterThan(20)
  for (const how of ['Slot:schedule', 'Slot:*', 'Slot:schedule:Schedule']) {
    const { match, include, outcome } = await found(`Schedule?_id=ann-east&_revinclude=${how}`)
    expect([how, idsOf(match), idsOf(include), outcome]).toEqual([how, ['ann-east'], [...slots, 'past'].sort(), []])
  }
  const one = (await found('Schedule?_id=ann-east&_revinclude=Slot:schedule')).include.find(
    each => each.status === 'free'
  )!
  expect((await c.server.get(`Slot/${one.id}`)).body).toEqual(one)
})

test('of a service those that are for it', async () => {
  const asked = `Slot?service-type-reference=HealthcareService/therapy&start=lt2027-01-05&_count=1000`
  const expected = idsOf((await found(asked)).match)
  const { include } = await found('HealthcareService?_id=therapy&_revinclude=Slot:service-type-reference')
  expect(expected.length).toBeGreaterThan(0)
  expect(idsOf(include)).toEqual(expect.arrayContaining(expected))
})

test('where a step leads to a Schedule, and from the Slots on', async () => {
  const slots = idsOf((await found(`Slot?${EAST}&_count=1000`)).match)
  const query = 'Practitioner?_id=ann&_revinclude=Schedule:actor&_revinclude:iterate=Slot:schedule'
  const { include } = await found(query)
  expect(idsOf(include)).toEqual(expect.arrayContaining(['ann-east', 'ann-west', 'past', ...slots]))
  expect(new Set(include.map(({ resourceType }) => resourceType))).toEqual(new Set(['Schedule', 'Slot']))
})

test('so many, and a word when there are more', async () => {
  const { include, outcome } = await found('Schedule?_revinclude=Slot:schedule')
  expect(include.filter(({ id }) => id !== 'past').length).toBe(1000)
  expect(outcome[0]!.issue[0]).toMatchObject({
    severity: 'warning',
    expression: ['_revinclude'],
    details: { text: expect.stringContaining('the first 1000') }
  })
})

test('none for a token that may not read them, and no other than it may', async () => {
  const path = 'Schedule?_id=ann-east&_revinclude=Slot:schedule'
  expect((await found(path, await c.server.as('demo', 'system/Schedule.rs'))).include).toEqual([])
  const busy = await c.server.as('demo', 'system/Schedule.rs system/Slot.rs?status=busy')
  expect((await found(path, busy)).include.map(({ status }) => status)).toEqual(['busy'])
})

test('a page without matches, and one that only counts, has none', async () => {
  for (const query of ['_id=nobody', '_id=ann-east&_summary=count', '_id=ann-east&_count=0'])
    expect((await found(`Schedule?${query}&_revinclude=Slot:schedule`)).include).toEqual([])
})
