/** Constraints of the profiles that are shipped. */
import type { JsonObject } from '../json.js'
import { has } from './reading.js'
import type { NativeInvariant } from './rule.js'

/** What US Core writes for a digit in an even place of the NPI, and for one in an odd place. */
const doubled = (at: number): string =>
  `(select(value.substring(${at},1).toInteger()).select(iif($this<5, $this*2, (($this*2)-9))))`
const plain = (at: number): string => `(value.substring(${at},1).toInteger())`
const CHECK_DIGIT = `(${[0, 2, 4, 6, 8].map(at => `${doubled(at)}+${plain(at + 1)}`).join('+')} + 24)mod 10=0)`

/**
 * Luhn's sum over 80840 and the ten digits; the prefix adds 24.
 * https://www.cms.gov/Regulations-and-Guidance/Administrative-Simplification/NationalProvIdentStand
 */
function hasNpiCheckDigit({ value }: JsonObject): boolean {
  if (typeof value !== 'string' || !/^[0-9]{10}$/.test(value)) return true // us-core-16 speaks
  let sum = 24
  for (let i = 0; i < 10; i++) {
    const digit = value.charCodeAt(i) - 48
    sum += i % 2 === 1 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9
  }
  return sum % 10 === 0
}

/** `value.matches(...)` of an empty collection is empty, which is no failure. */
const matches =
  (pattern: RegExp) =>
  ({ value }: JsonObject): boolean =>
    typeof value !== 'string' || pattern.test(value)

export const PROFILES: NativeInvariant[] = [
  { key: 'us-core-16', expression: "value.matches('^[0-9]{10}$')", holds: matches(/^[0-9]{10}$/), at: 'value' },
  { key: 'us-core-17', expression: `(${CHECK_DIGIT}`, holds: hasNpiCheckDigit, at: 'value' },
  {
    key: 'us-core-18',
    expression: "value.matches('^[0-9]{2}D[0-9]{7}$')",
    holds: matches(/^[0-9]{2}D[0-9]{7}$/),
    at: 'value'
  },
  { key: 'us-core-19', expression: "value.matches('^[0-9]{5}$')", holds: matches(/^[0-9]{5}$/), at: 'value' },
  {
    key: 'us-core-13',
    expression: 'practitioner.exists() or organization.exists() or healthcareService.exists() or location.exists()',
    holds: (node: JsonObject) =>
      ['practitioner', 'organization', 'healthcareService', 'location'].some(name => has(node, name))
  },
  {
    key: 'pd-1',
    expression: 'telecom.exists() or endpoint.exists()',
    holds: (node: JsonObject) => has(node, 'telecom') || has(node, 'endpoint')
  },
  {
    key: 'tenant-1',
    expression: "value.matches('^[a-z][a-z0-9-]{1,62}$')",
    holds: matches(/^[a-z][a-z0-9-]{1,62}$/),
    at: 'value'
  },
  {
    key: 'hg-user-1',
    expression: "code.coding.where(system = 'https://www.healthgorilla.com/administrative-role').exists()",
    holds: ({ code }: JsonObject) => codings(code).some(({ system }) => system === ADMINISTRATIVE_ROLE)
  }
]

const ADMINISTRATIVE_ROLE = 'https://www.healthgorilla.com/administrative-role'

function codings(concepts: unknown): JsonObject[] {
  const all = Array.isArray(concepts) ? (concepts as (JsonObject | null)[]) : []
  return all
    .flatMap(concept => (Array.isArray(concept?.coding) ? (concept.coding as JsonObject[]) : []))
    .filter(Boolean)
}
