/** Systems of identifiers and codes are absolute. https://hl7.org/fhir/R4/datatypes-definitions.html#Identifier.system */
import type { Context, JsonObject } from './context.js'
import type { Fault } from './issue.js'

/** Types whose values have a system. */
export const HAVE_SYSTEM = new Set([
  'Identifier',
  'Coding',
  'Quantity',
  'Age',
  'Distance',
  'Duration',
  'Count',
  'SimpleQuantity'
])
const RELATIVE: Fault = {
  ...{ stage: 'rule', rule: 'system-absolute', code: 'value' },
  text: 'A system is an absolute URI, such as http://example.org/ids or urn:oid:2.16.840.1.113883.'
}
const NO_URI: Fault = {
  ...{ severity: 'warning', stage: 'rule', rule: 'identifier-uri', code: 'value' },
  text: 'The system urn:ietf:rfc:3986 says that the value is a URI, such as urn:oid:2.16.840.1.113883.'
}

/** Checks the `system` of the value at the path. */
export function checkSystem({ system, value }: JsonObject, ctx: Context): void {
  if (typeof system !== 'string') return
  if (system.indexOf(':') < 1 && !/\s|^$/.test(system)) return ctx.reportAt(RELATIVE, 'system')
  if (system === 'urn:ietf:rfc:3986' && typeof value === 'string' && !value.includes(':')) ctx.reportAt(NO_URI, 'value')
}
