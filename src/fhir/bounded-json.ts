/** What JSON is taken from clients: not nested too deep for the walks over it, and no text that no database can store. */
import { fhirError } from './errors.js'

/** Deeper bodies are no resources, and the walks over them are recursive. */
export const MAX_DEPTH = 100

/** Reads by `read`. Throws FhirError 400 when the text is nested too deep or has half of a surrogate pair. */
export function parseBounded(text: string, read: (text: string) => unknown): unknown {
  if (depth(text) > MAX_DEPTH) throw tooDeep()
  const value = read(text)
  if (HALF_ESCAPED.test(text) && hasHalf(value))
    throw fhirError(
      'value',
      'A text has half of a surrogate pair (\\ud800 to \\udfff alone), which is no character: leave it out'
    )
  return value
}

/** Throws FhirError 400 when a value is nested too deep. */
export function refuseDeep(value: unknown, levels = MAX_DEPTH): void {
  if (value === null || typeof value !== 'object') return
  if (levels <= 0) throw tooDeep()
  for (const each of Object.values(value)) refuseDeep(each, levels - 1)
}

const tooDeep = () => fhirError('structure', `The body is nested deeper than ${MAX_DEPTH} levels`)

/** Only an escape can bring half a pair: the body was read as UTF-8. */
const HALF_ESCAPED = /\\u[dD][89a-fA-F]/

/** Whether a string or key has half of a surrogate pair: no database can store it. */
function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Cs}/u.test(value)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, each]) => hasHalf(key) || hasHalf(each))
}

/** Levels of nesting, by brackets outside of strings. By characters: patterns go wrong on megabytes of broken string. */
function depth(text: string): number {
  let deepest = 0
  let now = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++now)
    else if (character === '}' || character === ']') now--
  }
  return deepest
}

/** Position of the quote that ends the string that starts at `start`. */
export function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
