import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fold, matchName, type NameMode, type PersonName } from '../../src/domain/names.js'

describe('fold', () => {
  test.each([
    ['García  Márquez ', 'garcia marquez'],
    ['GARCI\u0301A', 'garcia'],
    ['Søren Ægir', 'soren aegir'],
    ['Groß', 'gross'],
    ['GROẞ', 'gross'],
    ['Łukasz Đorđević', 'lukasz dordevic'],
    ['İpek Işık', 'ipek isik'],
    ['O’Brien', "o'brien"],
    ['Jean-Luc\u00a0\tPicard', 'jean-luc picard'],
    ['Nguyễn Thị', 'nguyen thi'],
    ['ΟΔΥΣΣΕΥΣ', 'οδυσσευσ'],
    ['', '']
  ])('%s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  test('folding twice changes nothing more', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => expect(fold(fold(text))).toBe(fold(text))))
  })
})

describe('matchName', () => {
  const linda: PersonName = { family: 'SMITH', given: ['LINDA', 'MAE'], suffix: ['JR.'] }
  const cases: [NameMode, PersonName, PersonName, boolean][] = [
    ['folded', { family: 'Smith', given: ['Linda'] }, linda, true],
    ['folded', { family: 'smith ', given: ['Anna Linda'] }, linda, true],
    ['folded', { family: 'Smith', given: ['Anna', 'linda'] }, linda, true],
    ['folded', { family: 'Smith', given: ['Lin'] }, linda, false],
    ['folded', { family: 'Smith', given: ['Mae'] }, linda, false],
    ['folded', { family: 'Smyth', given: ['Linda'] }, linda, false],
    ['folded', { given: ['Linda'] }, linda, false],
    ['folded', { family: 'Smith' }, linda, false],
    ['folded', { family: 'García', given: ['Ana María'] }, { family: 'GARCIA', given: ['ANA MARIA'] }, true],
    ['folded', { family: 'García', given: ['María'] }, { family: 'GARCIA', given: ['ANA MARIA'] }, false],
    ['folded', { family: 'Smith', given: ['Linda'] }, {}, false],
    ['folded', {}, {}, false],
    ['folded', { family: 'Smith', given: ['Linda'] }, { family: 'SMITH', given: [''] }, false],
    ['exact', { family: 'SMITH', given: ['LINDA', 'MAE'], suffix: ['JR.'] }, linda, true],
    ['exact', { family: 'SMITH', given: ['LINDA MAE'], suffix: ['JR.'] }, linda, true],
    ['exact', { family: 'Smith', given: ['LINDA', 'MAE'], suffix: ['JR.'] }, linda, false],
    ['exact', { family: 'SMITH', given: ['LINDA'], suffix: ['JR.'] }, linda, false],
    ['exact', { family: 'SMITH', given: ['LINDA', 'MAE'] }, linda, false],
    ['off', { family: 'Jones' }, linda, true]
  ]
  test.each(cases)('%s %j against %j: %s', (mode, name, directory, ok) => {
    expect(matchName(name, directory, mode).ok).toBe(ok)
  })

  test('the reason names what is on file', () => {
    expect(matchName({ family: 'Smith', given: ['Lin'] }, linda, 'folded')).toEqual({
      ok: false,
      reason: 'The directory has "SMITH, LINDA MAE, JR." on file, not "Smith, Lin"'
    })
  })
})
