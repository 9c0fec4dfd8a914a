/** Lexical forms and ranges: https://hl7.org/fhir/R4/datatypes.html#primitive */
import { describe, expect, test } from '@jest/globals'
import { errorsOf } from './fixture.js'

const GOOD: Record<string, unknown[]> = {
  date: ['2024', '2024-02', '2024-02-29', '2000-02-29', '1900-12-31'],
  dateTime: [
    '2024',
    '2024-02-29',
    '2024-02-29T23:59:59Z',
    '2015-02-07T13:28:17.239+02:00',
    '2016-12-31T23:59:60Z',
    '2020-01-01T00:00:00-14:00'
  ],
  instant: ['2015-02-07T13:28:17.239+02:00', '2017-01-01T00:00:00Z'],
  time: ['00:00:00', '23:59:59.999'],
  boolean: [true, false],
  integer: [0, -2147483648, 2147483647],
  unsignedInt: [0, 2147483647],
  positiveInt: [1],
  decimal: [0, -1.5, 1e-10],
  code: ['a', 'a b', 'a\u00a0'],
  id: ['a', 'A-1.b', 'x'.repeat(64)],
  uri: ['urn:oid:1.2.3', 'urn:oid:1.2.3|4', 'http://x.org/ü', 'a'],
  oid: ['urn:oid:1.2.840'],
  uuid: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
  base64Binary: ['AAAA', 'AA==', 'AAA=', 'AAAA AAAA'],
  string: ['a', ' a\n'],
  markdown: ['# a']
}

const BAD: Record<string, unknown[]> = {
  date: [
    '2023-02-29',
    '1900-02-29',
    '2023-04-31',
    '2023-13',
    '2023-1-1',
    '20230101',
    '2023-01-01T00:00:00Z',
    '0000',
    ''
  ],
  dateTime: [
    '2023-02-29',
    '2024-02-29T10:00:00',
    '2024-02-29T10:00Z',
    '2024-02-29T24:00:00Z',
    '2024-02-30T10:00:00Z',
    '2024-01-01T10:00:00+14:30',
    '2024-01-01 10:00:00Z'
  ],
  instant: ['2024-02-29', '2023-02-29T10:00:00Z', '2024-01-01T10:00:00'],
  time: ['24:00:00', '10:00', '10:00:00Z', '10:60:00'],
  decimal: [Infinity, -Infinity],
  integer: [1.5, 2147483648],
  unsignedInt: [-1],
  positiveInt: [0],
  code: [' a', 'a ', 'a  b', ''],
  id: ['a_b', 'x'.repeat(65), ''],
  uri: ['a b', 'urn:oid:x', 'urn:uuid:c757873d', ''],
  oid: ['1.2.3', 'urn:oid:3.1'],
  uuid: ['c757873d-ec9a-4326-a141-556f43239520'],
  base64Binary: ['A', 'AA=A', 'A===', '!!!!'],
  string: ['', ' \t', 'a\u0000', 'a\ud83d', '\ude00\ud83d', 'x'.repeat(1_048_577)]
}

const key = (type: string) => `value${type[0]!.toUpperCase()}${type.slice(1)}`
const carrying = (type: string, value: unknown) => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'x', [key(type)]: value }]
})
const rows = (table: Record<string, unknown[]>) =>
  Object.entries(table).flatMap(([type, values]) => values.map(value => [type, value] as const))
const short = (value: unknown) => JSON.stringify(value).slice(0, 40)

describe('primitive values', () => {
  test.each(rows(GOOD).map(([type, value]) => [type, short(value), value] as const))('%s %s', (type, _text, value) =>
    expect(errorsOf(carrying(type, value))).toEqual([])
  )
  test.each(rows(BAD).map(([type, value]) => [type, short(value), value] as const))(
    'not a %s: %s',
    (type, _text, value) => expect(errorsOf(carrying(type, value))).toEqual(['value Parameters.parameter[0].value'])
  )
  test.each([
    ['boolean', 'true'],
    ['integer', '1'],
    ['decimal', '1.0'],
    ['string', 1],
    ['date', 2024]
  ])('%s of another JSON type', (type, value) =>
    expect(errorsOf(carrying(type, value))).toEqual(['type Parameters.parameter[0].value'])
  )
})
