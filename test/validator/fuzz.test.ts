/** Resources knocked out of shape at random: the validator answers, and in time. `SOAK=1` runs 100,000 of them. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { clinicalUser, validator, type Json } from './fixture.js'

const CASES = process.env.SOAK ? 100_000 : 3_000
const KEYS = [
  'resourceType',
  'meta',
  'profile',
  'contained',
  'id',
  'extension',
  'url',
  'valueString',
  'valueReference',
  'reference',
  '_active',
  'coding',
  'identifier',
  'text',
  'div',
  '__proto__',
  'period',
  'start'
]
const SCALARS = [
  null,
  0,
  -1,
  1.5,
  '',
  ' ',
  '#',
  '#pr',
  'Practitioner',
  'Practitioner/1',
  '2024-02-30',
  true,
  'urn:oid:',
  '<div'
]

const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 8 }))
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(...SCALARS),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.constant<unknown>(clinicalUser)
  )
}))

/** Replaces, adds or removes something at a random place. */
function knock(node: unknown, path: readonly number[], change: unknown, addKey: string): unknown {
  if (typeof node !== 'object' || node === null || path.length === 0) return change
  if (path[0]! % 7 === 0 && !Array.isArray(node)) return { ...node, [addKey]: change }
  const keys = Object.keys(node)
  if (keys.length === 0) return change
  const at = keys[path[0]! % keys.length]!
  const copy = (Array.isArray(node) ? [...(node as unknown[])] : { ...node }) as Json
  if (path[0]! % 11 === 0) delete copy[at]
  else copy[at] = knock(copy[at], path.slice(1), change, addKey)
  return copy
}

test('never throws, and every issue has a place and a text', () => {
  const places = fc.array(fc.nat(1000), { minLength: 1, maxLength: 7 })
  fc.assert(
    fc.property(places, value, key, (path, change, added) => {
      const resource = knock(clinicalUser, path, change, added)
      for (const { text, expression, rule } of validator.validate(resource)) {
        expect(rule).not.toBe('')
        expect(text.startsWith(`${expression}: `)).toBe(true)
      }
    }),
    { numRuns: CASES }
  )
})
