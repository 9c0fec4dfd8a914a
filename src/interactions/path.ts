/** Paths below the base as clients write them, in HTTP and in entries of Bundles alike. https://www.rfc-editor.org/rfc/rfc3986#section-3.3 */
import { fhirError, type FhirError } from '../fhir/errors.js'

/** Path and raw query. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

/** The path decoded, without the slashes around it. Throws FhirError 400 for bad encoding, 404 for an encoded slash or control. */
export function decodedPath(raw: string): string {
  const segments = raw
    .replace(/^\/|\/$/g, '')
    .split('/')
    .map(decoded)
  if (segments.some(segment => /[/\p{Cc}]/u.test(segment)))
    throw fhirError('not-found', 'There is nothing at this path')
  return segments.join('/')
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badlyEncoded()
  }
}

export const badlyEncoded = (): FhirError =>
  fhirError('invalid', 'The path is not encoded well: % must be followed by two hexadecimal digits')
