/** Weak ETags of versions. https://hl7.org/fhir/R4/http.html#concurrency */
import { fhirError } from './errors.js'

export const etag = (version: number | string): string => `W/"${version}"`

/** The version that an If-Match header names. Throws 400 when it is not of the form `W/"3"`. */
export function parseIfMatch(header: string): number {
  const match = /^(?:W\/)?"(\d+)"$/.exec(header.trim())
  if (!match) throw fhirError('invalid', `If-Match must look like W/"3", not ${header}`, { expression: 'If-Match' })
  return Number(match[1])
}
