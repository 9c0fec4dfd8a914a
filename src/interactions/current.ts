/** What stands now of a resource that is to be changed, held against the condition that the client set. */
import { readJson } from '../fhir/digits.js'
import { fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { CurrentFact } from '../store/ports.js'
import type { Ask } from './write.js'

/** The resource as it stands; undefined when there is none (any more). */
export const standing = (fact: CurrentFact | null): Resource | undefined =>
  fact && !fact.deleted && fact.text ? (readJson(fact.text) as Resource) : undefined

/** Throws 412 when If-Match names another version. https://hl7.org/fhir/R4/http.html#concurrency */
export function refuseOther(
  { type, id, ifMatch }: Pick<Ask, 'type' | 'id' | 'ifMatch'>,
  fact: CurrentFact | null
): void {
  const version = fact?.deleted ? 0 : (fact?.version ?? 0)
  if (ifMatch !== undefined && ifMatch !== version)
    throw fhirError('conflict', `${type}/${id} is at version ${version}, not ${ifMatch}: read it again`, {
      status: 412,
      expression: 'If-Match'
    })
}
