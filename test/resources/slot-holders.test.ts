/** Who has a free opening: searches for others by Slots that are computed. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/resources/index.js'
import { parseSearch } from '../../src/search/parse.js'
import type { Cursor } from '../../src/search/plan.js'
import { searchStored } from '../../src/search/staged.js'
import { stageOf } from '../../src/search/stages.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, block, NOW, provider, worldOf, type World } from './slot-world.js'

let db: TestDatabase
let world: World
const MANY = 130
const name = (n: number): string => `p${String(n).padStart(3, '0')}`

beforeAll(async () => {
  db = await testDatabase()
  world = worldOf(db, 'clinic-group')
  await world.put(annsClinic)
  const reference = { reference: 'PractitionerRole/bob-role' }
  await world.put({
    ...provider('bob', 'Bloom'),
    ...provider('cid', 'Cole'),
    'Practitioner/dora': { active: true, name: [{ family: 'Dorn' }] },
    'HealthcareService/massage': {
      active: true,
      name: 'Massage',
      type: [{ coding: [{ code: 'massage' }] }],
      extension: [{ url: 'https://locum.example/fhir/StructureDefinition/service-provider', valueReference: reference }]
    },
    'HealthcareService/closed': { active: false, name: 'Closed' },
    'Slot/a': block('09:00', '17:00'),
    'Slot/c': { ...block('06:00', '07:00', 'busy-tentative', 'cid-schedule') }
  })
  const crowd = Array.from({ length: MANY }, (_, n) => provider(name(n), n % 2 ? 'Odd' : 'Even'))
  await world.put(Object.assign({}, ...crowd) as Record<string, Record<string, unknown>>)
  const slots = Array.from({ length: MANY }, (_, n) => [`Slot/${name(n)}`, n] as const).filter(([, n]) => n % 2 === 0)
  await world.put(
    Object.fromEntries(slots.map(([slot, n]) => [slot, block('00:00', '23:59', 'busy', `${name(n)}-schedule`)]))
  )
  await db.sql('analyze')
})
afterAll(() => db.drop())

const plan = (type: string, query: string) =>
  parseSearch(registry, type, query, { base: 'http://here', strict: true, maxCount: 1000, now: NOW })
const run = (type: string, query: string, after?: Cursor) =>
  searchStored(world.env, registry, { ...plan(type, query), ...(after && { after }) })
const ids = async (type: string, query: string): Promise<string[]> =>
  (await run(type, query)).matches.map(({ id }) => id)

const MONDAY = 'free-start=2026-01-05'
const has = (type: string, query: string): string =>
  ({
    Schedule: '',
    PractitionerRole: '_has:Schedule:actor:',
    Practitioner: '_has:PractitionerRole:practitioner:_has:Schedule:actor:'
  })[type]! + `_has:Slot:schedule:${query}`
const FEW = 'family=Arbor,Bloom,Cole,Dorn'

describe('by Slots of any kind', () => {
  test.each<[string, string, string[]]>([
    ['Practitioner', `active=true&${FEW}&${has('Practitioner', MONDAY)}`, ['bob', 'cid']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'free-start=ge2026-01-05')}`, ['ann', 'bob', 'cid']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'free-start=2026-01-06')}`, ['ann', 'bob', 'cid']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'free-start=2026-01-04')}`, []],
    ['Practitioner', `${FEW}&${has('Practitioner', 'free-start=lt2026-01-01')}`, []],
    ['Practitioner', `${FEW}&${has('Practitioner', 'status=busy')}`, ['ann']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'status=busy,busy-tentative')}`, ['ann', 'cid']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'status=busy-tentative')}&${has('Practitioner', MONDAY)}`, ['cid']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'service-type=massage')}`, ['bob']],
    ['Practitioner', `${FEW}&${has('Practitioner', 'service-type=none')}`, []],
    ['Practitioner', `family=Bloom&${has('Practitioner', MONDAY)}`, ['bob']],
    ['Practitioner', `family=Arbor&${has('Practitioner', MONDAY)}`, []],
    ['PractitionerRole', `practitioner.family=Arbor,Bloom&${has('PractitionerRole', MONDAY)}`, ['bob-role']],
    ['PractitionerRole', `practitioner.${has('Practitioner', MONDAY)}&practitioner.family=Bloom`, ['bob-role']],
    ['Schedule', `actor=Practitioner/ann,Practitioner/cid&${has('Schedule', MONDAY)}`, ['cid-schedule']],
    ['Schedule', `actor.name=Bloom&${has('Schedule', MONDAY)}`, ['bob-schedule']],
    ['HealthcareService', `_has:Slot:service-type-reference:${MONDAY}`, ['massage']],
    ['HealthcareService', `_has:Slot:service-type-reference:status=busy`, []],
    ['Location', `_has:Schedule:actor:_has:Slot:schedule:${MONDAY}`, ['clinic']]
  ])('%s?%s', async (type, query, found) => {
    expect(await ids(type, query)).toEqual(found)
  })
})

describe('of many', () => {
  const odd = Array.from({ length: MANY }, (_, n) => n)
    .filter(n => n % 2 === 1)
    .map(name)
  const query = (more: string): string => `name=Even,Odd&${has('Practitioner', MONDAY)}&${more}`

  test.each(['_sort=_id', '_sort=-_id', '_sort=family,-_id'])('pages go forward and back in order, %s', async sort => {
    const pages: string[][] = []
    let after: Cursor | undefined
    let previous: Cursor | undefined
    do {
      const page = await run('Practitioner', query(`_count=20&${sort}`), after)
      pages.push(page.matches.map(({ id }) => id))
      ;({ next: after, previous } = page)
    } while (after && pages.length < 10)
    expect(pages.flat()).toEqual(sort === '_sort=_id' ? odd : odd.toReversed())
    expect(pages.map(page => page.length)).toEqual([20, 20, 20, 5])
    const back = await run('Practitioner', query(`_count=20&${sort}`), previous)
    expect(back.matches.map(({ id }) => id)).toEqual(pages[2])
  })

  test.each([
    ['_count=10', undefined],
    ['_count=10&_total=none', undefined],
    ['_count=10&_total=accurate', odd.length],
    ['_count=0', odd.length],
    ['_count=100', odd.length]
  ])('the total with %s', async (more, total) => {
    expect((await run('Practitioner', query(more))).total).toBe(total)
  })

  test('what a page includes is included once', async () => {
    const page = await run('Practitioner', query('_count=3&_revinclude=PractitionerRole:practitioner'))
    expect(page.included.map(({ id }) => id).sort()).toEqual(odd.slice(0, 3).map(id => `${id}-role`))
  })

  test('only Schedules that the rest of the plan leads to are looked at', () => {
    const stage = stageOf(registry, plan('Practitioner', `family=Bloom&${has('Practitioner', MONDAY)}`))!
    expect(stage.has).toMatchObject({ kind: 'has', source: 'Slot', type: 'Schedule' })
    expect(stage.candidates).toMatchObject([
      {
        kind: 'chain',
        type: 'Schedule',
        target: 'PractitionerRole',
        where: [
          { kind: 'chain', type: 'PractitionerRole', target: 'Practitioner', where: [{ param: { name: 'family' } }] }
        ]
      }
    ])
    expect(stageOf(registry, stage.settle(['x']))).toBeUndefined()
    expect(stageOf(registry, stage.drop())).toBeUndefined()
  })
})

test('an opening that a client stored counts while it can be booked', async () => {
  const free = (day: string, of: string) => ({
    ...block('07:00', '07:30', 'free', `${of}-schedule`),
    start: `${day}T07:00:00Z`,
    end: `${day}T07:30:00Z`
  })
  await world.put({
    'Slot/cid-free': free('2026-01-10', 'cid'),
    'Slot/bob-free': free('2026-01-10', 'bob'),
    'Slot/ann-past': free('2025-01-11', 'ann')
  })
  const query = '_has:Slot:schedule:start=2026-01-10&_id=ann-schedule,bob-schedule,cid-schedule'
  expect(await ids('Schedule', query)).toEqual(['bob-schedule', 'cid-schedule'])
  expect(await ids('Schedule', '_has:Slot:schedule:start=lt2026-01-01')).toEqual([])
  await db.sql(`update practitioners set active = false where id = 'bob'`)
  expect(await ids('Schedule', query)).toEqual(['cid-schedule'])
  expect(await ids('Schedule', `_has:Slot:schedule:status=free&_id=bob-schedule`)).toEqual([])
  await db.sql(`update practitioners set active = true where id = 'bob'`)
})
