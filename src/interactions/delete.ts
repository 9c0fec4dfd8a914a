/** https://hl7.org/fhir/R4/http.html#delete: idempotent, and the row stays as a version that says so */
import { etag, parseIfMatch } from '../fhir/etag.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { write } from './write.js'

export async function remove(context: Context, type: string, id: string, request: FhirRequest): Promise<FhirResponse> {
  const header = request.headers['if-match']
  const ifMatch = header === undefined ? {} : { ifMatch: parseIfMatch(header) }
  const { written } = await write(context, [{ interaction: 'delete', type, id, ...ifMatch }])
  return { status: 204, headers: written[0] ? { ETag: etag(written[0].version) } : {} }
}
