/** The library against the oracle, around clock changes and a skipped day. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { openingAt, openings, type Opening, type ScheduleFacts } from '../../../src/domain/availability/index.js'
import { oracle } from '../oracle.js'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

/** Zone and a day near which something happens to its clock. */
const places: readonly [string, string][] = [
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Europe/Madrid', '2026-03-29'],
  ['Europe/Madrid', '2026-10-25'],
  ['Australia/Sydney', '2026-10-04'],
  ['Australia/Sydney', '2027-04-04'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Lord_Howe', '2027-04-04'],
  ['America/Sao_Paulo', '2018-02-18'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['Asia/Kathmandu', '2026-01-01'],
  ['Pacific/Apia', '2011-12-30'],
  ['America/Nuuk', '2026-10-24'],
  ['Africa/Cairo', '2026-10-30']
]

const time = fc.integer({ min: 0, max: 95 }).map(quarter => new Date(quarter * 15 * MINUTE).toISOString().slice(11, 16))
const days = fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const)
const optional = { requiredKeys: [] as [] }

const row = fc.record({ days, start: time, end: time, allDay: fc.boolean() }, { requiredKeys: ['start', 'end'] })
const dateNear = (day: string) =>
  fc.integer({ min: -2, max: 3 }).map(by => new Date(Date.parse(day) + by * DAY).toISOString().slice(0, 10))
const instantNear = (day: string) => fc.integer({ min: -2000, max: 4000 }).map(by => Date.parse(day) + by * MINUTE)
const sideNear = (day: string) => fc.oneof(dateNear(day), instantNear(day))
const spanNear = (day: string) =>
  fc
    .tuple(instantNear(day), fc.integer({ min: 1, max: 300 }))
    .map(([start, length]) => ({ start, end: start + length * MINUTE }))

const ownRow = (day: string) =>
  fc
    .tuple(
      row,
      fc.record(
        { from: dateNear(day), until: dateNear(day), minutes: fc.constantFrom(20, 45), capacity: fc.constant(3) },
        optional
      ),
      fc.constantFrom({}, { appointmentTypes: ['WALKIN'] }, { appointmentTypes: ['CHECKUP'] })
    )
    .map(([hours, own, types]) => ({ ...hours, ...own, ...types }))

const facts: fc.Arbitrary<{ day: string; facts: ScheduleFacts }> = fc.constantFrom(...places).chain(([zone, day]) => {
  const closures = fc.array(fc.record({ start: sideNear(day), end: sideNear(day) }, optional), { maxLength: 1 })
  const hours = fc.array(row, { maxLength: 2 })
  const service = fc.record(
    {
      minutes: fc.constantFrom(15, 50, 60),
      hours,
      closures,
      before: fc.constantFrom(0, 10),
      after: fc.constantFrom(0, 25)
    },
    { requiredKeys: ['closures'] }
  )
  return fc.record({
    day: fc.constant(day),
    facts: fc.record(
      {
        zone: fc.constant(zone),
        hours: fc.array(ownRow(day), { minLength: 1, maxLength: 3 }),
        clinicHours: hours,
        closures,
        busy: fc.array(spanNear(day), { maxLength: 3 }),
        minutes: fc.constantFrom(10, 30, 60, 100),
        capacity: fc.constantFrom(1, 2),
        bufferAfter: fc.constantFrom(0, 5),
        service,
        starts: fc.constant({ start: Date.parse(day) - DAY, end: Date.parse(day) + 2 * DAY }),
        live: fc.constantFrom(
          { start: -8.64e15, end: 8.64e15 },
          { start: Date.parse(day) - 7 * 60 * MINUTE, end: Date.parse(day) + DAY }
        )
      },
      { requiredKeys: ['zone', 'hours', 'closures', 'busy', 'minutes', 'capacity', 'bufferAfter', 'starts', 'live'] }
    )
  })
})

/** The same facts after one seat of an opening was booked. */
function withSeat(given: ScheduleFacts, pick: number): ScheduleFacts {
  const free = [...openings(given, given.starts)]
  const booked = free[pick % Math.max(free.length, 1)]
  if (!booked) return given
  const blocked = {
    start: booked.start - (given.service?.before ?? 0) * MINUTE,
    end: booked.end + (given.service?.after ?? given.bufferAfter) * MINUTE
  }
  return { ...given, seats: [{ start: booked.start, end: booked.end, taken: 1, blocked }] }
}

const plain = (list: Iterable<Opening>) =>
  [...list].map(({ start, end, capacity, taken, appointmentTypes = [] }) => ({
    start: new Date(start).toISOString(),
    minutes: (end - start) / MINUTE,
    capacity,
    taken,
    types: [...appointmentTypes].sort()
  }))

test('openings are what the oracle finds minute by minute', () => {
  fc.assert(
    fc.property(facts, fc.option(fc.nat()), ({ day, facts: given }, pick) => {
      const asked = pick === null ? given : withSeat(given, pick)
      const window = { start: Date.parse(day) - 10 * 60 * MINUTE, end: Date.parse(day) + 40 * 60 * MINUTE }
      expect(plain(openings(asked, window))).toEqual(plain(oracle(asked, window.start, window.end)))
    }),
    { interruptAfterTimeLimit: 5_000, numRuns: 5000, markInterruptAsFailure: false }
  )
})

test('every opening is found again by its start and length, and no other is', () => {
  fc.assert(
    fc.property(facts, fc.integer({ min: 1, max: 200 }), ({ facts: given }, other) => {
      const all = [...openings(given, given.starts)]
      for (const opening of all.slice(0, 5))
        expect(openingAt(given, opening.start, (opening.end - opening.start) / MINUTE)).toEqual(opening)
      const [first] = all
      const known = all.some(({ start, end }) => start === first?.start && end - start === other * MINUTE)
      if (first && !known) expect(openingAt(given, first.start, other)).toBeUndefined()
    }),
    { interruptAfterTimeLimit: 2_000, markInterruptAsFailure: false }
  )
})
