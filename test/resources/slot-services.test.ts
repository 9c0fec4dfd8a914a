/** Slots of services: how long, where and by whom. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, block, MONDAY, ours, provider, times, worldOf, type World } from './slot-world.js'

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

const HOURLY = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00']

const service = (more: object = {}) => ({
  active: true,
  name: 'Consultation',
  type: [{ coding: [{ system: 'http://services', code: 'consult', display: 'Consultation' }] }],
  specialty: [{ text: 'Family medicine' }],
  extension: [
    {
      url: ours('service-duration'),
      valueDuration: { value: 60, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' }
    }
  ],
  ...more
})
const providedBy = (reference: string) => ({ url: ours('service-provider'), valueReference: { reference } })
const OF_SERVICE = `service-type-reference=HealthcareService/consult&${MONDAY}`

test('a service says how long its Slots are and what they are', async () => {
  await world.put({ 'HealthcareService/consult': service() })
  const slots = await world.slots(OF_SERVICE)
  expect(times(slots.map(({ start }) => start))).toEqual(HOURLY)
  expect(slots[0]).toMatchObject({
    id: expect.stringMatching(/^s\.[0-9a-z]+\.[1-9a-z][0-9a-z]*\.[0-9a-z]+\.60$/),
    extension: [{ url: ours('service-reference'), valueReference: { reference: 'HealthcareService/consult' } }],
    serviceType: service().type,
    specialty: service().specialty
  })
  for (const query of [
    'service-type=consult',
    'service-type=http://services|consult',
    'service-type-reference.name=consul',
    'specialty:text=family'
  ])
    expect(await world.starts(`${query}&${MONDAY}`)).toHaveLength(8)
  for (const query of ['service-type=other', 'service-type-reference=none', 'service-category=consult'])
    expect(await world.starts(`${query}&${MONDAY}`)).toEqual([])
  await db.sql(`update services set active = false where tenant_id = 'tenant-${tenants}'`)
  expect(await world.starts(OF_SERVICE)).toEqual([])
})

test('its hours, closures and buffers', async () => {
  const buffer = { value: 30, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' }
  await world.put({
    'HealthcareService/consult': service({
      extension: [...service().extension, { url: ours('buffer-before'), valueDuration: buffer }],
      availableTime: [{ daysOfWeek: ['mon'], availableStartTime: '10:00:00', availableEndTime: '16:00:00' }],
      notAvailable: [
        { description: 'Audit', during: { start: '2026-01-05T15:00:00-05:00', end: '2026-01-05T16:00:00-05:00' } }
      ]
    }),
    'Slot/block': block('11:00', '11:45')
  })
  expect(times(await world.starts(`${OF_SERVICE}&status=free`))).toEqual(['10:00', '13:00', '14:00'])
})

test('is offered by its providers, said on either side; without any, by all of its Locations', async () => {
  const elsewhere = { 'Location/elsewhere': { status: 'active', name: 'Elsewhere' } }
  await world.put({
    ...elsewhere,
    ...provider('bob', 'Bloom'),
    ...provider('cleo', 'Cook'),
    'HealthcareService/consult': service()
  })
  const who = async (): Promise<unknown> =>
    [
      ...new Set(
        (await world.slots(OF_SERVICE)).map(slot =>
          slot.schedule.reference!.slice('Schedule/'.length, -'-schedule'.length)
        )
      )
    ].sort()
  expect(await who()).toEqual(['ann', 'bob', 'cleo'])
  await world.put({
    'HealthcareService/consult-2': service({
      extension: [...service().extension, providedBy('PractitionerRole/ann-role')]
    })
  })
  expect(
    await world.starts(`service-type-reference=consult-2&schedule.actor=PractitionerRole/bob-role&${MONDAY}`)
  ).toEqual([])
  await db.sql(`update service_providers set service_id = 'consult' where tenant_id = 'tenant-${tenants}'`)
  expect(await who()).toEqual(['ann'])
  await db.sql(`insert into practitioner_role_services (tenant_id, practitioner_role_id, position, target_type, target_id)
    values ('tenant-${tenants}', 'bob-role', 0, 'HealthcareService', 'consult')`)
  expect(await who()).toEqual(['ann', 'bob'])
  await db.sql(`insert into service_locations (tenant_id, service_id, position, target_type, target_id)
    values ('tenant-${tenants}', 'consult', 0, 'Location', 'elsewhere')`)
  expect(await who()).toEqual([])
})
