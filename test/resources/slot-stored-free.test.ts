/** Free Slots that a client stored go through the same gates as computed ones (S5), on every page. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, block, MONDAY, provider, times, worldOf, type World } from './slot-world.js'

let db: TestDatabase
let world: World
let tenants = 0
beforeAll(async () => (db = await testDatabase()))
afterAll(() => db.drop())
beforeEach(async () => {
  world = worldOf(db, `tenant-${++tenants}`)
  await world.put({ ...annsClinic, ...provider('ben', 'Birch') })
  await world.put({
    'Slot/ann-early': block('07:00', '07:30', 'free'),
    'Slot/ben-early': block('07:30', '08:00', 'free', 'ben-schedule'),
    'Slot/ben-late': block('18:00', '18:30', 'free', 'ben-schedule'),
    'Slot/ben-busy': block('18:30', '19:00', 'busy', 'ben-schedule')
  })
})
const stored = async (query = ''): Promise<string[]> =>
  (await world.slots(`${MONDAY}${query}`)).flatMap(({ id }) => (id!.startsWith('s.') ? [] : id!))

test('they are shown while all who take part are live', async () => {
  expect(await stored()).toEqual(['ann-early', 'ben-early', 'ben-late', 'ben-busy'])
})

test.each([
  ['the practitioner', `update practitioners set active = false where id = 'ben'`],
  ['the role', `update practitioner_roles set active = false where id = 'ben-role'`],
  ['the Schedule', `update schedules set active = false where id = 'ben-schedule'`],
  ['the end of the role', `update practitioner_roles set period_end = '2026-01-04T00:00Z' where id = 'ben-role'`]
])('%s closes them; what is busy stays', async (_, statement) => {
  await db.sql(`${statement} and tenant_id = 'tenant-${tenants}'`)
  expect(await stored()).toEqual(['ann-early', 'ben-busy'])
  expect((await world.search(`${MONDAY.replace('_count=100', '_count=0')}`)).total).toBe(16 + 2)
})

test('so do lead time and horizon', async () => {
  const soon = worldOf(db, `tenant-${tenants}`, { leadMinutes: 4 * 1440 + 13 * 60 })
  expect(times((await soon.slots(MONDAY)).map(({ start }) => start))[0]).toBe('09:00')
})

test('pages go on behind those that are not shown', async () => {
  await db.sql(`update practitioners set active = false where id = 'ben' and tenant_id = 'tenant-${tenants}'`)
  const all = await world.slots(`${MONDAY}`)
  for (const order of ['start', '-start']) {
    const ids: string[] = []
    let after
    for (let page = 0; page < 60; page++) {
      const found = await world.search(`${MONDAY.replace('_count=100', '_count=1')}&_sort=${order}`, after)
      ids.push(...found.matches.map(({ id }) => id))
      after = found.next
      if (!after) break
    }
    const wanted = all.map(({ id }) => id!)
    expect(ids).toEqual(order === 'start' ? wanted : wanted.reverse())
  }
})
