/** Clock changes: hours are hours of the clock on the wall, counted in instants. */
import { describe, expect, test } from '@jest/globals'
import { openings } from '../../../src/domain/availability/index.js'
import { dayAt, instantsBetween, startOfDay } from '../../../src/domain/availability/zone.js'
import { clockTimes, factsOf } from './facts.js'

const HOUR = 3_600_000

/** Openings of the shift that starts on a date: what the wall clock shows, and hours from first to last. */
function day(zone: string, date: string, start: string, end: string, minutes: number) {
  const given = factsOf({ zone, hours: [{ start, end, from: date, until: date }], minutes })
  const noon = Date.parse(`${date}T12:00Z`)
  const list = [...openings(given, { start: noon - 48 * HOUR, end: noon + 48 * HOUR })]
  return { times: clockTimes(list, zone), hours: ((list.at(-1)?.end ?? 0) - (list[0]?.start ?? 0)) / HOUR }
}

test.each([
  // Spring: an hour (half an hour in Lord Howe) that does not exist.
  ['America/New_York', '2026-03-08', '01:00', '04:00', 60, ['01:00', '03:00'], 2],
  ['America/New_York', '2026-03-08', '02:30', '04:00', 30, ['03:00', '03:30'], 1],
  ['America/New_York', '2026-03-08', '02:00', '03:00', 30, [], 0],
  ['Europe/Madrid', '2026-03-29', '01:30', '03:30', 30, ['01:30', '03:00'], 1],
  ['Australia/Sydney', '2026-10-04', '00:00', '06:00', 60, ['00:00', '01:00', '03:00', '04:00', '05:00'], 5],
  ['Australia/Lord_Howe', '2026-10-04', '01:00', '04:00', 30, ['01:00', '01:30', '02:30', '03:00', '03:30'], 2.5],
  ['America/Sao_Paulo', '2018-11-04', '00:00', '03:00', 60, ['01:00', '02:00'], 2],
  ['America/Sao_Paulo', '2018-11-03', '22:00', '02:00', 60, ['22:00', '23:00', '01:00'], 3],
  ['Africa/Cairo', '2026-04-24', '00:00', '02:00', 30, ['01:00', '01:30'], 1],
  // Autumn: one that is there twice.
  ['America/New_York', '2026-11-01', '00:00', '03:00', 60, ['00:00', '01:00', '01:00', '02:00'], 4],
  ['America/New_York', '2026-11-01', '01:30', '02:30', 30, ['01:30', '01:30', '02:00'], 2],
  ['Europe/Madrid', '2026-10-25', '22:00', '06:00', 240, ['22:00', '02:00'], 8],
  ['Europe/Madrid', '2026-10-24', '22:00', '06:00', 180, ['22:00', '01:00', '03:00'], 9],
  ['Australia/Sydney', '2027-04-04', '01:00', '04:00', 60, ['01:00', '02:00', '02:00', '03:00'], 4],
  ['Australia/Lord_Howe', '2027-04-04', '01:00', '03:00', 30, ['01:00', '01:30', '01:30', '02:00', '02:30'], 2.5],
  ['America/Sao_Paulo', '2018-02-17', '22:00', '00:00', 60, ['22:00', '23:00', '23:00'], 3],
  ['America/Sao_Paulo', '2018-02-17', '22:00', '02:00', 60, ['22:00', '23:00', '23:00', '00:00', '01:00'], 5],
  ['Asia/Kathmandu', '2026-06-01', '09:00', '11:00', 60, ['09:00', '10:00'], 2],
  // A day that never was: only a night that reaches into the next one is left of it.
  ['Pacific/Apia', '2011-12-30', '09:00', '17:00', 60, [], 0],
  ['Pacific/Apia', '2011-12-30', '22:00', '02:00', 60, ['00:00', '01:00'], 2],
  ['Pacific/Apia', '2011-12-29', '22:00', '02:00', 60, ['22:00', '23:00'], 2],
  ['Pacific/Apia', '2011-12-31', '09:00', '11:00', 60, ['09:00', '10:00'], 2],
  // Set back over midnight at 00:01.
  ['America/St_Johns', '2010-11-06', '22:00', '00:00', 30, ['22:00', '22:30', '23:00', '23:30', '23:01'], 151 / 60]
])('%s %s, %s to %s by %d minutes', (zone, date, start, end, minutes, times, hours) => {
  expect(day(zone, date, start, end, minutes)).toEqual({ times, hours })
})

test('a clock set back over midnight returns to a shift of two days before', () => {
  const given = factsOf({
    zone: 'America/St_Johns',
    hours: [{ days: ['fri'], start: '23:30', end: '23:30' }],
    minutes: 20
  })
  const sunday = { start: Date.parse('2010-11-07T02:30Z'), end: Date.parse('2010-11-08T00:00Z') }
  expect(clockTimes(openings(given, sunday), given.zone)).toEqual(['23:01'])
})

describe('days', () => {
  test('Kathmandu keeps its quarter of an hour', () => {
    expect(startOfDay('Asia/Kathmandu', dayAt('Asia/Kathmandu', Date.parse('2026-06-01T00:00Z')))).toBe(
      Date.parse('2026-05-31T18:15Z')
    )
  })

  test('a day that begins at one, and the one after a day that never was', () => {
    const start = (zone: string, date: string) =>
      new Date(startOfDay(zone, Date.parse(date) / 86_400_000)).toISOString()
    expect(start('America/Sao_Paulo', '2018-11-04')).toBe('2018-11-04T03:00:00.000Z')
    expect(start('Pacific/Apia', '2011-12-30')).toBe('2011-12-30T10:00:00.000Z')
    expect(start('Pacific/Apia', '2011-12-31')).toBe('2011-12-30T10:00:00.000Z')
  })

  test('ranges join over the turn of a year', () => {
    const [from, to] = [Date.parse('2026-12-31T22:00Z'), Date.parse('2027-01-01T02:00Z')]
    expect(instantsBetween('UTC', from, to)).toEqual([{ start: from, end: to }])
    expect(instantsBetween('Asia/Kathmandu', from, to)).toHaveLength(1)
  })

  test('a zone that nobody knows is an error', () => {
    expect(() => startOfDay('Mars/Olympus', 0)).toThrow(RangeError)
  })
})
