/** Free Slots by id: there for as long as the rules yield them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { computedSlots } from '../../src/resources/slot/computed.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, MONDAY, ours, worldOf, type World } from './slot-world.js'

let db: TestDatabase
let world: World
beforeAll(async () => {
  db = await testDatabase()
  world = worldOf(db, 'tenant')
  await world.put({
    ...annsClinic,
    'HealthcareService/consult': {
      active: true,
      extension: [
        {
          url: ours('service-duration'),
          valueDuration: { value: 1, unit: 'h', system: 'http://unitsofmeasure.org', code: 'h' }
        }
      ]
    }
  })
})
afterAll(() => db.drop())

const read = (id: string) => computedSlots.read(world.env, id)

test('what a search shows is what is read', async () => {
  for (const query of ['schedule=ann-schedule', 'service-type-reference=consult']) {
    const { matches } = await world.search(`${query}&${MONDAY}`)
    expect(matches.length).toBeGreaterThan(7)
    for (const match of matches) expect(await read(match.id)).toEqual(match)
  }
})

test('an id of other openings than there are is nobody', async () => {
  const { id } = (await world.search(`schedule=ann-schedule&${MONDAY}`)).matches[0]!
  const [, key, , start] = id.split('.') as [string, string, string, string]
  const minute = Number.parseInt(start, 36)
  for (const other of [
    `s.${key}.0.${start}.60`,
    `s.${key}.0.${(minute + 1).toString(36)}.30`,
    `s.${key}.0.${(minute - 60 * 24 * 7).toString(36)}.30`,
    `s.${key}.zzz.${start}.30`,
    `s.zzz.0.${start}.30`,
    's.',
    's.unknown',
    `${id}.1`
  ])
    expect([other, await read(other)]).toEqual([other, undefined])
  expect(await computedSlots.read(worldOf(db, 'other').env, id)).toBeUndefined()
})

test('it is gone while its time is taken, and the same when that is over', async () => {
  const [before] = (await world.search(`schedule=ann-schedule&${MONDAY}`)).matches
  await world.put({
    'Slot/block': {
      schedule: { reference: 'Schedule/ann-schedule' },
      status: 'busy',
      start: '2026-01-05T08:00:00-05:00',
      end: '2026-01-05T09:10:00-05:00'
    }
  })
  expect(await read(before!.id)).toBeUndefined()
  await db.sql(`update slots set deleted_at = now()`)
  expect(await read(before!.id)).toEqual(before)
})

test('it is gone with the hours', async () => {
  const [before] = (await world.search(`schedule=ann-schedule&${MONDAY}`)).matches
  await db.sql(`update practitioner_role_available_times set start_time = '09:15'`)
  expect(await read(before!.id)).toBeUndefined()
})
