/** In which form to answer. https://hl7.org/fhir/R4/http.html#mime-type */
import { fhirError } from '../fhir/errors.js'
import type { Request } from 'express'
import { splitTarget } from '../interactions/path.js'
import type { Form } from './respond.js'
import { FHIR_JSON, isR4, parseMediaType, PLAIN_JSON } from './media-type.js'

const WILDCARDS = ['*/*', 'application/*']
/** `text/html`: a browser shows JSON, and would store a FHIR type as a file. */
const PLAIN = [PLAIN_JSON, 'text/json', 'text/html']
const FORMATS = ['json', PLAIN_JSON, 'text/json', FHIR_JSON]
const BROWSER_FORMATS = ['html', 'text/html']

/**
 * The media type of the answer: `_format` beats Accept. Callers that accept plain JSON only get that name.
 * Throws FhirError 406 when no JSON is accepted.
 */
export function negotiate(accept: string | undefined, parameters: URLSearchParams): string {
  const format = parameters.get('_format')
  // A plus sign in a query means a blank.
  if (format) return byFormat(format.replace(' ', '+'))
  return !accept || accept === '*/*' ? FHIR_JSON : byAccept(accept)
}

/** Form of an answer, by the request's headers and parameters. Throws FhirError 406. */
export function formOf(request: Request, query: string): Form {
  const parameters = new URLSearchParams(/_(format|pretty)/.test(query) ? query : '')
  return { mediaType: negotiate(request.get('accept'), parameters), pretty: parameters.get('_pretty') === 'true' }
}

/** Of a refusal: FHIR's own where nothing that is spoken here was asked for. */
export function refusalFormOf(request: Request): Form {
  const { query } = splitTarget(request.originalUrl)
  try {
    return formOf(request, query)
  } catch {
    return { mediaType: FHIR_JSON, pretty: new URLSearchParams(query).get('_pretty') === 'true' }
  }
}

function byFormat(format: string): string {
  const media = parseMediaType(format)
  if (FORMATS.includes(media.type) && isR4(media)) return FHIR_JSON
  if (BROWSER_FORMATS.includes(media.type)) return PLAIN_JSON
  throw notAcceptable('_format')
}

function byAccept(accept: string): string {
  const ranges = accept.split(',').map(parseMediaType).filter(isR4)
  const weighed = ranges.map(({ type, parameters }) => ({ type, weight: Number(parameters.q ?? 1) }))
  const known = weighed.filter(({ type, weight }) => weight > 0 && [FHIR_JSON, ...PLAIN, ...WILDCARDS].includes(type))
  if (known.length === 0) throw notAcceptable('Accept')
  const most = Math.max(...known.map(({ weight }) => weight))
  const best = known.filter(({ weight }) => weight === most).map(({ type }) => type)
  return best.includes(FHIR_JSON) || best.every(type => WILDCARDS.includes(type)) ? FHIR_JSON : PLAIN_JSON
}

function notAcceptable(expression: string) {
  const text = `This server speaks JSON only, FHIR R4: ask for ${FHIR_JSON} or _format=json`
  return fhirError('not-supported', text, { status: 406, expression })
}
