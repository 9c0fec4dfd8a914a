/** Batch Bundles: each entry by itself, its status its own. https://hl7.org/fhir/R4/http.html#transaction */
import type { Resource } from '../fhir/types.js'
import { entriesOf, entryRequest, entryText } from './bundle-entry.js'
import type { Answer, Context, FhirRequest, FhirResponse } from './context.js'
import { bundleText } from './search-type.js'

export async function batch(
  context: Context,
  bundle: Resource,
  { headers }: Pick<FhirRequest, 'headers'>,
  answer: Answer
): Promise<FhirResponse> {
  const texts: string[] = []
  for (const entry of entriesOf(context, bundle))
    texts.push(await entryText(context, entry, () => answer(context, entryRequest(entry, headers))))
  return { status: 200, headers: {}, body: bundleText({ resourceType: 'Bundle', type: 'batch-response' }, texts) }
}
