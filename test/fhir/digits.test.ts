/** Numbers keep their digits through parsing, copying and writing. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { copyJson, readJson, writeJson } from '../../src/fhir/digits.js'

const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,18})?(?:[eE][+-]?\d{1,2})?$/)
const text = fc.letrec<{ node: string }>(tie => ({
  node: fc.oneof(
    { depthSize: 'small' },
    digits,
    fc.string().map(each => JSON.stringify(each)),
    fc.constantFrom('null', 'true', '"1.50"', '":1.50,"', '"\\\\\\":1.0"'),
    fc.array(tie('node'), { maxLength: 4 }).map(items => `[${items.join()}]`),
    fc.dictionary(fc.constantFrom('value', 'a"b', '1', '2.0'), tie('node'), { maxKeys: 4 }).map(
      entries =>
        `{${Object.entries(entries)
          .map(([key, each]) => `${JSON.stringify(key)}:${each}`)
          .join()}}`
    )
  )
})).node

test('what is read, copied and written is the same text, and means what JSON.parse says', () => {
  fc.assert(
    fc.property(text, each => {
      const holder = `{"top":${each}}`
      const read = readJson(holder)
      expect(JSON.stringify(read)).toBe(JSON.stringify(JSON.parse(holder)))
      // properties with whole numbers for names come first in any JavaScript object
      if (!/"1":/.test(holder)) expect(writeJson(copyJson(read))).toBe(holder)
    })
  )
})

test('numbers that no database could hold are read as JSON.parse does', () => {
  for (const each of ['1e999', '1e-99999', `0.${'1'.repeat(20_000)}`, '9'.repeat(400)]) {
    const text = `{"value":${each}}`
    expect(writeJson(readJson(text))).toBe(JSON.stringify(JSON.parse(text)))
  }
})

test('digits count only while they mean the number that stands there', () => {
  const read = readJson('{"value":1.50,"other":[2.0]}') as { value: number }
  read.value = 3
  expect(writeJson(read)).toBe('{"value":3,"other":[2.0]}')
})
