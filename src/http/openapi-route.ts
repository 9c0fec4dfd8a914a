/** The OpenAPI description of the FHIR side, for everybody. https://spec.openapis.org/oas/v3.1.0 */
import type { RequestHandler } from 'express'
import { openApi } from '../interactions/openapi.js'

export function openApiRoute(parts: Parameters<typeof openApi>[0]): RequestHandler {
  let document: object | undefined
  return (_request, response) => void response.json((document ??= openApi(parts)))
}
