import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { grant, permit, type Letter } from '../../src/auth/scopes.js'

const LETTERS: Letter[] = ['c', 'r', 'u', 'd', 's']
const allowed = (scope: string, type: string) => LETTERS.filter(letter => permit(scope).may(type, letter)).join('')

describe('what a scope allows', () => {
  test.each([
    ['system/*.rs', 'Slot', 'rs'],
    ['system/Slot.r', 'Slot', 'r'],
    ['system/Slot.r', 'Schedule', ''],
    ['user/*.read', 'Slot', 'rs'],
    ['system/*.cruds', 'Slot', 'cruds'],
    ['system/Slot.write', 'Slot', 'cud'],
    ['user/*.*', 'Slot', 'cruds'],
    ['system/Slot.*', 'Slot', 'cruds'],
    ['system/Slot.r system/*.s user/Slot.u', 'Slot', 'rus'],
    ['system/Slot.sr', 'Slot', ''],
    ['system/Slot.', 'Slot', ''],
    ['system/slot.r', 'slot', ''],
    ['system/Slot.readwrite', 'Slot', ''],
    ['patient/Slot.rs', 'Slot', ''],
    ['system/Slot.rs?status=free', 'Slot', ''],
    ['*', 'Slot', ''],
    ['', 'Slot', '']
  ])('%s on %s: "%s"', (scope, type, letters) => expect(allowed(scope, type)).toBe(letters))

  test('a restriction allows some; what allows all wins, and others are alternatives', () => {
    const of = (scope: string) => LETTERS.map(letter => permit(scope).restrictions('Slot', letter).join(' or '))
    expect(of('system/Slot.rs?status=free')).toEqual(['', 'status=free', '', '', 'status=free'])
    expect(of('system/Slot.rs?status=free system/Slot.r?status=busy')).toEqual([
      '',
      'status=free or status=busy',
      '',
      '',
      'status=free'
    ])
    expect(of('system/Slot.rs?status=free system/*.s')).toEqual(['', 'status=free', '', '', ''])
    expect(of('system/Slot.cud?status=free')).toEqual(['', '', 'status=free', 'status=free', ''])
    expect(of('system/Schedule.rs?active=true')).toEqual(['', '', '', '', ''])
  })

  test('plain scopes stand beside resource scopes and give none', () => {
    expect(permit('system/*.rs create_users').has('create_users')).toBe(true)
    expect(permit('system/*.cruds').has('create_users')).toBe(false)
    expect(permit('system/*.cruds').has('system/*.cruds')).toBe(false)
    expect(allowed('create_users create_tenants', 'Practitioner')).toBe('')
  })
})

describe('what is granted', () => {
  test.each([
    ['system/*.rs', 'system/*.cruds', 'system/*.rs'],
    ['system/*.read', 'system/*.cruds', 'system/*.read'],
    ['system/*.cruds', 'system/*.rs', 'system/*.rs'],
    ['system/*.*', 'system/Slot.rs system/Practitioner.r', 'system/Slot.rs system/Practitioner.r'],
    ['system/Slot.write', 'system/*.cruds', 'system/Slot.write'],
    ['system/Slot.write', 'system/*.rs', ''],
    ['system/Slot.rs', 'system/Slot.r system/Slot.s', 'system/Slot.rs'],
    ['system/Slot.cruds', 'system/*.rs system/Slot.c', 'system/Slot.crs'],
    ['user/*.rs', 'system/*.rs', ''],
    ['system/*.rs create_users', 'system/*.rs', 'system/*.rs'],
    ['create_users', 'system/*.rs create_users', 'create_users'],
    ['openid launch system/Slot.r', 'openid launch system/Slot.r', 'system/Slot.r'],
    ['system/Slot.rs?status=free', 'system/*.cruds', 'system/Slot.rs?status=free'],
    ['system/Slot.rs', 'system/Slot.rs?status=free', 'system/Slot.rs?status=free'],
    ['system/*.read', 'system/Slot.rs?status=free', 'system/Slot.rs?status=free'],
    ['system/Slot.s?status=free', 'system/Slot.rs?status=free', 'system/Slot.s?status=free'],
    ['system/Slot.r?status=busy', 'system/Slot.rs?status=free', 'system/Slot.r?status=busy&status=free'],
    ['system/Slot.cruds?status=free', 'system/*.cruds', 'system/Slot.ruds?status=free'],
    ['system/Slot.cruds', 'system/Slot.cruds?status=free', 'system/Slot.ruds?status=free'],
    ['system/Slot.c?status=free', 'system/*.cruds', ''],
    ['system/*.rs?status=free', 'system/*.cruds', ''],
    ['system/Slot.read?status=free', 'system/*.cruds', ''],
    ['system/Slot.rs?', 'system/*.cruds', ''],
    ['system/Slot.r system/Slot.r', 'system/*.cruds', 'system/Slot.r']
  ])('%s of %s: "%s"', (asked, registered, granted) => expect(grant(asked, registered)).toBe(granted))

  const scope = fc
    .tuple(
      fc.constantFrom('*', 'Slot', 'Practitioner', 'Schedule'),
      fc.oneof(
        fc.constantFrom('read', 'write', '*'),
        fc.subarray(LETTERS, { minLength: 1 }).map(letters => letters.join(''))
      )
    )
    .map(([type, letters]) => `system/${type}.${letters}`)
  const scopes = fc
    .array(fc.oneof(scope, fc.constantFrom('create_users', 'create_tenants')), { maxLength: 4 })
    .map(l => l.join(' '))

  test('a grant allows exactly what both the request and the registration allow', () => {
    fc.assert(
      fc.property(scopes, scopes, (asked, registered) => {
        const granted = grant(asked, registered)
        for (const type of ['Slot', 'Practitioner', 'Schedule', 'Organization']) {
          for (const letter of LETTERS) {
            const both = permit(asked).may(type, letter) && permit(registered).may(type, letter)
            expect(permit(granted).may(type, letter)).toBe(both)
          }
        }
        expect(permit(granted).has('create_users')).toBe(
          permit(asked).has('create_users') && permit(registered).has('create_users')
        )
      }),
      { numRuns: 500 }
    )
  })
})
