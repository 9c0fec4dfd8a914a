/** `HealthcareService/$match`: the service that a person means by their own words (2-domain, S11). */
import type { Parameters } from 'fhir/r4.js'
import { fold } from '../../domain/names.js'
import { fhirError } from '../../fhir/errors.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { notPermitted } from '../../interactions/refuse.js'
import { bundleText } from '../../interactions/search-type.js'
import { splitQuery } from '../../search/query-string.js'

const MAX_LENGTH = 400
const MAX_COUNT = 100
const DEFAULT_COUNT = 10
/** Shorter words are in too many texts to say anything. */
const LEAST_WORD = 3

/** Its definition is profiles/OperationDefinition-HealthcareService-match.json. */
export const matchOperation: Operation = {
  name: 'match',
  definition: `${CANONICAL}/OperationDefinition/HealthcareService-match`,
  on: ['type'],
  types: ['HealthcareService'],
  reads: true,
  run: match
}

async function match(context: Context, { request, type }: OperationCall): Promise<FhirResponse> {
  if (!context.may(type, 's')) throw notPermitted(type, 's')
  const given = request.body === undefined ? splitQuery(request.query) : fromBody(request.body as Resource)
  const { name, count } = read(given)
  const words = [...new Set(fold(name).split(/[^\p{L}\p{N}]+/u))].filter(word => word.length >= LEAST_WORD)
  const found = await context.store.match(name, words, count)
  const entries = found.map(
    ({ id, text, score }) =>
      `{"fullUrl":${JSON.stringify(`${context.base}/${type}/${id}`)},"resource":${text},"search":{"mode":"match","score":${score.toFixed(3)}}}`
  )
  const head = { resourceType: 'Bundle', type: 'searchset', total: entries.length }
  return { status: 200, headers: {}, body: bundleText(head, entries) }
}

/** Throws 400 for what is no Parameters. */
function fromBody(body: Resource): [string, string][] {
  if (body?.resourceType !== 'Parameters')
    throw fhirError('invalid', 'Send Parameters with a parameter name, or use GET with ?name=', {
      expression: 'resourceType'
    })
  const { parameter = [] } = body as unknown as Parameters
  if (!Array.isArray(parameter))
    throw fhirError('structure', 'parameter must be an array', { expression: 'Parameters.parameter' })
  return parameter.map(each => {
    const { name, valueString, valueInteger, valuePositiveInt } = each ?? {}
    return [String(name), String(valueString ?? valueInteger ?? valuePositiveInt ?? '')]
  })
}

function read(given: readonly [string, string][]): { name: string; count: number } {
  const values = new Map(given)
  for (const [key] of given)
    if (!['name', 'count', '_format', '_pretty'].includes(key))
      throw fhirError('not-supported', `$match has no parameter ${key}: name and count`, { expression: key })
  const name = values.get('name')?.trim() ?? ''
  if (name === '' || name.length > MAX_LENGTH)
    throw fhirError('required', `Say in name what is sought, in 1 to ${MAX_LENGTH} characters`, { expression: 'name' })
  const count = Number(values.get('count') ?? DEFAULT_COUNT)
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT)
    throw fhirError('value', `count is a number from 1 to ${MAX_COUNT}`, { expression: 'count' })
  return { name, count }
}
