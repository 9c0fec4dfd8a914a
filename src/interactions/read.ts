/** https://hl7.org/fhir/R4/http.html#read */
import { fhirError } from '../fhir/errors.js'
import { isId } from '../fhir/id.js'
import { sourceOf } from '../search/registry.js'
import type { StoredDocument } from '../store/ports.js'
import { documentAnswer } from './answer.js'
import type { Context, FhirResponse } from './context.js'

export async function read(context: Context, type: string, id: string): Promise<FhirResponse> {
  const document = isId(id) ? await find(context, type, id) : undefined
  if (!document) throw fhirError('not-found', `There is no ${type}/${id}`)
  if (document.deleted)
    throw fhirError('deleted', `${type}/${id} was deleted`, { headers: { ETag: `W/"${document.version}"` } })
  return documentAnswer(document)
}

async function find(context: Context, type: string, id: string): Promise<StoredDocument | undefined> {
  const source = sourceOf(context.registry.get(type)!, id)
  return source?.kind === 'computed' ? source.read(context, id) : context.store.read(type, id)
}
