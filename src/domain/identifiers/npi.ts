/**
 * The United States' National Provider Identifier: ten digits, the first 1 or 2, Luhn over `80840` and the number.
 * https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand
 */
import { refuse, type Verdict } from '../verdict.js'
import { endsWith, luhnDigit } from './check-digit.js'

export function checkNpi(value: string): Verdict {
  if (!/^\d{10}$/.test(value)) return refuse('NPI needs ten digits')
  if (!/^[12]/.test(value)) return refuse('NPI starts with 1 or 2')
  return endsWith('NPI', value, luhnDigit(`80840${value.slice(0, -1)}`))
}
