/** Check digits: the Luhn formula (ISO/IEC 7812-1, annex B) and the answer when a digit is wrong. */
import { ACCEPTED, refuse, type Verdict } from '../verdict.js'

/** The Luhn check digit that belongs behind `digits`. */
export function luhnDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

/** Whether `value` ends with `expected`; the reason names both. */
export function endsWith(name: string, value: string, expected: string): Verdict {
  const given = value.slice(-1)
  return given === expected ? ACCEPTED : refuse(`${name} check digit is ${given}, expected ${expected}`)
}
