import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { duplicateKeys } from '../../src/validator/index.js'

const places = (text: string) => duplicateKeys(text, 'Practitioner').map(({ expression }) => expression)

test.each([
  ['{"a":1,"b":2}', []],
  ['{"a":1,"a":2}', ['Practitioner.a']],
  ['{"a":1, "\\u0061" : 2}', ['Practitioner.a']],
  ['{"name":[{"x":1},{"given":["a","b"],"given":[]}]}', ['Practitioner.name[1].given']],
  ['{"a":{"b":1},"c":{"b":1}}', []],
  ['{"a":"b\\"}{\\\\","a":"\\\\"}', ['Practitioner.a']],
  ['[{"a":1},{"a":1}]', []],
  ['{"_active":{"id":"a"},"_active":{"id":"b"}}', ['Practitioner.active']],
  ['{"extension":[{"url":"u","valueCode":"a","valueCode":"b"}]}', ['Practitioner.extension[0].value']],
  ['{"a":[[1],{"b":1,"b":2}]}', ['Practitioner.a[1].b']]
])('%s', (text, expected) => expect(places(text)).toEqual(expected))

test('what JSON.stringify writes has none', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      fc.boolean(),
      (value, indent) => places(JSON.stringify(value, null, indent ? 2 : 0)).length === 0
    )
  )
})
