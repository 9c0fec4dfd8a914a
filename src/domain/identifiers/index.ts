/** Which identifier systems have rules, and how much a broken rule weighs until a tenant says otherwise. */
import type { Verdict } from '../verdict.js'
import { checkAhpra, checkPrescriberNumber, checkProviderNumber } from './australia.js'
import { checkHpiI, checkHpiO } from './hpi.js'
import { checkNpi } from './npi.js'

export type Severity = 'error' | 'warn' | 'off'

export interface IdentifierRule {
  check(value: string): Verdict
  severity: Severity
}

export const NPI_SYSTEM = 'http://hl7.org/fhir/sid/us-npi'
export const HPI_I_SYSTEM = 'http://ns.electronichealth.net.au/id/hi/hpii/1.0'
export const HPI_O_SYSTEM = 'http://ns.electronichealth.net.au/id/hi/hpio/1.0'
export const AHPRA_SYSTEM = 'http://hl7.org.au/id/ahpra-registration-number'
export const PRESCRIBER_SYSTEM = 'http://ns.electronichealth.net.au/id/medicare-prescriber-number'
export const PROVIDER_NUMBER_SYSTEM = 'http://ns.electronichealth.net.au/id/medicare-provider-number'

export const identifierRules: ReadonlyMap<string, IdentifierRule> = new Map([
  [NPI_SYSTEM, { check: checkNpi, severity: 'error' }],
  [HPI_I_SYSTEM, { check: checkHpiI, severity: 'error' }],
  [HPI_O_SYSTEM, { check: checkHpiO, severity: 'error' }],
  [AHPRA_SYSTEM, { check: checkAhpra, severity: 'error' }],
  [PRESCRIBER_SYSTEM, { check: checkPrescriberNumber, severity: 'warn' }],
  [PROVIDER_NUMBER_SYSTEM, { check: checkProviderNumber, severity: 'error' }]
])

/**
 * What is wrong with an identifier, or undefined. `severities` are the tenant's own, by system; systems without a rule
 * are never wrong.
 */
export function identifierFault(
  system: string,
  value: string,
  severities: Readonly<Record<string, Severity>> = {}
): { severity: 'error' | 'warn'; reason: string } | undefined {
  const rule = identifierRules.get(system)
  if (!rule) return undefined
  const severity = severities[system] ?? rule.severity
  if (severity === 'off') return undefined
  const verdict = rule.check(value)
  return verdict.ok ? undefined : { severity, reason: verdict.reason }
}
