/** Comparing values with fixed values and patterns. https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_ */
import { isObject, type JsonObject } from '../context.js'
import type { Step } from '../path.js'

/** True when both are the same JSON value, whatever the order of keys. */
export function equals(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equals(item, b[i]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => equals(a[key], b[key]))
}

/** True when the value has at least what the pattern has. */
export const fits = (value: unknown, pattern: unknown): boolean => misfit(value, pattern) === undefined

/** Where the value first lacks what the pattern has; undefined when it fits. The deepest place that is certain. */
export function misfit(value: unknown, pattern: unknown): Step[] | undefined {
  if (Array.isArray(pattern)) return arrayMisfit(value, pattern)
  if (isObject(pattern)) return isObject(value) ? objectMisfit(value, pattern) : []
  return value === pattern ? undefined : []
}

function objectMisfit(value: JsonObject, pattern: JsonObject): Step[] | undefined {
  for (const key in pattern) {
    const deeper = misfit(value[key], pattern[key])
    if (deeper) return [key, ...deeper]
  }
  return undefined
}

/** Each item of the pattern is found somewhere; with one item on both sides the place is inside of it. */
function arrayMisfit(value: unknown, pattern: unknown[]): Step[] | undefined {
  if (!Array.isArray(value)) return []
  const missing = pattern.find(part => !value.some(item => fits(item, part)))
  if (missing === undefined) return undefined
  return value.length === 1 && pattern.length === 1 ? [0, ...misfit(value[0], missing)!] : []
}
