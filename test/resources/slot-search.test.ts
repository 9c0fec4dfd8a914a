/** Free Slots found: by what, together with stored ones, and page by page. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Cursor } from '../../src/search/plan.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, block, MONDAY, provider, worldOf, type World } from './slot-world.js'

let db: TestDatabase
let world: World
let tenants = 0
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  world = worldOf(db, `tenant-${++tenants}`)
  await world.put(annsClinic)
})

describe('by what they are found', () => {
  beforeEach(() => world.put(provider('bob', 'Bloom')))

  test.each([
    ['schedule=Schedule/ann-schedule', 16],
    ['schedule=ann-schedule,bob-schedule', 32],
    ['schedule.actor=PractitionerRole/ann-role', 16],
    ['schedule.actor:Practitioner=Practitioner/ann', 16],
    ['schedule.actor=Location/clinic', 32],
    ['schedule.actor:PractitionerRole.practitioner=Practitioner/ann', 16],
    ['schedule.actor:PractitionerRole.practitioner.name=arb', 16],
    ['schedule.actor:Practitioner.family=Bloom', 16],
    ['schedule.actor:Location.name=clin', 32],
    ['schedule.actor:Location.name=other', 0],
    ['schedule=none', 0],
    ['status=free', 32],
    ['status=http://hl7.org/fhir/slotstatus|free', 32],
    ['status=busy,free', 32],
    ['status:not=busy', 32],
    ['status=busy', 0],
    ['status:not=free', 0],
    ['identifier=x', 0],
    ['identifier:missing=true', 32],
    ['identifier:not=x', 32],
    ['_tag:not=x', 32],
    ['_tag=x', 0],
    ['start:missing=true', 0],
    ['start=ne2026-01-05T09:00:00-05:00', 30],
    ['start=2026-01-05T09:00:00-05:00', 2],
    ['start=sa2026-01-05T09:00:00-05:00,2026-01-05T09:00:00-05:00', 32],
    ['start=le2026-01-05T09:00:00-05:00', 2],
    ['start=eb2026-01-05T09:30:00-05:00', 2],
    ['free-start=gt2026-01-05T15:59:59-05:00', 4]
  ])('%s', async (query, count) => {
    expect(await world.starts(`${query}&${MONDAY}`)).toHaveLength(count)
  })

  test('by id, together with what else is asked', async () => {
    const [first, second] = await world.slots(`schedule=ann-schedule&${MONDAY}`)
    await world.put({
      'Slot/old': { ...block('09:00', '10:00'), start: '2020-01-01T00:00:00Z', end: '2020-01-01T01:00:00Z' }
    })
    const found = async (query: string) => (await world.slots(query)).map(({ id }) => id)
    expect(await found(`_id=${first!.id},${second!.id},old,none`)).toEqual(['old', first!.id, second!.id])
    expect(await found(`_id=${first!.id}&schedule=bob-schedule`)).toEqual([])
    expect(await found(`_id=${first!.id}&status=busy`)).toEqual([])
    expect(await found(`_id:not=${first!.id}&schedule=ann-schedule&${MONDAY}`)).toHaveLength(15)
    expect(await found(`_id=old`)).toEqual(['old'])
  })

  test('another tenant has Slots of its own', async () => {
    const other = worldOf(db, `tenant-${++tenants}`)
    await other.put({ ...annsClinic, 'Slot/block': block('09:00', '16:00') })
    expect(await other.starts(`status=free&${MONDAY}`)).toHaveLength(2)
    expect(await world.starts(`status=free&${MONDAY}`)).toHaveLength(32)
  })
})

describe('page by page', () => {
  const crawl = async (query: string, count: number): Promise<{ ids: string[]; back: string[] }> => {
    const pages: string[][] = []
    let after: Cursor | undefined
    let previous: Cursor | undefined
    do {
      const page = await world.search(`${query}&_count=${count}`, after)
      pages.push(page.matches.map(({ id }) => id))
      ;({ next: after, previous } = page)
    } while (after)
    const back = [pages.at(-1)!]
    while (previous) {
      const page = await world.search(`${query}&_count=${count}`, previous)
      back.unshift(page.matches.map(({ id }) => id))
      previous = page.previous
    }
    return { ids: pages.flat(), back: back.flat() }
  }

  test.each(['', '&_sort=-start'])('forward and back no Slot is missed or repeated%s', async sort => {
    await world.put({
      ...provider('bob', 'Bloom'),
      'Slot/a': block('09:00', '09:45'),
      'Slot/z': block('12:00', '12:30', 'free')
    })
    const query = `start=ge2026-01-05&start=lt2026-01-08${sort}`
    const all = (await world.slots(`${query}&_count=1000`)).map(({ id, start }) => ({ id: id!, at: Date.parse(start) }))
    expect(all.length).toBeGreaterThan(90)
    const order = (a: (typeof all)[0], b: (typeof all)[0]) => a.at - b.at || (a.id < b.id ? -1 : 1)
    expect(all).toEqual(sort ? [...all].sort(order).reverse() : [...all].sort(order))
    for (const count of [7, 50]) {
      const { ids, back } = await crawl(query, count)
      expect(ids).toEqual(all.map(({ id }) => id))
      expect(back).toEqual(ids)
    }
  })

  test('a time in microseconds, written by SQL, does not hold a walk up', async () => {
    await world.put({ 'Slot/block': block('09:00', '17:00') })
    await db.sql(
      `update slots set start_at = start_at + interval '123456 microseconds' where tenant_id = 'tenant-${tenants}'`
    )
    expect((await crawl('start=ge2026-01-05T05:00:00Z&start=lt2026-01-06T05:00:00Z', 1)).ids).toEqual(['block'])
  })

  test('totals where they cost nothing, or are asked for', async () => {
    await world.put({ 'Slot/block': block('09:00', '10:00') })
    const total = async (query: string) => (await world.search(query)).total
    expect(await total(`status=free,busy&${MONDAY}`)).toBe(15)
    expect(await total('schedule=ann-schedule&_count=5')).toBeUndefined()
    expect(await total(`${MONDAY.replace('100', '5')}&_total=accurate`)).toBe(15)
    expect(await world.search(`${MONDAY.replace('100', '0')}`)).toEqual({ matches: [], included: [], total: 15 })
  })

  test('a walk without end is refused, naming a way', async () => {
    const far = worldOf(db, `tenant-${tenants}`, { horizonDays: 200_000 })
    await db.sql(`update practitioner_roles set period_end = '2026-02-01T00:00Z' where tenant_id = 'tenant-${tenants}'`)
    await expect(far.search('schedule=ann-schedule&_count=1000')).rejects.toMatchObject({
      status: 400,
      issues: [{ code: 'too-costly' }]
    })
  })

  test('more Schedules than can be looked through are refused', async () => {
    await db.sql(
      `insert into schedules (tenant_id, id) select 'tenant-${tenants}', 'many-' || n from generate_series(1, 5000) n`
    )
    await expect(world.search(MONDAY)).rejects.toMatchObject({ status: 400, issues: [{ code: 'too-costly' }] })
    expect(await world.starts(`schedule.actor=Location/clinic&${MONDAY}`)).toHaveLength(16)
  })

  test('includes of free and stored Slots, each once', async () => {
    await world.put({
      'HealthcareService/consult': { active: true, name: 'Consultation' },
      'Slot/block': block('09:00', '10:00')
    })
    const included = async (query: string) =>
      (await world.search(query)).included.map(({ type, id }) => `${type}/${id}`).sort()
    const everyone = ['Location/clinic', 'Practitioner/ann', 'PractitionerRole/ann-role', 'Schedule/ann-schedule']
    expect(await included(`${MONDAY}&_include=Slot:schedule`)).toEqual(['Schedule/ann-schedule'])
    expect(await included(`${MONDAY}&status=busy&_include=Slot:schedule`)).toEqual(['Schedule/ann-schedule'])
    expect(await included(`${MONDAY}&_include=Slot:schedule&_include:iterate=Schedule:actor`)).toEqual(everyone)
    expect(await included(`service-type-reference=consult&${MONDAY}&_include=Slot:service-type-reference`)).toEqual([
      'HealthcareService/consult'
    ])
  })
})
