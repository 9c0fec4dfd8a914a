/**
 * Decimals keep the digits they were written with: 1.50 is not 1.5 (https://hl7.org/fhir/R4/datatypes.html#decimal).
 * JavaScript's numbers forget them. So an object that holds such a number remembers its text, under a symbol that neither
 * JSON nor loops over keys see, and which counts only while it still means the number that stands there.
 */
import { randomUUID } from 'node:crypto'

const DIGITS = Symbol('digits')

interface Holder {
  [DIGITS]?: Record<string, string>
}

/** Stands before digits that travel through JSON as a string. Nobody outside can know it. */
const MARK = randomUUID()
const MARKED = new RegExp(`"${MARK}([^"]*)"`, 'g')

/** Finds a number that JavaScript might write otherwise; a few that it would not, too, since strings are searched as well. */
const SUSPECT = /[[:,]\s*-?(?:\d+\.\d*0(?!\d)|[\d.]{16}|[\d.]+[eE]|0(?![\d.]))/
/** Longer ones are beyond what Postgres takes, or what anybody measures. */
const KEPT = /^[^eE]{1,40}(?:[eE][+-]?\d{1,3})?$/
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** JSON.parse that remembers digits. Throws as it does. */
export function readJson(text: string): unknown {
  const plain: unknown = JSON.parse(text)
  if (!SUSPECT.test(text)) return plain
  const told = text.replace(TOKENS, token => (isForgotten(token) ? `"${MARK}${token}"` : token))
  return told === text ? plain : JSON.parse(told, remember)
}

/** What JavaScript would write otherwise, and the database can hold. */
const isForgotten = (token: string): boolean =>
  !token.startsWith('"') && KEPT.test(token) && isFinite(Number(token)) && String(Number(token)) !== token

function remember(this: Holder, key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return value
  const digits = value.slice(MARK.length)
  ;(this[DIGITS] ??= {})[key] = digits
  return Number(digits)
}

/** JSON.stringify that writes remembered digits. */
export const writeJson = (value: unknown): string =>
  remembers(value) ? JSON.stringify(value, mark).replace(MARKED, '$1') : JSON.stringify(value)

/** A copy for whoever copies by key: what has remembered digits is a string in it, until `unmarked`. */
export const marked = (value: unknown): unknown =>
  remembers(value) ? JSON.parse(JSON.stringify(value, mark)) : copyJson(value)

/** The way back from `marked`. */
export const unmarked = (value: unknown): unknown => JSON.parse(JSON.stringify(value), remember)

function mark(this: Holder, key: string, each: unknown): unknown {
  const digits = typeof each === 'number' ? digitsAt(this, key) : undefined
  return digits !== undefined && Number(digits) === each ? MARK + digits : each
}

/** The text of the number at a key, when it is not as JavaScript writes it. */
export const digitsAt = (holder: object | undefined, key: string): string | undefined =>
  (holder as Holder | undefined)?.[DIGITS]?.[key]

/** Whether a number within has digits to remember. */
export function remembers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return DIGITS in value || Object.values(value).some(remembers)
}

/** A deep copy of JSON, digits and all. */
export function copyJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  const copied: Holder & object = Array.isArray(value)
    ? value.map(copyJson)
    : Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyJson(each)]))
  const digits = (value as Holder)[DIGITS]
  if (digits) copied[DIGITS] = { ...digits }
  return copied as T
}
