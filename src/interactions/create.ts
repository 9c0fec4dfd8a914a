/** https://hl7.org/fhir/R4/http.html#create, and #ccreate: not when something matches If-None-Exist already */
import { v7 as newId } from 'uuid'
import { writtenAnswer } from './answer.js'
import { bodyOf } from './body.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { write } from './write.js'

export async function create(context: Context, type: string, request: FhirRequest): Promise<FhirResponse> {
  const query = request.headers['if-none-exist']
  const resource = bodyOf(request, type)
  const ask = { interaction: 'create' as const, type, id: newId(), resource, ...(query !== undefined && { query }) }
  const { written, issues } = await write(context, [ask])
  return writtenAnswer(context, request, written[0]!, issues)
}
