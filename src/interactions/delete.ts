/** https://hl7.org/fhir/R4/http.html#delete: idempotent, and the row stays as a version that says so; by criteria one at a time */
import { etag } from '../fhir/etag.js'
import { outcome } from '../fhir/outcome.js'
import { information } from './answer.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { preconditionOf } from './current.js'
import { preferredReturn } from './preference.js'
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
  const gone = written[0]
  const answer: FhirResponse = { status: 204, headers: gone ? { ETag: etag(gone.version) } : {} }
  if (preferredReturn(headers) !== 'OperationOutcome') return answer
  const told = [information(gone ? `${type}/${gone.id} was deleted` : 'There was nothing to delete')]
  return { ...answer, status: 200, body: outcome(told), notes: told }
}
