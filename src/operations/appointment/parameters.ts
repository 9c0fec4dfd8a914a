/** In-parameters of the operations of Appointment, from the query or from Parameters. https://hl7.org/fhir/R4/operations.html#request */
import type { ParametersParameter } from 'fhir/r4.js'
import { fhirError } from '../../fhir/errors.js'
import { parseReference } from '../../fhir/reference.js'
import type { Resource } from '../../fhir/types.js'
import type { Context, OperationCall } from '../../interactions/context.js'
import { refuseInvalid, validate } from '../../interactions/validate.js'
import { splitQuery } from '../../search/query-string.js'

/** A value as text: a code as `system|code`, a reference as it is written. */
export interface Given {
  name: string
  text: string
  resource?: Resource
  /** As it came, when it was no text. */
  value?: object
}

const OF_ALL = ['_format', '_pretty']

/** Throws FhirError 400 for a body that is no Parameters, and for a parameter that is none of `known`. */
export function given({ request }: OperationCall, operation: string, known: readonly string[]): Given[] {
  const all = [...splitQuery(request.query).map(([name, text]) => ({ name, text })), ...fromBody(request.body)]
  for (const { name } of all)
    if (!known.includes(name) && !OF_ALL.includes(name))
      throw fhirError('not-supported', `$${operation} has no parameter ${name}: ${known.join(', ')}`, {
        expression: name
      })
  return all
}

function fromBody(body: unknown): Given[] {
  if (body === undefined || body === null) return []
  const { resourceType, parameter = [] } = body as { resourceType?: unknown; parameter?: unknown }
  // An Appointment alone is what most clients have at hand.
  if (resourceType === 'Appointment') return [{ name: 'appointment-resource', text: '', resource: body as Resource }]
  if (resourceType !== 'Parameters' || !Array.isArray(parameter))
    throw fhirError('structure', 'Send Parameters with an array of parameters, or an Appointment', {
      expression: 'Parameters'
    })
  return parameter.map((each: unknown, index) => {
    if (each === null || typeof each !== 'object' || typeof (each as ParametersParameter).name !== 'string')
      throw fhirError('structure', 'Each parameter has a name', { expression: `Parameters.parameter[${index}].name` })
    return fromParameter(each as ParametersParameter)
  })
}

function fromParameter({ name, resource, ...rest }: ParametersParameter): Given {
  if (resource) return { name, text: '', resource: resource as unknown as Resource }
  const [value] = Object.entries(rest).flatMap(([key, each]) => (key.startsWith('value') ? [each as unknown] : []))
  if (value === null || typeof value !== 'object')
    return { name, text: ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '' }
  return { name, text: textOf(value), value }
}

/** https://hl7.org/fhir/R4/search.html#token, and Reference.reference */
function textOf(value: object): string {
  const { reference, coding, code, system, value: number, text } = value as Record<string, unknown>
  if (typeof reference === 'string') return reference
  const first = Array.isArray(coding) ? (coding[0] as Record<string, unknown> | undefined) : undefined
  const [of, key] = first ? [first.system, first.code] : [system, code ?? number]
  return [of, key ?? text].filter(part => typeof part === 'string').join('|')
}

export const textsOf = (all: readonly Given[], ...names: string[]): string[] =>
  all.filter(({ name, text }) => names.includes(name) && text !== '').map(({ text }) => text)

/** The Appointment that is meant: that of the path, or of a reference to it. */
export function appointmentId(context: Context, { id }: OperationCall, all: readonly Given[]): string | undefined {
  const [text, ...more] = textsOf(all, 'appointment-reference', 'appt-id')
  if (id !== undefined || text === undefined) return id
  const literal = parseReference(text, context.base) ?? { type: 'Appointment', id: text }
  if (more.length > 0 || literal.type !== 'Appointment')
    throw fhirError('value', `${[text, ...more].join(', ')} is no reference to one Appointment`, {
      expression: 'appointment-reference'
    })
  return literal.id
}

/**
 * The Appointment that was sent. Throws FhirError 400 for any other resource, and for what has not the form of one: what
 * is only missing, the write tells.
 */
export function sentAppointment(context: Context, all: readonly Given[]): Resource | undefined {
  const sent = all.find(({ name }) => name === 'appointment-resource' || name === 'appt-resource')
  if (!sent) return undefined
  if (sent.resource?.resourceType !== 'Appointment')
    throw fhirError('invalid', `${sent.name} holds an Appointment`, { expression: sent.name })
  const issues = validate(context, sent.resource, 'Appointment')
  refuseInvalid(issues.filter(({ stage, code }) => stage === 'structure' && code !== 'required'))
  return sent.resource
}
