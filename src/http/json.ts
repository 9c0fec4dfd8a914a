/** JSON text in, with the place of an error; JSON text out, indented. */
import { printParseErrorCode, visit, type ParseErrorCode } from 'jsonc-parser'
import { readJson } from '../fhir/digits.js'
import { fhirError } from '../fhir/errors.js'
import { endOfString, parseBounded } from '../fhir/bounded-json.js'

/** Throws FhirError 400 with line and column when the text is not JSON, and when it is beyond what is taken. */
export const parseJson = (text: string): unknown => parseBounded(text, read)

function read(text: string): unknown {
  try {
    return readJson(text)
  } catch {
    throw broken(placeOfError(text))
  }
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
