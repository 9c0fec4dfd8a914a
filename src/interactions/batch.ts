/** Batch Bundles: each entry by itself, its status its own. https://hl7.org/fhir/R4/http.html#transaction */
import { FhirError } from '../fhir/errors.js'
import { outcome } from '../fhir/outcome.js'
import type { Resource } from '../fhir/types.js'
import { entriesOf, entryRequest } from './bundle-entry.js'
import type { Context, FhirResponse } from './context.js'
import { bundleText } from './search-type.js'
import type { Answer } from './transaction.js'

export async function batch(context: Context, bundle: Resource, answer: Answer): Promise<FhirResponse> {
  const texts: string[] = []
  for (const entry of entriesOf(context, bundle))
    texts.push(await entryText(() => answer(context, entryRequest(entry))))
  return { status: 200, headers: {}, body: bundleText({ resourceType: 'Bundle', type: 'batch-response' }, texts) }
}

async function entryText(answer: () => Promise<FhirResponse>): Promise<string> {
  try {
    const { status, headers, body } = await answer()
    const response = {
      status: String(status),
      ...(headers.Location && { location: headers.Location }),
      ...(headers.ETag && { etag: headers.ETag })
    }
    const text = typeof body === 'object' ? JSON.stringify(body) : body
    return `{${text ? `"resource":${text},` : ''}"response":${JSON.stringify(response)}}`
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
    return JSON.stringify({ response: { status: String(error.status), outcome: outcome(error.issues) } })
  }
}
