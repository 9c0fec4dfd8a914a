/** The body of a write as a resource of the type that the path names. */
import { fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import { refuseDuplicateKeys } from './validate.js'
import type { FhirRequest } from './context.js'

/** Throws 400 when there is none, or one of another type. */
export function bodyOf({ body, text }: Pick<FhirRequest, 'body' | 'text'>, type: string): Resource {
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw fhirError('required', `Send a ${type} as JSON in the body`)
  const resource = body as Resource
  if (resource.resourceType !== type)
    throw fhirError('invalid', `resourceType must be ${type}, not ${JSON.stringify(resource.resourceType ?? null)}`, {
      expression: 'resourceType'
    })
  if (text !== undefined) refuseDuplicateKeys(text, type)
  return resource
}
