/** Free Slots over real rows: what is offered, and what takes it away. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { computedSlots } from '../../src/resources/slot/computed.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { annsClinic, block, MONDAY, ours, role, schedule, times, worldOf, type World } from './slot-world.js'

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

describe('what is offered', () => {
  test('from 9 to 17 there are 16 Slots of 30 minutes, in the time of the clinic', async () => {
    const slots = await world.slots(`schedule=Schedule/ann-schedule&${MONDAY}`)
    expect(slots).toHaveLength(16)
    expect(slots[0]).toEqual({
      resourceType: 'Slot',
      id: expect.stringMatching(/^s\.[0-9a-z]+\.0\.[0-9a-z]+\.30$/),
      schedule: { reference: 'Schedule/ann-schedule' },
      status: 'free',
      start: '2026-01-05T09:00:00-05:00',
      end: '2026-01-05T09:30:00-05:00'
    })
    expect(slots.at(-1)!.end).toBe('2026-01-05T17:00:00-05:00')
  })

  test('without a lower bound from now on, and never beyond the horizon', async () => {
    expect((await world.starts('schedule=ann-schedule'))[0]).toBe('2026-01-01T09:00:00-05:00')
    const late = await world.starts('schedule=ann-schedule&start=ge2026-03-31')
    expect(late.at(-1)).toBe('2026-03-31T16:30:00-04:00')
    expect(await world.starts('schedule=ann-schedule&start=lt2026-01-01')).toEqual([])
    expect(await world.starts('schedule=ann-schedule&start=ge2026-04-01T04:00:00Z')).toEqual([])
  })

  test('lead time and buffer are settings of the tenant', async () => {
    const eager = worldOf(db, `tenant-${tenants}`, { leadMinutes: 10 * 60 + 14 * 60, bufferMinutes: 15 })
    expect((await eager.starts('schedule=ann-schedule&_count=1'))[0]).toBe('2026-01-02T09:00:00-05:00')
    await world.put({ 'Slot/block': block('12:00', '13:00') })
    expect(times(await eager.starts(`schedule=ann-schedule&${MONDAY}`))).not.toContain('11:30')
    expect(times(await world.starts(`schedule=ann-schedule&${MONDAY}`))).toContain('11:30')
  })

  test('a Schedule says its own length, and its own hours replace those of the role', async () => {
    const hours = [
      { url: 'daysOfWeek', valueCode: 'mon' },
      { url: 'start', valueTime: '10:00:00' },
      { url: 'end', valueTime: '12:00:00' },
      { url: 'minutes', valuePositiveInt: 60 },
      { url: 'appointmentType', valueCodeableConcept: { coding: [{ system: 'http://types', code: 'FOLLOWUP' }] } }
    ]
    await world.put({
      'PractitionerRole/ann-2-role': role('ann'),
      'Schedule/long': schedule('ann', { extension: [{ url: ours('slot-minutes'), valuePositiveInt: 120 }] }),
      'Schedule/own': schedule('ann', { extension: [{ url: ours('schedule-hours'), extension: hours }] })
    })
    expect(times(await world.starts(`schedule=long&${MONDAY}`))).toEqual(['09:00', '11:00', '13:00', '15:00'])
    expect(times(await world.starts(`schedule=own&${MONDAY}`))).toEqual(['10:00', '11:00'])
    const [followUp] = await world.slots(`appointment-type=http://types|FOLLOWUP&${MONDAY}`)
    expect(followUp!.appointmentType).toEqual({ coding: [{ system: 'http://types', code: 'FOLLOWUP' }] })
    expect(await world.starts(`appointment-type=other&${MONDAY}`)).toEqual([])
    expect(await world.starts(`appointment-type:text=follow&${MONDAY}`)).toEqual([])
    expect(await world.starts(`appointment-type:missing=true&${MONDAY}`)).toHaveLength(20)
  })

  test('a Schedule of a practitioner alone has what its own hours say, in the time of the tenant', async () => {
    const hours = [
      { url: 'daysOfWeek', valueCode: 'mon' },
      { url: 'start', valueTime: '10:00:00' },
      { url: 'end', valueTime: '11:00:00' }
    ]
    await world.put({
      'Schedule/alone': {
        actor: [{ reference: 'Practitioner/ann' }],
        extension: [{ url: ours('schedule-hours'), extension: hours }]
      }
    })
    expect(await world.starts(`schedule=alone&${MONDAY}`)).toEqual([
      '2026-01-05T10:00:00+00:00',
      '2026-01-05T10:30:00+00:00'
    ])
  })

  test('across a clock change hours stay hours of the clock', async () => {
    const starts = await world.starts(
      'schedule=ann-schedule&start=ge2026-03-06&start=lt2026-03-10T04:00:00Z&_count=100'
    )
    expect(starts.filter(start => start.slice(11, 16) === '09:00')).toEqual([
      '2026-03-06T09:00:00-05:00',
      '2026-03-09T09:00:00-04:00'
    ])
    expect(starts).toHaveLength(32)
  })
})

describe('what takes it away', () => {
  test('hours of the clinic', async () => {
    await db.sql(`insert into clinic_hours (tenant_id, clinic_id, position, days_of_week, start_time, end_time)
      values ('tenant-${tenants}', 'clinic', 0, '{mon}', '08:00', '10:00')`)
    expect(times(await world.starts(`schedule=ann-schedule&${MONDAY}`))).toEqual(['09:00', '09:30'])
  })

  test('closures of role, practitioner and clinic; a date means the day of the clinic', async () => {
    const closed = (url: string, period: object) => ({ url, extension: [{ url: 'period', valuePeriod: period }] })
    const location = { reference: 'Location/clinic' }
    await world.put({
      'Practitioner/bob': {
        extension: [closed(ours('closure'), { start: '2026-01-06T10:00:00-05:00', end: '2026-01-06T12:00:00-05:00' })]
      },
      'PractitionerRole/bob-role': role('bob', {
        notAvailable: [{ description: 'Vacation', during: { start: '2026-01-05', end: '2026-01-05' } }],
        location: [location]
      }),
      'Schedule/bob-schedule': schedule('bob')
    })
    const starts = await world.starts(
      'schedule=bob-schedule&start=ge2026-01-05&start=lt2026-01-07T05:00:00Z&_count=100'
    )
    expect(starts[0]).toBe('2026-01-06T09:00:00-05:00')
    expect(times(starts)).toEqual(
      times(await world.starts(`schedule=ann-schedule&${MONDAY}`)).filter(at => at < '10:00' || at >= '12:00')
    )
    await db.sql(`insert into clinic_closures (tenant_id, clinic_id, position, during_start, during_end)
      values ('tenant-${tenants}', 'clinic', 0, '2026-01-06T05:00Z', 'infinity')`)
    expect(await world.starts('schedule=bob-schedule&start=ge2026-01-06')).toEqual([])
    expect(await world.starts('schedule=ann-schedule&start=ge2026-01-06')).toEqual([])
  })

  test('stored busy Slots, in all Schedules of the practitioner; those entered in error do not', async () => {
    await world.put({
      'Schedule/ann-2-schedule': schedule('ann'),
      'Slot/a': block('09:00', '10:00'),
      'Slot/b': block('10:00', '10:10', 'busy-unavailable', 'ann-2-schedule'),
      'Slot/c': block('11:00', '11:30', 'busy-tentative'),
      'Slot/d': block('12:00', '13:00', 'entered-in-error')
    })
    for (const id of ['ann-schedule', 'ann-2-schedule'])
      expect(times(await world.starts(`schedule=${id}&status=free&${MONDAY}`)).slice(0, 4)).toEqual([
        '10:30',
        '11:30',
        '12:00',
        '12:30'
      ])
    const both = await world.slots(`schedule=ann-schedule&${MONDAY}`)
    expect(both.slice(0, 3).map(({ id, status }) => [id, status])).toEqual([
      ['a', 'busy'],
      [expect.stringMatching(/^s\./), 'free'],
      ['c', 'busy-tentative']
    ])
    expect(both.find(({ status }) => status === 'entered-in-error')?.id).toBe('d')
    expect((await world.slots(`status=busy&${MONDAY}`)).map(({ id }) => id)).toEqual(['a'])
    await db.sql(`update slots set status = 'entered-in-error' where tenant_id = 'tenant-${tenants}' and id = 'a'`)
    expect(times(await world.starts(`schedule=ann-schedule&status=free&${MONDAY}`))[0]).toBe('09:00')
  })

  test('a stored free Slot replaces the computed ones that it overlaps', async () => {
    await world.put({ 'Slot/extra': block('16:15', '18:00', 'free') })
    const slots = await world.slots(`schedule=ann-schedule&status=free&${MONDAY}`)
    expect(slots.slice(-2).map(({ id, start }) => [id, start.slice(11, 16)])).toEqual([
      [expect.stringMatching(/^s\./), '15:30'],
      ['extra', '16:15']
    ])
    expect(
      (await world.slots(`free-start=ge2026-01-05T16:00:00-05:00&free-start=lt2026-01-06`)).map(({ id }) => id)
    ).toEqual(['extra'])
  })

  test.each([
    ['the Schedule', `update schedules set active = false`],
    ['its absence', `update schedules set deleted_at = now()`],
    ['the Location', `update clinics set status = 'suspended'`],
    ['the absence of the Location', `update clinics set deleted_at = now()`],
    ['an unknown zone', `update clinics set time_zone = 'Mars/Olympus'`],
    ['the practitioner', `update practitioners set status = 'on_leave', active = false`],
    ['the absence of the practitioner', `update practitioners set deleted_at = now()`],
    ['the role', `update practitioner_roles set active = false`],
    ['the period of the role', `update practitioner_roles set period_end = '2026-01-04T00:00Z'`],
    ['the planning horizon', `update schedules set horizon_start = '2026-01-07T00:00Z'`],
    ['the assignment to the clinic', `delete from practitioner_role_locations`],
    ['the end of the assignment', `update practitioner_role_locations set period_end = '2026-01-04T00:00Z'`]
  ])('%s', async (_who, change) => {
    expect(await world.starts(`schedule.actor=Location/clinic&${MONDAY}`)).toHaveLength(16)
    await db.sql(`${change} where tenant_id = 'tenant-${tenants}'`)
    expect(await world.starts(`schedule.actor=Location/clinic&${MONDAY}`)).toEqual([])
  })

  test.each([
    ['approved provider', `'approved', true, null`, 16],
    ['no provider', `'approved', false, null`, 0],
    ['suspended', `'suspended', true, null`, 0],
    ['disabled', `'approved', true, now()`, 0]
  ])('a membership: %s', async (_state, state, count) => {
    await db.sql(`insert into memberships (tenant_id, id, user_id, status, is_provider, disabled_at)
      values ('tenant-${tenants}', 'm', 'u', ${state})`)
    await db.sql(`update practitioners set membership_id = 'm' where tenant_id = 'tenant-${tenants}'`)
    expect(await world.starts(MONDAY)).toHaveLength(count)
  })
})

test('what begins now is not offered any more', async () => {
  const env = { ...world.env, now: new Date('2026-01-05T14:00:00Z') }
  const page = await computedSlots.search(env, world.plan('schedule=ann-schedule&_count=1'))
  expect(JSON.parse(page.matches[0]!.text)).toMatchObject({ start: '2026-01-05T09:30:00-05:00' })
})
