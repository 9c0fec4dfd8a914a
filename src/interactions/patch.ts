/** https://hl7.org/fhir/R4/http.html#patch, by JSON Patch: decided and written like an update with what comes of it */
import { parseBounded } from '../fhir/bounded-json.js'
import { readJson } from '../fhir/digits.js'
import { FhirError, fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import { writtenAnswer } from './answer.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { preconditionOf } from './current.js'
import { readPatch, type JsonPatch } from './json-patch.js'
import { write } from './write.js'

const JSON_PATCH = 'application/json-patch+json'

/** `id` absent: the query names what is patched. */
export async function patch(
  context: Context,
  type: string,
  id: string | undefined,
  { query, headers, body, ...request }: FhirRequest
): Promise<FhirResponse> {
  const named = id === undefined ? { id: '', query } : { id }
  const ask = { interaction: 'patch' as const, type, ...named, patch: patchOf(body), ...preconditionOf(headers) }
  const { written, issues } = await write(context, [ask])
  return writtenAnswer(context, { ...request, query, headers }, written[0]!, issues)
}

/** The patch of a request: an array, or in an entry of a Bundle a Binary that holds one. Throws FhirError 400 or 415. */
export function patchOf(body: unknown, at?: string): JsonPatch {
  const { resourceType, contentType, data } = (body ?? {}) as Resource & { contentType?: unknown; data?: unknown }
  if (resourceType === undefined) return readPatch(body, at)
  if (resourceType !== 'Binary' || contentType !== JSON_PATCH || typeof data !== 'string')
    throw fhirError(
      'not-supported',
      `A patch in a Bundle is a Binary with contentType ${JSON_PATCH} and data in base64`,
      {
        status: 415,
        ...(at && { expression: at })
      }
    )
  return readPatch(decoded(data, at), at && `${at}.data`)
}

function decoded(data: string, at?: string): unknown {
  try {
    return parseBounded(Buffer.from(data, 'base64').toString('utf8'), readJson)
  } catch (error) {
    if (error instanceof FhirError) throw error
    throw fhirError('invalid', 'data is not JSON in base64', { expression: at ? `${at}.data` : 'data' })
  }
}
