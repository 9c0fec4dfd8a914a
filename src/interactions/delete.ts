/** https://hl7.org/fhir/R4/http.html#delete: idempotent, and the row stays as a version that says so; by criteria one at a time */
import { etag } from '../fhir/etag.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { preconditionOf } from './current.js'
import { write } from './write.js'

/** `id` absent: the query names what is deleted. */
export async function remove(
  context: Context,
  type: string,
  id: string | undefined,
  { query, headers }: FhirRequest
): Promise<FhirResponse> {
  const named = id === undefined ? { id: '', query } : { id }
  const { written } = await write(context, [{ interaction: 'delete', type, ...named, ...preconditionOf(headers) }])
  return { status: 204, headers: written[0] ? { ETag: etag(written[0].version) } : {} }
}
