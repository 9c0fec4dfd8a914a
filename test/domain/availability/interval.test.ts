/** Interval lists against plain sets of numbers. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { intersect, overlaps, union, type Interval } from '../../../src/domain/availability/interval.js'

const edge = fc.integer({ min: 0, max: 40 })
const interval = fc.record({ start: edge, end: edge })
const some = fc.array(interval, { maxLength: 6 })
const all = Array.from({ length: 41 }, (_, at) => at)
const has = (list: Interval[], at: number) => list.some(({ start, end }) => start <= at && at < end)
const members = (list: Interval[]) => all.filter(at => has(list, at))

test('a union covers what any covers, in order, in pieces that do not touch', () => {
  fc.assert(
    fc.property(some, list => {
      const joined = union(list)
      expect(members(joined)).toEqual(members(list))
      const edges = joined.flatMap(({ start, end }) => [start, end])
      expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b))
    })
  )
})

test('a union leaves what it was given alone', () => {
  const given = [
    { start: 1, end: 3 },
    { start: 2, end: 5 }
  ]
  union(given)
  expect(given[0]).toEqual({ start: 1, end: 3 })
})

test('an intersection covers what both cover', () => {
  fc.assert(
    fc.property(some, some, (a, b) => {
      const both = intersect(union(a), union(b))
      expect(members(both)).toEqual(all.filter(at => has(a, at) && has(b, at)))
    })
  )
})

test('overlap means a common instant', () => {
  fc.assert(
    fc.property(
      some,
      interval.filter(({ start, end }) => start < end),
      (list, one) => {
        expect(overlaps(union(list), one)).toBe(all.some(at => has(list, at) && has([one], at)))
      }
    )
  )
})
