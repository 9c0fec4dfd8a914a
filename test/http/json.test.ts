import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { indentJson, parseJson } from '../../src/http/json.js'

test('indented, JSON is as JSON.stringify indents it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = JSON.stringify(value)
      expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2))
      expect(indentJson(JSON.stringify(value, null, '\t'))).toBe(indentJson(text))
    })
  )
})

test('what JSON.parse reads is read, and what it refuses is refused with a place', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), fc.constantFrom('', ',', '"', '}', 'x', '\u0001'), (value, at, patch) => {
      const text = JSON.stringify(value)
      const place = at % (text.length + 1)
      const changed = text.slice(0, place) + patch + text.slice(place)
      let expected: unknown
      try {
        expected = JSON.parse(changed)
      } catch {
        expect(() => parseJson(changed)).toThrow(/^The body is not valid JSON: line 1, column \d+: [a-z ]+$/)
        return
      }
      expect(JSON.stringify(parseJson(changed))).toBe(JSON.stringify(expected))
    }),
    { numRuns: 500 }
  )
})

test('brackets in strings are no nesting', () => {
  expect(parseJson(JSON.stringify({ a: '['.repeat(500), 'b"{': '\\"{{' }))).toEqual({
    a: '['.repeat(500),
    'b"{': '\\"{{'
  })
})

test('a megabyte of broken string is refused in no time', () => {
  const start = performance.now()
  expect(() => parseJson('"' + '\\"'.repeat(500_000))).toThrow(/not valid JSON/)
  expect(() => parseJson('['.repeat(1_000_000))).toThrow(/nested deeper/)
  expect(performance.now() - start).toBeLessThan(2000)
})
