/** The numbers of the seed documents: hours, services, closures and statuses as a clinic uses them. */
import { describe, expect, test } from '@jest/globals'
import { openings, type ScheduleFacts } from '../../../src/domain/availability/index.js'
import { at, clockTimes, factsOf, weekdays } from './facts.js'

/** Monday. */
const monday = { start: at('2026-01-19T00:00'), end: at('2026-01-20T00:00') }
const week = { start: monday.start, end: at('2026-01-26T00:00') }
const on = (given: ScheduleFacts, window = monday) => clockTimes(openings(given, window), given.zone)

const garcia = factsOf({
  hours: [{ days: ['mon'], start: '09:00', end: '17:00' }],
  clinicHours: [{ days: ['mon'], start: '08:00', end: '20:00' }]
})
const halfHours = [
  ...['09:00', '09:30', '10:00', '10:30', '11:00', '11:30', '12:00', '12:30'],
  ...['13:00', '13:30', '14:00', '14:30', '15:00', '15:30', '16:00', '16:30']
]

describe('service assignment', () => {
  test('scenario 1: dental cleaning of 30 minutes by one provider', () => {
    expect(on({ ...garcia, service: { minutes: 30, closures: [] } })).toEqual(halfHours)
  })

  test('scenario 2: a service of anyone is the union of all providers', () => {
    const lopez = { ...garcia, hours: [{ days: ['mon' as const], start: '16:00', end: '21:00' }] }
    const all = [...on(garcia), ...on(lopez)]
    expect([...new Set(all)].sort()).toEqual([...halfHours, ...['17:00', '17:30', '18:00', '18:30', '19:00', '19:30']])
  })

  test('scenario 3: one provider, services of 30 and 60 minutes', () => {
    expect(on({ ...garcia, service: { minutes: 30, closures: [] } })).toEqual(halfHours)
    expect(on({ ...garcia, service: { minutes: 60, closures: [] } })).toEqual(
      halfHours.filter(time => time.endsWith('00'))
    )
  })

  test('a vacation of two weeks closes them, and the services stay', () => {
    const away = { ...garcia, closures: [{ start: '2026-01-19', end: '2026-02-01' }] }
    const month = { start: monday.start, end: at('2026-02-09T00:00') }
    const days = [...openings(away, month)].map(({ start }) => new Date(start).toISOString().slice(0, 10))
    expect([...new Set(days)]).toEqual(['2026-02-02'])
  })

  test('the service has hours and closures of its own', () => {
    const service = {
      minutes: 60,
      hours: [{ start: '08:00', end: '12:00' }],
      closures: [{ start: at('2026-01-19T10:30'), end: at('2026-01-19T10:45') }]
    }
    expect(on({ ...garcia, service })).toEqual(['09:00', '11:00'])
  })
})

describe('hours', () => {
  test('a role without hours offers nothing, a clinic without hours does not restrict', () => {
    expect(on({ ...garcia, hours: [] })).toEqual([])
    expect(on({ ...garcia, clinicHours: [] })).toEqual(halfHours)
  })

  test('split shifts have a grid each, adjoining rows have one', () => {
    const split = [
      { start: '09:00', end: '10:15' },
      { start: '14:10', end: '15:10' }
    ]
    expect(on(factsOf({ hours: split }))).toEqual(['09:00', '09:30', '14:10', '14:40'])
    const adjoining = [
      { start: '09:00', end: '09:45' },
      { start: '09:45', end: '11:00' }
    ]
    expect(on(factsOf({ hours: adjoining, minutes: 40 }))).toEqual(['09:00', '09:40', '10:20'])
  })

  test('nights last over midnight and belong to the day on which they start', () => {
    const night = factsOf({ hours: [{ days: ['mon'], start: '22:00', end: '02:00' }], minutes: 60 })
    expect(on(night, week)).toEqual(['22:00', '23:00', '00:00', '01:00'])
    expect(on(night)).toEqual(['22:00', '23:00'])
    const clinic = [
      { days: ['mon' as const], start: '20:00', end: '00:00' },
      { days: ['tue' as const], start: '00:00', end: '01:30' }
    ]
    expect(on({ ...night, clinicHours: clinic }, week)).toEqual(['22:00', '23:00', '00:00'])
  })

  test('overlapping nights and mornings come in order, once each', () => {
    const hours = [
      { days: ['mon' as const], start: '22:00', end: '06:00' },
      { days: ['tue' as const], start: '05:00', end: '07:00' }
    ]
    const tuesday = { start: at('2026-01-20T04:00'), end: at('2026-01-21T00:00') }
    expect(on(factsOf({ hours, minutes: 60 }), tuesday)).toEqual(['04:00', '05:00', '06:00'])
    expect(on(factsOf({ hours, minutes: 45 }), tuesday)).toEqual(['04:00', '04:45', '05:00', '05:45'])
  })

  test('all day is midnight to midnight, and so is 00:00 to 00:00', () => {
    expect(on(factsOf({ hours: [{ allDay: true, start: '09:00', end: '10:00' }], minutes: 480 }))).toEqual([
      '00:00',
      '08:00',
      '16:00'
    ])
    expect(on(factsOf({ hours: [{ start: '00:00', end: '00:00' }], minutes: 480 }))).toEqual([
      '00:00',
      '08:00',
      '16:00'
    ])
    expect(on(factsOf({ hours: [{ days: ['mon'] }], minutes: 720 }), week)).toEqual(['00:00', '12:00'])
  })

  test('effective dates include both ends', () => {
    const hours = [{ start: '09:00', end: '09:30', from: '2026-01-20', until: '2026-01-22' }]
    expect([...openings(factsOf({ hours }), week)]).toHaveLength(3)
  })

  test('seconds: openings start on whole minutes', () => {
    expect(on(factsOf({ hours: [{ start: '09:00:30', end: '10:01:00' }] }))).toEqual(['09:01', '09:31'])
  })

  test.each([0, -30])('openings of %d minutes are none', minutes => {
    expect(on(factsOf({ hours: weekdays, minutes }))).toEqual([])
  })
})

describe('closures', () => {
  const morning = factsOf({ hours: [{ start: '09:00', end: '12:00' }], minutes: 60 })

  test('do not move the grid', () => {
    expect(on({ ...morning, closures: [{ start: at('2026-01-19T09:10'), end: at('2026-01-19T09:20') }] })).toEqual([
      '10:00',
      '11:00'
    ])
    expect(on({ ...morning, closures: [{ start: at('2026-01-19T08:00'), end: at('2026-01-19T10:00') }] })).toEqual([
      '10:00',
      '11:00'
    ])
  })

  test.each([
    [{}, 7],
    [{ start: '2026-01-21' }, 2],
    [{ end: '2026-01-21' }, 4],
    [{ start: '2026-01-21', end: '2026-01-21' }, 6],
    [{ start: '2026-01', end: '2026-01' }, 0],
    [{ start: '2026-02' }, 7],
    [{ end: '2025' }, 7],
    [{ start: '2026', end: '2026' }, 0],
    [{ start: '2026-01-22', end: '2026-01-20' }, 7]
  ])('%j leaves %d of seven days', (closure, days) => {
    expect(on({ ...morning, minutes: 180, closures: [closure] }, week)).toHaveLength(days)
  })
})
