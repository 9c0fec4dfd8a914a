/** JSON text in, with the place of an error; JSON text out, indented. */
import { printParseErrorCode, visit, type ParseErrorCode } from 'jsonc-parser'
import { readJson } from '../fhir/digits.js'
import { fhirError } from '../fhir/errors.js'

/** Deeper bodies are no resources, and the walks over them are recursive. */
const MAX_DEPTH = 100

/** Throws FhirError 400 with line and column when the text is not JSON, and when it is nested too deep. */
export function parseJson(text: string): unknown {
  if (depth(text) > MAX_DEPTH) throw fhirError('structure', `The body is nested deeper than ${MAX_DEPTH} levels`)
  const value = read(text)
  if (HALF_ESCAPED.test(text) && hasHalf(value))
    throw fhirError(
      'value',
      'A text has half of a surrogate pair (\\ud800 to \\udfff alone), which is no character: leave it out'
    )
  return value
}

function read(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    throw broken(placeOfError(text))
  }
}

/** Only an escape can bring half a pair: the body was read as UTF-8. */
const HALF_ESCAPED = /\\u[dD][89a-fA-F]/

/** Whether a string or key has half of a surrogate pair: no database can store it. */
function hasHalf(value: unknown): boolean {
  if (typeof value === 'string') return /\p{Cs}/u.test(value)
  if (value === null || typeof value !== 'object') return false
  return Object.entries(value).some(([key, each]) => hasHalf(key) || hasHalf(each))
}

const broken = (place: string) => fhirError('invalid', `The body is not valid JSON${place}`)

/** Where the text stops being JSON: looked for only after JSON.parse, which is fast but does not say it, refused. */
function placeOfError(text: string): string {
  try {
    visit(text, { onError: stop }, { disallowComments: true })
    return ''
  } catch (found) {
    if (found instanceof Found) return found.message
    throw found
  }
}

class Found extends Error {}

/** The first error is the one to mend; a long text would go on to thousands. */
function stop(code: ParseErrorCode, _offset: number, _length: number, line: number, column: number): never {
  const what = printParseErrorCode(code).replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter}`)
  throw new Found(`: line ${line + 1}, column ${column + 1}: ${what.toLowerCase()}`)
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
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** The same JSON with line breaks. It works on the text, since numbers such as 1.00 would not survive being parsed. */
export function indentJson(text: string): string {
  let level = 0
  let out = ''
  const line = () => `\n${'  '.repeat(level)}`
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') {
      const end = endOfString(text, at)
      out += text.slice(at, end + 1)
      at = end
    } else if (character === '{' || character === '[') {
      const next = skipBlanks(text, at + 1)
      const empty = text[next] === '}' || text[next] === ']'
      if (!empty) level++
      out += empty ? character + text[next] : character + line()
      if (empty) at = next
    } else if (character === '}' || character === ']') {
      level--
      out += line() + character
    } else if (character === ',') out += character + line()
    else if (character === ':') out += ': '
    else if (!/\s/.test(character)) out += character
  }
  return out
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && /\s/.test(text[at]!)) at++
  return at
}
