/** Bodies of the plain JSON side: one object with known fields. */
import type { Request, Response } from 'express'
import { fhirError } from '../fhir/errors.js'
import { textReader } from './body.js'
import { parseJson } from './json.js'
import { PLAIN_JSON } from './media-type.js'

/** Type of each field, as `typeof` says; null is allowed with `nullable`. */
export type Fields = Readonly<Record<string, 'string' | 'boolean' | 'nullable string'>>

const MAX_BODY = 64 * 1024

/** Reads an object. Throws FhirError: 400 for another form, an unknown field or one of another type, 413, 415. */
export function jsonBody(
  fields: Fields
): (request: Request, response: Response) => Promise<Record<string, string | boolean | null>> {
  const read = jsonObject(MAX_BODY)
  return async (request, response) => {
    const body = await read(request, response)
    for (const [name, value] of Object.entries(body)) {
      const type = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (!type)
        throw fhirError(
          'structure',
          `Nothing is called ${name.slice(0, 60)} here, only ${Object.keys(fields).join(', ')}`,
          {
            expression: name.slice(0, 60)
          }
        )
      if (typeof value !== type.replace('nullable ', '') && !(value === null && type.startsWith('nullable')))
        throw fhirError('value', `${name} must be a ${type}`, { expression: name })
    }
    return body as Record<string, string | boolean | null>
  }
}

/** Reads any JSON object; an empty body is an empty one. */
export function jsonObject(
  limit: number,
  types: readonly string[] = [PLAIN_JSON]
): (request: Request, response: Response) => Promise<Record<string, unknown>> {
  const readText = textReader(limit)
  return async (request, response) => {
    const text = await readText(request, response, types)
    const body = text.trim() === '' ? {} : parseJson(text)
    if (typeof body !== 'object' || body === null || Array.isArray(body))
      throw fhirError('structure', 'The body must be one JSON object')
    return body as Record<string, unknown>
  }
}
