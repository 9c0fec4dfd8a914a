/** Weak ETags of versions. https://hl7.org/fhir/R4/http.html#concurrency */
import { fhirError } from './errors.js'

export const etag = (version: number | string): string => `W/"${version}"`

/** The version that an If-Match header names, or `*` for any. Throws 400 when it is not of the form `W/"3"`. */
export function parseIfMatch(header: string): number | '*' {
  if (header.trim() === '*') return '*'
  const match = /^(?:W\/)?"(\d+)"$/.exec(header.trim())
  if (!match)
    throw fhirError('invalid', `If-Match must be * or look like W/"3", not ${header}`, { expression: 'If-Match' })
  return Number(match[1])
}

/** Whether a text can be one of our versions: whole numbers from 1. */
export const isVersion = (text: string): boolean => /^[1-9]\d{0,14}$/.test(text)
