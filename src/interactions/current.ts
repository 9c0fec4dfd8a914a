/** What stands now of a resource that is to be changed, held against the condition that the client set. */
import { readJson } from '../fhir/digits.js'
import { fhirError, type FhirError } from '../fhir/errors.js'
import { parseIfMatch } from '../fhir/etag.js'
import type { Resource } from '../fhir/types.js'
import type { CurrentFact } from '../store/ports.js'
import type { FhirRequest } from './context.js'

/** Which version must stand (`*`: any), or that none may. https://hl7.org/fhir/R4/http.html#concurrency */
export interface Precondition {
  ifMatch?: number | '*'
  ifNoneMatch?: '*'
}

/** Of the headers of a write. Throws 400 when they cannot be read. */
export function preconditionOf(headers: FhirRequest['headers']): Precondition {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = headers
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== '*')
    throw fhirError('invalid', 'If-None-Match of a write must be *: nothing may stand there', {
      expression: 'If-None-Match'
    })
  return {
    ...(ifMatch !== undefined && { ifMatch: parseIfMatch(ifMatch) }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch: '*' as const })
  }
}

/** The resource as it stands; undefined when there is none (any more). */
export const standing = (fact: CurrentFact | null): Resource | undefined =>
  fact && !fact.deleted && fact.text ? (readJson(fact.text) as Resource) : undefined

const HEADERS = { ifMatch: 'If-Match', ifNoneMatch: 'If-None-Match' } as const

/** Throws 412 when something else stands than the client wants. */
export function refuseOther(
  { type, id, at, ifMatch, ifNoneMatch }: Precondition & { type: string; id: string; at?: string },
  fact: CurrentFact | null
): void {
  const version = fact?.deleted ? 0 : (fact?.version ?? 0)
  const failed = (text: string, header: keyof typeof HEADERS): FhirError =>
    fhirError('conflict', text, {
      status: 412,
      expression: at?.replace(/resource$/, `request.${header}`) ?? HEADERS[header]
    })
  if (ifNoneMatch && version > 0) throw failed(`${type}/${id} exists already`, 'ifNoneMatch')
  if (ifMatch === undefined || ifMatch === version) return
  if (version === 0) throw failed(`There is no ${id ? `${type}/${id}` : type} that If-Match could match`, 'ifMatch')
  if (ifMatch !== '*') throw failed(`${type}/${id} is at version ${version}, not ${ifMatch}: read it again`, 'ifMatch')
}
