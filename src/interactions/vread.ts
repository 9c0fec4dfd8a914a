/** https://hl7.org/fhir/R4/http.html#vread */
import { fhirError } from '../fhir/errors.js'
import { isVersion } from '../fhir/etag.js'
import { documentAnswer } from './answer.js'
import type { Context, FhirResponse } from './context.js'
import { read } from './read.js'
import { isRestricted } from './restriction.js'

/**
 * Under a restriction of the token the versions of what matches it now are allowed. A version that foreign SQL made is stored when it is first read: the current one is, here.
 */
export async function vread(context: Context, type: string, id: string, version: string): Promise<FhirResponse> {
  const number = isVersion(version) ? Number(version) : undefined
  if (isRestricted(context, type, 'r')) await read(context, type, id)
  const find = () => (number === undefined ? undefined : context.store.vread(type, id, number))
  const document = (await find()) ?? (await current(context, type, id, number))
  if (!document) throw fhirError('not-found', `There is no version ${version} of ${type}/${id}`)
  if ('status' in document) return document
  if (document.deleted) throw fhirError('deleted', `Version ${version} of ${type}/${id} is its deletion`)
  return documentAnswer(document)
}

async function current(
  context: Context,
  type: string,
  id: string,
  version: number | undefined
): Promise<FhirResponse | undefined> {
  const answer = await read(context, type, id)
  return answer.headers.ETag === `W/"${version}"` ? answer : undefined
}
