/** The query string as text: pairs, the comma of OR, and the escapes. https://hl7.org/fhir/R4/search.html#escaping */
import { fhirError } from '../fhir/errors.js'

/** Name and value of each parameter, decoded, in order. Throws 400 `invalid` for what is no UTF-8 percent-encoding. */
export function splitQuery(query: string): [string, string][] {
  return query
    .replace(/^\?/, '')
    .split('&')
    .filter(pair => pair !== '')
    .map(pair => {
      const at = pair.indexOf('=')
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
    })
}

function decode(text: string): string {
  const decoded = percentDecode(text.replaceAll('+', ' '))
  if (decoded === undefined || (!ASCII.test(decoded) && /[\0\p{Cs}]/u.test(decoded))) {
    throw fhirError('invalid', `The query string is not percent-encoded UTF-8 without NUL: ${text.slice(0, 60)}`)
  }
  return decoded
}

const ASCII = /^[ -~]*$/

function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Pairs as a query string; `:`, `,` and `/` stay readable. */
export function joinQuery(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}

const encode = (text: string): string => text.replace(NOT_PLAIN, encodeURIComponent)

/** What encoding changes, and a few signs more. */
const NOT_PLAIN = /[^\w.:,/~-]+/g

/** Cuts at unescaped separators; the pieces keep their escapes. At most `limit` pieces: the last takes the rest. */
export function splitEscaped(text: string, separator: ',' | '|' | '$', limit = Infinity): string[] {
  const pieces: string[] = []
  let start = 0
  for (let at = 0; at < text.length && pieces.length < limit - 1; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === separator) {
      pieces.push(text.slice(start, at))
      start = at + 1
    }
  }
  return [...pieces, text.slice(start)]
}

/** Takes the escapes out: `\,` `\|` `\$` `\\`. Any other backslash stands for itself. */
export const unescape = (text: string): string => text.replace(/\\([,|$\\])/g, '$1')
