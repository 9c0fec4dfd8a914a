import { describe, expect, test } from '@jest/globals'
import { normaliseEmail, normalisePhone } from '../../src/domain/contact.js'

describe('normalisePhone', () => {
  test.each([
    ['(02) 9374-4000', 'AU', '+61293744000'],
    ['612 345 678', 'es', '+34612345678'],
    ['+1 212 555 0123', 'AU', '+12125550123'],
    ['tel:+1-212-555-0123', undefined, '+12125550123'],
    [' +1 212 555 0123 ', 'AU', '+12125550123'],
    ['+44 20 7946 0958 ext. 12', 'US', '+442079460958']
  ])('%s of %s is %s', (text, country, value) => {
    expect(normalisePhone(text, country)).toEqual({ ok: true, value })
  })

  test.each([
    ['555', 'US', 'Phone number does not have a length that its country uses'],
    ['1', 'US', 'Phone number is too short'],
    ['2125550123', undefined, 'Phone number needs its country code, such as +61 2 9374 4000'],
    ['2125550123', 'nowhere', 'Phone number needs its country code, such as +61 2 9374 4000'],
    ['+999 1234567', 'US', 'Phone number needs its country code, such as +61 2 9374 4000'],
    ['call me', 'US', 'Phone number has no digits that form a number'],
    ['', 'US', 'Phone number has no digits that form a number'],
    ['+1 212 555 0123 456 789 012', 'US', 'Phone number is too long'],
    ['call 212 555 0123 now', 'US', 'Phone number has no digits that form a number']
  ])('%s of %s is refused: %s', (text, country, reason) => {
    expect(normalisePhone(text, country)).toEqual({ ok: false, reason })
  })
})

describe('normaliseEmail', () => {
  test.each([
    [' Maria.Garcia@Clinic.Example ', 'maria.garcia@clinic.example'],
    ["o'brien+lab@mail.clinic.example", "o'brien+lab@mail.clinic.example"],
    ['josé@clínica.es', 'josé@clínica.es'],
    ['a@xn--clnica-6va.es', 'a@xn--clnica-6va.es']
  ])('%s', (text, value) => {
    expect(normaliseEmail(text)).toEqual({ ok: true, value })
  })

  test.each([
    '',
    'maria',
    'maria@clinic',
    '@clinic.example',
    'maria@',
    'maria@@clinic.example',
    'a b@clinic.example',
    'a@clinic.example, b@clinic.example',
    'Maria <maria@clinic.example>',
    'maria@clinic.example\r\nBcc: x@y.example',
    'maria\u0000@clinic.example',
    '.maria@clinic.example',
    'ma..ria@clinic.example',
    'maria@-clinic.example',
    `${'a'.repeat(65)}@clinic.example`,
    `a@${'clinic.'.repeat(40)}example`
  ])('%j is refused', text => {
    expect(normaliseEmail(text).ok).toBe(false)
  })
})
