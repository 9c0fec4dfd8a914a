/** https://hl7.org/fhir/R4/http.html#update, with ids chosen by the client for what is new; and #cond-update, without id */
import { v7 as newId } from 'uuid'
import { fhirError } from '../fhir/errors.js'
import { ID_WORDS, isId } from '../fhir/id.js'
import type { Resource } from '../fhir/types.js'
import { writtenAnswer } from './answer.js'
import type { Ask } from './ask.js'
import { bodyOf } from './body.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { preconditionOf } from './current.js'
import { SUBSETTED } from './subset.js'
import { write } from './write.js'

export async function update(
  context: Context,
  type: string,
  id: string | undefined,
  request: FhirRequest
): Promise<FhirResponse> {
  const resource = bodyOf(request, type)
  const ask = updateOf(type, id, request.query, resource)
  const { written, issues } = await write(context, [{ ...ask, ...preconditionOf(request.headers) }])
  return writtenAnswer(context, request, written[0]!, issues)
}

/** `id` absent: `query` names what is updated. Throws FhirError 400 for an id that is none or another one. */
export function updateOf(type: string, id: string | undefined, query: string, resource: Resource, at?: string): Ask {
  const expression = `${at ?? type}.id`
  const own = id ?? resource.id
  if (own !== undefined && (typeof own !== 'string' || !isId(own)))
    throw fhirError('value', ID_WORDS.replace('an', 'An'), { expression })
  if (id !== undefined && resource.id !== id)
    throw fhirError('invalid', `The resource's id must be ${id}, as in the URL`, { expression })
  const tags = Array.isArray(resource.meta?.tag) ? resource.meta.tag : []
  if (tags.some(tag => tag?.code === SUBSETTED.code && tag.system === SUBSETTED.system))
    throw fhirError('business-rule', 'This is a part of a resource (tag SUBSETTED): read the whole, or send a patch', {
      expression: `${at ?? type}.meta.tag`
    })
  return {
    interaction: 'update',
    type,
    id: own ?? newId(),
    resource,
    ...(id === undefined && { query }),
    ...(at !== undefined && { at })
  }
}
