/** Daily openings over the clock changes of each zone beside the oracle: a few days, and under SOAK ten years of them. */
import { expect, test } from '@jest/globals'
import { openings, type Opening } from '../../../src/domain/availability/index.js'
import { oracle } from '../oracle.js'
import { factsOf } from './facts.js'

const DAY = 86_400_000
const CHUNK = 25 * DAY

/** Zone, and a day near which its clock is changed. */
const places: readonly [string, string][] = [
  ['America/New_York', '2026-03-08'],
  ['Europe/Madrid', '2026-10-25'],
  ['Australia/Sydney', '2026-10-04'],
  ['Australia/Lord_Howe', '2027-04-04'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['Asia/Kathmandu', '2026-01-01'],
  ['Pacific/Apia', '2011-12-30']
]

/** Ten years from then on, or the days around. */
const spanOf = (date: string): [number, number] => {
  const at = Date.parse(date)
  return process.env.SOAK ? [at - 180 * DAY, at + 3470 * DAY] : [at - 2 * DAY, at + 3 * DAY]
}

const plain = (list: Iterable<Opening>) => [...list].map(({ start, end }) => [start, end])

test.each(places)('%s around %s', (zone, date) => {
  const facts = factsOf({
    zone,
    starts: { start: 0, end: 4e12 },
    live: { start: 0, end: 4e12 },
    hours: [
      { start: '22:15', end: '06:00' },
      { days: ['mon', 'wed', 'sun'], start: '09:00', end: '12:00' }
    ],
    clinicHours: [{ start: '09:00', end: '05:00' }],
    closures: [{ start: '2026-10-26', end: '2026-10-27' }],
    minutes: 45,
    bufferAfter: 10
  })
  const [from, to] = spanOf(date)
  let compared = 0
  for (let start = from; start < to; start += CHUNK) {
    const end = Math.min(start + CHUNK, to)
    const expected = plain(oracle(facts, start, end))
    expect({ zone, start, list: plain(openings(facts, { start, end })) }).toEqual({ zone, start, list: expected })
    compared += expected.length
  }
  expect(compared).toBeGreaterThan(((to - from) / DAY) * 5)
})
