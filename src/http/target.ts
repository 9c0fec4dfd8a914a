/** Request targets: what stands between method and version in the request line. */
import { fhirError, type FhirError } from '../fhir/errors.js'

/** Path and raw query. */
export function splitTarget(target: string): { path: string; query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

export const badlyEncoded = (): FhirError =>
  fhirError('invalid', 'The path is not encoded well: % must be followed by two hexadecimal digits')
