/** What is taken, how long before and after, how many seats, and from when to when anything may be booked. */
import { describe, expect, test } from '@jest/globals'
import { boundsOf, openingAt, openings, type ScheduleFacts } from '../../../src/domain/availability/index.js'
import { at, clockTimes, factsOf, weekdays } from './facts.js'

const monday = { start: at('2026-01-19T00:00'), end: at('2026-01-20T00:00') }
const morning = factsOf({ hours: [{ start: '09:00', end: '12:00' }] })
const on = (given: ScheduleFacts) => clockTimes(openings(given, monday), given.zone)
const from = (start: string, end: string) => ({ start: at(`2026-01-19T${start}`), end: at(`2026-01-19T${end}`) })

describe('busy time', () => {
  test('half-open: what ends at ten leaves ten free', () => {
    expect(on({ ...morning, busy: [from('09:30', '10:00'), from('10:40', '10:41')] })).toEqual([
      '09:00',
      '10:00',
      '11:00',
      '11:30'
    ])
  })

  test('buffers are kept free, and may leave the hours', () => {
    const service = { minutes: 60, closures: [], before: 15, after: 15 }
    expect(on({ ...morning, service })).toEqual(['09:00', '10:00', '11:00'])
    expect(on({ ...morning, service, busy: [from('12:00', '12:30')] })).toEqual(['09:00', '10:00'])
    expect(on({ ...morning, service, busy: [from('08:00', '08:45')] })).toEqual(['09:00', '10:00', '11:00'])
    expect(on({ ...morning, service, busy: [from('08:00', '08:46')] })).toEqual(['10:00', '11:00'])
  })

  test("the service's buffer wins over the tenant's", () => {
    const busy = [from('10:05', '10:10')]
    expect(on({ ...morning, minutes: 60, bufferAfter: 10, busy })).toEqual(['11:00'])
    expect(on({ ...morning, bufferAfter: 10, busy, service: { minutes: 60, closures: [], after: 0 } })).toEqual([
      '09:00',
      '11:00'
    ])
    expect(on({ ...morning, bufferAfter: 10, busy, service: { minutes: 60, closures: [] } })).toEqual(['11:00'])
  })

  test('closures do not touch buffers', () => {
    const service = { minutes: 60, closures: [], before: 15, after: 15 }
    const closures = [from('12:00', '13:00')]
    expect(on({ ...morning, service, closures })).toEqual(['09:00', '10:00', '11:00'])
  })
})

describe('seats', () => {
  const group = { ...morning, minutes: 60, bufferAfter: 10, capacity: 3 }
  const window = (taken: number) => ({ ...from('10:00', '11:00'), taken, blocked: from('10:00', '11:10') })

  test('a window stays open until all are taken, and blocks its neighbours', () => {
    const list = (taken: number) => [...openings({ ...group, seats: [window(taken)] }, monday)]
    expect(list(2)).toEqual([{ ...from('10:00', '11:00'), taken: 2, capacity: 3 }])
    expect(list(3)).toEqual([])
  })

  test('a block closes a window with free seats', () => {
    expect(on({ ...group, seats: [window(1)], busy: [from('10:30', '10:40')] })).toEqual([])
  })

  test("the schedule's own hours say length, seats and types", () => {
    const hours = [
      { start: '09:00', end: '10:00', minutes: 20, capacity: 2, appointmentTypes: ['WALKIN'] },
      { start: '09:40', end: '11:00', minutes: 20, appointmentTypes: ['CHECKUP'] },
      { start: '10:40', end: '11:00', minutes: 20 }
    ]
    const list = [...openings({ ...morning, hours }, monday)].map(({ capacity, appointmentTypes }) => [
      capacity,
      appointmentTypes
    ])
    expect(list).toEqual([
      [2, ['WALKIN']],
      [2, ['WALKIN']],
      [2, ['WALKIN', 'CHECKUP']],
      [1, ['CHECKUP']],
      [1, ['CHECKUP']],
      [1, undefined]
    ])
  })
})

describe('bounds', () => {
  const limits = { zone: 'Europe/Madrid', leadMinutes: 0, horizonDays: 90, periods: [] }
  const now = at('2026-01-19T10:00')
  const starts = (given: Partial<Parameters<typeof boundsOf>[0]>) =>
    on({ ...morning, ...boundsOf({ ...limits, now, ...given }) })

  test('the future only, after the lead time', () => {
    expect(starts({})).toEqual(['10:30', '11:00', '11:30'])
    expect(starts({ leadMinutes: 30 })).toEqual(['10:30', '11:00', '11:30'])
    expect(starts({ leadMinutes: 31 })).toEqual(['11:00', '11:30'])
  })

  test('starts inside the horizon', () => {
    const given = { ...morning, hours: weekdays, ...boundsOf({ ...limits, now, horizonDays: 7 }) }
    const last = [...openings(given, { start: 0, end: at('2030-01-01T00:00') })].at(-1)
    expect(last?.start).toBe(at('2026-01-26T09:30'))
  })

  test('inside role, assignment and horizon from start to end', () => {
    expect(starts({ periods: [{ start: '2026-01-19', end: '2026-01-19' }, {}] })).toHaveLength(3)
    expect(starts({ periods: [{ start: '2026-01-20' }] })).toEqual([])
    expect(starts({ periods: [{ end: '2026-01-18' }] })).toEqual([])
    expect(starts({ periods: [{ end: at('2026-01-19T11:45') }, { start: at('2026-01-19T10:45') }] })).toEqual(['11:00'])
    expect(starts({ periods: [{ end: '2026-01-18' }, { start: '2026-01-20' }] })).toEqual([])
  })
})

test('an opening is read by its start and length', () => {
  const nine = at('2026-01-19T09:00')
  expect(openingAt(morning, nine, 30)).toEqual({ start: nine, end: nine + 1_800_000, capacity: 1, taken: 0 })
  expect(openingAt(morning, nine, 60)).toBeUndefined()
  expect(openingAt(morning, nine + 60_000, 30)).toBeUndefined()
  expect(openingAt({ ...morning, busy: [from('09:00', '09:01')] }, nine, 30)).toBeUndefined()
})

test('the first opening does not wait for the others', () => {
  const forever = { start: 0, end: Date.parse('2039-12-31') }
  const began = performance.now()
  const [first] = openings(factsOf({ hours: weekdays }), forever)
  expect(first?.start).toBe(at('2000-01-03T09:00'))
  expect(performance.now() - began).toBeLessThan(200)
})
