/**
 * Australia's healthcare provider identifiers: 16 digits, a prefix, Luhn over all of them.
 * AU Base au-hpii (inv-hpii-0 to 2) and au-hpio: https://build.fhir.org/ig/hl7au/au-fhir-base/
 */
import { refuse, type Verdict } from '../verdict.js'
import { endsWith, luhnDigit } from './check-digit.js'

const hpi =
  (name: string, prefix: string) =>
  (value: string): Verdict => {
    if (!/^\d{16}$/.test(value)) return refuse(`${name} needs 16 digits, without blanks`)
    if (!value.startsWith(prefix)) return refuse(`${name} starts with ${prefix}`)
    return endsWith(name, value, luhnDigit(value.slice(0, -1)))
  }

/** Of an individual. */
export const checkHpiI = hpi('HPI-I', '800361')

/** Of an organization. */
export const checkHpiO = hpi('HPI-O', '800362')
