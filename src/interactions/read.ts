/** https://hl7.org/fhir/R4/http.html#read */
import { fhirError } from '../fhir/errors.js'
import { isId } from '../fhir/id.js'
import { sourceOf } from '../search/registry.js'
import type { StoredDocument } from '../store/ports.js'
import { documentAnswer, unchanged } from './answer.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { allowedOne, isRestricted } from './restriction.js'

export async function read(
  context: Context,
  type: string,
  id: string,
  headers: FhirRequest['headers'] = {}
): Promise<FhirResponse> {
  const document = isId(id) ? await find(context, type, id) : undefined
  if (!document) throw fhirError('not-found', `There is no ${type}/${id}`)
  if (document.deleted)
    throw fhirError('deleted', `${type}/${id} was deleted`, { headers: { ETag: `W/"${document.version}"` } })
  return isKnown(document, headers) ? unchanged(document) : documentAnswer(document)
}

export async function find(context: Context, type: string, id: string): Promise<StoredDocument | undefined> {
  if (isRestricted(context, type, 'r')) return allowedOne(context, type, id, 'r')
  const source = sourceOf(context.registry.get(type)!, id)
  return source?.kind === 'computed' ? source.read(context, id) : context.store.read(type, id)
}

/** https://hl7.org/fhir/R4/http.html#cread: If-None-Match beats If-Modified-Since, which knows whole seconds. */
function isKnown({ version, updatedAt }: StoredDocument, headers: FhirRequest['headers']): boolean {
  const { 'if-none-match': tags, 'if-modified-since': since } = headers
  if (version === 0) return false
  if (tags !== undefined)
    return tags.trim() === '*' || tags.split(',').some(tag => tag.trim().replace(/^W\//, '') === `"${version}"`)
  return since !== undefined && Math.floor(Date.parse(updatedAt) / 1000) * 1000 <= Date.parse(since)
}
