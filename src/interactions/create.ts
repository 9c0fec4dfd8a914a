/** https://hl7.org/fhir/R4/http.html#create */
import { v7 as newId } from 'uuid'
import { fhirError } from '../fhir/errors.js'
import { writtenAnswer } from './answer.js'
import { bodyOf } from './body.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { write } from './write.js'

export async function create(context: Context, type: string, request: FhirRequest): Promise<FhirResponse> {
  if (request.headers['if-none-exist'] !== undefined)
    throw fhirError('not-supported', 'If-None-Exist is not supported yet: search first', {
      expression: 'If-None-Exist'
    })
  const resource = bodyOf(request, type)
  const { written, issues } = await write(context, [{ interaction: 'create', type, id: newId(), resource }])
  return writtenAnswer(context, request, written[0]!, issues)
}
