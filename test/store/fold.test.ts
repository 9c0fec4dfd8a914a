/** `app.fold` and `fold` of src/domain/names.ts are twins. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fold } from '../../src/domain/names.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())

async function folded(texts: string[]): Promise<string[]> {
  const text = 'select app.fold(x) as folded from unnest($1::text[]) with ordinality u(x, n) order by n'
  return (await t.sql<{ folded: string }>(text, [texts])).map(row => row.folded)
}

test('names', async () => {
  const names = [
    '  Élodie\u00a0 Müller-Strauß ',
    'Łukasz Đorđević',
    'Þóra ÆGIR',
    'ΟΔΥΣΣΕΥΣ',
    'İbrahim Işık',
    'O’Brien',
    'Ñandú'
  ]
  expect(await folded(names)).toEqual([
    'elodie muller-strauss',
    'lukasz dordevic',
    'thora aegir',
    'οδυσσευσ',
    'ibrahim isik',
    "o'brien",
    'nandu'
  ])
  expect(names.map(fold)).toEqual(await folded(names))
})

test('every character of the scripts of names', async () => {
  // Other blocks get new letters still, and Node and Postgres may know another version of Unicode.
  const letters = Array.from({ length: 0x2bff }, (_, code) => String.fromCharCode(code + 1)).filter(
    letter => !/\p{Unassigned}|[\u1c80-\u1cff]/u.test(letter)
  )
  const inWord = letters.map(letter => `A${letter} ${letter}b`)
  const theirs = await folded(inWord)
  expect(inWord.map(fold).filter((text, index) => text !== theirs[index])).toEqual([])
})

test('any text', async () => {
  const text = fc.string({ unit: 'grapheme' }).filter(value => !value.includes('\0'))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 50 }), async texts => {
      expect(await folded(texts)).toEqual(texts.map(fold))
    }),
    { numRuns: 50 }
  )
})
