import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  AHPRA_SYSTEM,
  HPI_I_SYSTEM,
  HPI_O_SYSTEM,
  identifierFault,
  identifierRules,
  NPI_SYSTEM,
  PRESCRIBER_SYSTEM,
  PROVIDER_NUMBER_SYSTEM
} from '../../src/domain/identifiers/index.js'

const valid: [string, string][] = [
  [NPI_SYSTEM, '1234567893'],
  [NPI_SYSTEM, '1993999998'],
  [NPI_SYSTEM, '1245319599'],
  [HPI_I_SYSTEM, '8003619900015717'],
  [HPI_I_SYSTEM, '8003614900029560'],
  [HPI_O_SYSTEM, '8003621566684455'],
  [AHPRA_SYSTEM, 'MED0001234567'],
  [PRESCRIBER_SYSTEM, '0848402'],
  [PRESCRIBER_SYSTEM, '2425739'],
  [PROVIDER_NUMBER_SYSTEM, '2426621B'],
  [PROVIDER_NUMBER_SYSTEM, '2429581T'],
  ['urn:example:any', 'anything']
]

const faults: [string, string, 'error' | 'warn', string][] = [
  [NPI_SYSTEM, '123456789', 'error', 'NPI needs ten digits'],
  [NPI_SYSTEM, ' 1234567893', 'error', 'NPI needs ten digits'],
  [NPI_SYSTEM, '١٢٣٤٥٦٧٨٩٣', 'error', 'NPI needs ten digits'],
  [NPI_SYSTEM, '3234567893', 'error', 'NPI starts with 1 or 2'],
  [NPI_SYSTEM, '1234567894', 'error', 'NPI check digit is 4, expected 3'],
  [HPI_I_SYSTEM, '8003 6199 0001 5717', 'error', 'HPI-I needs 16 digits, without blanks'],
  [HPI_I_SYSTEM, '8003621566684455', 'error', 'HPI-I starts with 800361'],
  [HPI_I_SYSTEM, '8003619900015718', 'error', 'HPI-I check digit is 8, expected 7'],
  [HPI_O_SYSTEM, '8003619900015717', 'error', 'HPI-O starts with 800362'],
  [HPI_O_SYSTEM, '8003621566684450', 'error', 'HPI-O check digit is 0, expected 5'],
  [PRESCRIBER_SYSTEM, '453221', 'warn', 'PBS prescriber number needs seven digits'],
  [PRESCRIBER_SYSTEM, '0848403', 'warn', 'PBS prescriber number check digit is 3, expected 2'],
  [
    PRESCRIBER_SYSTEM,
    '0200000',
    'warn',
    'PBS prescriber number cannot begin with 020000: no check digit exists for it'
  ],
  [PROVIDER_NUMBER_SYSTEM, '2426621A', 'error', 'Medicare provider number check digit is A, expected B']
]

describe('identifiers', () => {
  test.each(valid)('%s accepts %s', (system, value) => {
    expect(identifierFault(system, value)).toBeUndefined()
  })

  test.each(faults)('%s refuses %s (%s: %s)', (system, value, severity, reason) => {
    expect(identifierFault(system, value)).toEqual({ severity, reason })
  })

  test.each([
    [AHPRA_SYSTEM, 'med0001234567'],
    [AHPRA_SYSTEM, 'MED000123456'],
    [PROVIDER_NUMBER_SYSTEM, '242662IB'],
    [PROVIDER_NUMBER_SYSTEM, '24266219'],
    [PROVIDER_NUMBER_SYSTEM, '242662B']
  ])('%s refuses the form of %s', (system, value) => {
    expect(identifierFault(system, value)?.severity).toBe('error')
  })

  test('the tenant decides how much a fault weighs', () => {
    expect(identifierFault(NPI_SYSTEM, '1', { [NPI_SYSTEM]: 'warn' })?.severity).toBe('warn')
    expect(identifierFault(NPI_SYSTEM, '1', { [NPI_SYSTEM]: 'off' })).toBeUndefined()
    expect(identifierFault(NPI_SYSTEM, '1', { [HPI_I_SYSTEM]: 'off' })?.severity).toBe('error')
  })

  test('a check digit catches every single wrong digit', () => {
    const samples = valid.filter(([system]) => [NPI_SYSTEM, HPI_I_SYSTEM, HPI_O_SYSTEM].includes(system))
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(), fc.integer({ min: 1, max: 9 }), ([system, value], at, by) => {
        const place = at % value.length
        const wrong = value.slice(0, place) + ((Number(value[place]) + by) % 10) + value.slice(place + 1)
        expect(identifierRules.get(system)?.check(wrong).ok).toBe(false)
      })
    )
  })
})
