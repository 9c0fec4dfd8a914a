/** Reading JSON the way FHIRPath does. */
import { isObject, type JsonObject } from '../json.js'

/** `element.exists()`: a primitive exists also when it has extensions only. */
export const has = (node: JsonObject, name: string): boolean =>
  node[name] !== undefined || node[`_${name}`] !== undefined

/** `value.exists()` of a choice element. */
export function hasChoice(node: JsonObject, name: string): boolean {
  for (const key in node) {
    const at = key.charCodeAt(0) === 95 ? 1 : 0
    if (key.startsWith(name, at) && isCapital(key.charCodeAt(at + name.length))) return true
  }
  return false
}

const isCapital = (char: number): boolean => char >= 65 && char <= 90

/** The objects of a repeating element. */
export function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Whether all objects of a repeating element pass a test. */
export function everyObject(value: unknown, test: (item: JsonObject) => boolean): boolean {
  if (!Array.isArray(value)) return true
  for (const item of value as unknown[]) if (isObject(item) && !test(item)) return false
  return true
}

export const count = (value: unknown): number => (Array.isArray(value) ? value.length : value === undefined ? 0 : 1)

/** `a implies b` */
export const implies = (a: boolean, b: boolean): boolean => !a || b
