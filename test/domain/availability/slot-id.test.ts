import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { formatSlotId, parseSlotId } from '../../../src/domain/availability/index.js'

test('the form', () => {
  const start = Date.parse('2026-01-19T08:00Z')
  expect(formatSlotId({ scheduleKey: 'k3', start, minutes: 30 })).toBe(`s.k3.0.${(start / 60_000).toString(36)}.30`)
  expect(parseSlotId('s.k3.v7.hsyo0.30')).toMatchObject({ scheduleKey: 'k3', serviceKey: 'v7', minutes: 30 })
})

test('every key is read back, from an id that FHIR allows', () => {
  const key = fc.stringMatching(/^[1-9a-z][0-9a-z]{0,7}$/)
  const minute = fc.integer({ min: 0, max: 80_000_000 })
  fc.assert(
    fc.property(
      key,
      fc.option(key, { nil: undefined }),
      minute,
      fc.integer({ min: 1, max: 1440 }),
      (scheduleKey, serviceKey, at, minutes) => {
        const slot = { scheduleKey, ...(serviceKey && { serviceKey }), start: at * 60_000, minutes }
        const id = formatSlotId(slot)
        expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/)
        expect(parseSlotId(id)).toEqual(slot)
      }
    )
  )
})

test.each([
  '',
  's',
  's.k3.0.hsyo0',
  's.k3.0.0hsyo.30',
  's.k3.0.hsyo0.030',
  's.k3.0.hsyo0.0',
  's.K3.0.hsyo0.30',
  's..0.hsyo0.30',
  's.k3.0.hsyo0.30 ',
  's.k3.0.zzzzzzzzz.30',
  'S.k3.0.hsyo0.30',
  's.k3.0.-1.30'
])('%j is none', id => {
  expect(parseSlotId(id)).toBeUndefined()
})
