/** Australian registration, prescriber and provider numbers. The formats are those of AU Base where it sets one. */
import { ACCEPTED, refuse, type Verdict } from '../verdict.js'
import { endsWith } from './check-digit.js'

const weigh = (digits: string, weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * Number(digits[index]), 0)

/** Registration with Ahpra: three letters and ten digits (AU Base inv-ahpra). */
export function checkAhpra(value: string): Verdict {
  return /^[A-Z]{3}\d{10}$/.test(value)
    ? ACCEPTED
    : refuse('Ahpra registration number needs three capital letters and ten digits, such as MED0001234567')
}

/**
 * PBS prescriber number: a stem of six digits and a check digit. No official text states the formula, so that the
 * table of rules makes this a warning. Stems with remainder 10 (modulo 11) have no check digit.
 */
export function checkPrescriberNumber(value: string): Verdict {
  const name = 'PBS prescriber number'
  if (!/^\d{7}$/.test(value)) return refuse(`${name} needs seven digits`)
  const digit = value.startsWith('0') ? weigh(value, [0, 5, 8, 4, 2, 1]) % 11 : weigh(value, [1, 3, 7, 9, 1, 3]) % 10
  return digit < 10
    ? endsWith(name, value, String(digit))
    : refuse(`${name} cannot begin with ${value.slice(0, -1)}: no check digit exists for it`)
}

const LOCATIONS = '0123456789ABCDEFGHJKLMNPQRTUVWXY'
const PROVIDER_CHECKS = 'YXWTLKJHFBA'

/** Medicare provider number: a stem of six digits, a practice location character and a check letter. */
export function checkProviderNumber(value: string): Verdict {
  const name = 'Medicare provider number'
  const match = /^(\d{6})([0-9A-Y])([A-Z])$/.exec(value)
  const location = LOCATIONS.indexOf(match?.[2] ?? '-')
  if (!match || location < 0)
    return refuse(`${name} needs six digits, a location character (0-9, A-Y without I, O, S) and a check letter`)
  return endsWith(name, value, PROVIDER_CHECKS.charAt((weigh(value, [3, 5, 8, 4, 2, 1]) + location * 6) % 11))
}
