/** Constraints of the data types. https://hl7.org/fhir/R4/datatypes.html */
import { isAfter } from '../calendar.js'
import { isObject, type JsonObject } from '../json.js'
import { PRIMITIVES } from '../primitives.js'
import { has, implies } from './reading.js'
import type { NativeInvariant } from './rule.js'

const UCUM = 'http://unitsofmeasure.org'
const isDateTime = (value: unknown): value is string => typeof value === 'string' && !PRIMITIVES.dateTime!(value)

export const DATATYPES: NativeInvariant[] = [
  {
    key: 'per-1',
    expression: 'start.hasValue().not() or end.hasValue().not() or (start <= end)',
    holds: ({ start, end }: JsonObject) => !(isDateTime(start) && isDateTime(end) && isAfter(start, end))
  },
  {
    key: 'cpt-2',
    expression: 'value.empty() or system.exists()',
    holds: (node: JsonObject) => !has(node, 'value') || has(node, 'system')
  },
  {
    key: 'qty-3',
    expression: 'code.empty() or system.exists()',
    holds: (node: JsonObject) => !has(node, 'code') || has(node, 'system')
  },
  { key: 'sqt-1', expression: 'comparator.empty()', holds: (node: JsonObject) => !has(node, 'comparator') },
  {
    key: 'att-1',
    expression: 'data.empty() or contentType.exists()',
    holds: (node: JsonObject) => !has(node, 'data') || has(node, 'contentType')
  },
  {
    key: 'rat-1',
    expression: '(numerator.empty() xor denominator.exists()) and (numerator.exists() or extension.exists())',
    holds: (node: JsonObject) =>
      has(node, 'numerator') === has(node, 'denominator') && (has(node, 'numerator') || has(node, 'extension'))
  },
  {
    key: 'drt-1',
    expression: 'code.exists() implies ((system = %ucum) and value.exists())',
    holds: (node: JsonObject) => implies(has(node, 'code'), node.system === UCUM && has(node, 'value'))
  },
  {
    key: 'rng-2',
    expression: 'low.empty() or high.empty() or (low <= high)',
    holds: ({ low, high }: JsonObject) => !isObject(low) || !isObject(high) || !isGreater(low, high)
  }
]

/** Quantities compare when their units are the same. */
function isGreater(a: JsonObject, b: JsonObject): boolean {
  const sameUnit = a.system === b.system && a.code === b.code && (a.code !== undefined || a.unit === b.unit)
  return sameUnit && typeof a.value === 'number' && typeof b.value === 'number' && a.value > b.value
}
