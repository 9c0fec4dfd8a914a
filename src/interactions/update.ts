/** https://hl7.org/fhir/R4/http.html#update, with ids chosen by the client for what is new */
import { fhirError } from '../fhir/errors.js'
import { parseIfMatch } from '../fhir/etag.js'
import { isId } from '../fhir/id.js'
import { writtenAnswer } from './answer.js'
import { bodyOf } from './body.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { write } from './write.js'

export async function update(context: Context, type: string, id: string, request: FhirRequest): Promise<FhirResponse> {
  if (!isId(id)) throw fhirError('value', 'An id has 1 to 64 letters, digits, - and .', { expression: `${type}.id` })
  const resource = bodyOf(request, type)
  if (resource.id !== id)
    throw fhirError('invalid', `The resource's id must be ${id}, as in the URL`, { expression: `${type}.id` })
  const header = request.headers['if-match']
  const ifMatch = header === undefined ? {} : { ifMatch: parseIfMatch(header) }
  const { written, issues } = await write(context, [{ interaction: 'update', type, id, resource, ...ifMatch }])
  return writtenAnswer(context, request, written[0]!, issues)
}
