/** Slots sorted by each parameter that they have, free and stored ones in one order, page by page. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { CodeableConcept, Slot } from 'fhir/r4.js'
import { slot } from '../../src/resources/slot/definition.js'
import { COMMON_PARAMS } from '../../src/search/definition.js'
import type { Cursor } from '../../src/search/plan.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, block, provider, worldOf, type World } from './slot-world.js'

let db: TestDatabase
let world: World
beforeAll(async () => {
  db = await testDatabase()
  world = worldOf(db, 'tenant')
  const typed = (code: string) => ({ coding: [{ system: 'urn:types', code }] })
  await world.put({
    ...annsClinic,
    ...provider('bob', 'Bloom'),
    'Slot/early': { ...block('08:00', '08:30', 'free', 'bob-schedule'), appointmentType: typed('walk-in') },
    'Slot/tie': {
      ...block('10:00', '10:30'),
      identifier: [{ value: 'b' }, { value: 'a' }],
      meta: { tag: [{ code: 'z' }, { code: 'y' }], profile: ['urn:p'], source: 'urn:s', security: [{ code: 's' }] },
      serviceType: [typed('two'), typed('one')]
    },
    'Slot/A': { ...block('14:00', '15:00', 'busy-unavailable', 'bob-schedule'), specialty: [typed('eye')] },
    'Slot/lunch': { ...block('12:00', '13:00'), serviceCategory: [typed('pause')], identifier: [{ value: 'c' }] }
  })
  await db.sql(`update slots set start_at = start_at + interval '123456 microseconds' where id = 'lunch'`)
})
afterAll(() => db.drop())

const TIME = 'start=ge2026-01-05T00:00:00-05:00&start=lt2026-01-06T00:00:00-05:00'

async function crawl(sort: string, count: number): Promise<{ slots: Slot[]; back: Slot[] }> {
  const pages: Slot[][] = []
  let [after, previous]: (Cursor | undefined)[] = []
  const page = async (from?: Cursor): Promise<Slot[]> => {
    const found = await world.search(`${TIME}&_sort=${sort}&_count=${count}`, from)
    ;({ next: after, previous } = found)
    return found.matches.map(({ text }) => JSON.parse(text) as Slot)
  }
  do pages.push(await page(after))
  while (after)
  const back = [pages.at(-1)!]
  while (previous) back.unshift(await page(previous))
  return { slots: pages.flat(), back: back.flat() }
}

const codes = (concepts: CodeableConcept[] = []) =>
  concepts.flatMap(({ coding = [] }) => coding.map(({ code }) => code))
const VALUES: Record<string, (slot: Slot) => (string | undefined)[]> = {
  identifier: ({ identifier = [] }) => identifier.map(({ value }) => value),
  start: ({ start }) => [new Date(start).toISOString()],
  'free-start': ({ status, start }) => (status === 'free' ? [new Date(start).toISOString()] : []),
  status: ({ status }) => [status],
  schedule: ({ schedule }) => [schedule.reference],
  'appointment-type': ({ appointmentType }) => codes(appointmentType && [appointmentType]),
  'service-category': ({ serviceCategory }) => codes(serviceCategory),
  'service-type': ({ serviceType }) => codes(serviceType),
  specialty: ({ specialty }) => codes(specialty),
  'service-type-reference': () => [],
  _id: ({ id }) => [id],
  _lastUpdated: ({ meta }) => [meta?.lastUpdated],
  _tag: ({ meta }) => (meta?.tag ?? []).map(({ code }) => code),
  _security: ({ meta }) => (meta?.security ?? []).map(({ code }) => code),
  _profile: ({ meta }) => meta?.profile ?? [],
  _source: ({ meta }) => [meta?.source]
}
/** The value by which a Slot stands where it stands; what is missing comes after all others. */
function valueOf(each: Slot, key: string): string {
  const values = VALUES[key.replace(/^-/, '')]!(each).filter(value => value !== undefined)
  return values.sort().at(key.startsWith('-') ? -1 : 0) ?? '\uffff'
}
function inOrder(slots: readonly Slot[], sort: string): Slot[] {
  const keys = sort.split(',')
  const turned = (key: string): number => (key.startsWith('-') ? -1 : 1)
  return [...slots].sort((one, other) => {
    for (const key of keys) {
      const [a, b] = [valueOf(one, key), valueOf(other, key)]
      if (a !== b) return (a < b ? -1 : 1) * turned(key)
    }
    return (one.id! < other.id! ? -1 : 1) * turned(keys.at(-1)!)
  })
}

const NAMES = [...slot.search, ...COMMON_PARAMS].map(({ name }) => name)

test.each([
  ...NAMES.flatMap(name => [name, `-${name}`]),
  'start,schedule',
  '-start,schedule',
  'start,-_id',
  'start,-schedule,_id',
  'schedule,-start',
  'status,-schedule,start',
  '-identifier,_lastUpdated,start'
])('by %s', async sort => {
  const all = (await crawl(sort, 100)).slots
  expect(all).toHaveLength(31)
  expect(all.map(({ id }) => id)).toEqual(inOrder(all, sort).map(({ id }) => id))
  const { slots, back } = await crawl(sort, 7)
  expect(slots.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  expect(back.map(({ id }) => id)).toEqual(all.map(({ id }) => id))
})

test('more than can be sorted are refused, naming what can be done; by start first there may be any number', async () => {
  const far = worldOf(db, 'tenant', { horizonDays: 1500 })
  await expect(far.search('_sort=schedule,start')).rejects.toMatchObject({
    status: 400,
    issues: [{ code: 'too-costly', text: expect.stringContaining('sort by start first') as unknown }]
  })
  expect((await far.search('_sort=-start,schedule&_count=5')).matches).toHaveLength(5)
  expect((await far.search(`_sort=schedule&${TIME}&_count=5`)).matches).toHaveLength(5)
})
