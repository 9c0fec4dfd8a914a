/** What a call of `$validate` asks: in Parameters or in the query. https://hl7.org/fhir/R4/resource-operation-validate.html */
import { fhirError } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { OperationCall } from '../../interactions/context.js'

const MODES = ['create', 'update', 'delete', 'profile'] as const
export type Mode = (typeof MODES)[number]

export interface Asked {
  /** What was sent, whatever it is; undefined when nothing was. */
  resource?: unknown
  mode?: Mode
  profiles: string[]
}

/** Parameters with resource, mode and profile, or the resource itself; mode and profile in the query count too. */
export function askedOf({ request, type }: OperationCall): Asked {
  const query = new URLSearchParams(request.query)
  const asked: Asked = { profiles: query.getAll('profile').filter(Boolean) }
  const mode = query.get('mode')
  if (mode !== null) asked.mode = modeOf(mode, 'mode')
  const { body } = request
  if (body === undefined) return asked
  if ((body as Resource | null)?.resourceType !== 'Parameters' || type === 'Parameters')
    return { ...asked, resource: body }
  const { parameter = [] } = body as { parameter?: unknown }
  if (!Array.isArray(parameter))
    throw fhirError('structure', 'parameter must be an array', { expression: 'Parameters.parameter' })
  parameter.forEach((each, index) => add(asked, each, `Parameters.parameter[${index}]`))
  return asked
}

function add(asked: Asked, parameter: unknown, expression: string): void {
  const { name, resource, ...more } = (parameter ?? {}) as Record<string, unknown>
  const value = more.valueCode ?? more.valueUri ?? more.valueCanonical ?? more.valueString
  if (name === 'resource' && resource !== undefined) asked.resource = resource
  else if (name === 'mode' && typeof value === 'string') asked.mode = modeOf(value, expression)
  else if (name === 'profile' && typeof value === 'string') asked.profiles.push(value)
  else {
    const text = 'The parameters are resource (a resource), mode (valueCode) and profile (valueUri)'
    throw fhirError('not-supported', text, { expression })
  }
}

function modeOf(value: string, expression: string): Mode {
  const mode = MODES.find(each => each === value)
  if (mode) return mode
  throw fhirError('value', `mode must be one of ${MODES.join(', ')}`, { expression })
}
