import { expect, test } from '@jest/globals'
import { memoryReplayGuard } from '../../src/auth/assertion.js'
import { testClock } from './memory-system.js'

test('an assertion is used once per client while it lives; a full memory refuses and makes room as others expire', () => {
  const clock = testClock()
  const now = () => clock().getTime() / 1000
  const guard = memoryReplayGuard(clock, 2)
  expect(guard.firstUse('a', 'j', now() + 100)).toBe(true)
  expect(guard.firstUse('a', 'j', now() + 100)).toBe(false)
  expect(guard.firstUse('b', 'j', now() + 300)).toBe(true)
  expect(guard.firstUse('c', 'j', now() + 100)).toBe(false)
  clock.forward(120)
  expect(guard.firstUse('c', 'j', now() + 100)).toBe(true)
  expect(guard.firstUse('b', 'j', now() + 100)).toBe(false)
})
