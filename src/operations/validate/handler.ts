/** Says what is wrong with a resource, without writing it. https://hl7.org/fhir/R4/resource-operation-validate.html */
import type { Parameters } from 'fhir/r4.js'
import { fhirError, isFatal, type Issue } from '../../fhir/errors.js'
import { outcome } from '../../fhir/outcome.js'
import type { Resource } from '../../fhir/types.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { check } from '../../interactions/check.js'
import { toIssue } from '../../interactions/validate.js'
import { duplicateKeys } from '../../validator/index.js'

const MODES = ['create', 'update', 'delete', 'profile']

export const validateOperation: Operation = {
  name: 'validate',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  on: ['type', 'instance'],
  run: validate
}

interface Asked {
  resource?: Resource
  mode?: string
  profile?: string
}

async function validate(context: Context, call: OperationCall): Promise<FhirResponse> {
  const { resource = await stored(context, call), mode, profile } = askedOf(call)
  if (mode !== undefined && !MODES.includes(mode))
    throw fhirError('value', `mode must be one of ${MODES.join(', ')}`, { expression: 'mode' })
  const issues = mode === 'delete' ? [] : resource ? issuesOf(context, call, resource, mode, profile) : [nothingSent()]
  return { status: 200, headers: {}, body: outcome(issues.length > 0 ? issues : [allWell(call)]) }
}

/** Parameters with resource, mode and profile, or the resource itself; mode and profile in the query count too. */
function askedOf({ request, type }: OperationCall): Asked {
  const query = new URLSearchParams(request.query)
  const asked: Asked = Object.fromEntries(
    ['mode', 'profile'].flatMap(name => (query.has(name) ? [[name, query.get(name)]] : []))
  )
  const body = request.body as Resource | undefined
  if (body?.resourceType !== 'Parameters') return { ...asked, ...(body && { resource: body }) }
  for (const { name, resource, valueCode, valueUri, valueCanonical, valueString } of (body as unknown as Parameters)
    .parameter ?? []) {
    const value = valueCode ?? valueUri ?? valueCanonical ?? valueString
    if (name === 'resource' && resource) asked.resource = resource as unknown as Resource
    else if ((name === 'mode' || name === 'profile') && value !== undefined) asked[name] = value
    else
      throw fhirError('not-supported', `${type}/$validate has no parameter ${name}: resource, mode and profile`, {
        expression: 'Parameters.parameter'
      })
  }
  return asked
}

/** On an instance without a body it is the stored resource that is validated. */
async function stored(context: Context, { type, id, request }: OperationCall): Promise<Resource | undefined> {
  if (id === undefined || request.body !== undefined) return undefined
  if (!context.may(type, 'r'))
    throw fhirError('forbidden', `The token does not allow this: ask for the scope system/${type}.r`)
  const document = await context.store.read(type, id)
  if (!document || document.deleted) throw fhirError('not-found', `There is no ${type}/${id}`)
  return JSON.parse(document.text) as Resource
}

function issuesOf(
  context: Context,
  call: OperationCall,
  resource: Resource,
  mode: string | undefined,
  profile: string | undefined
): Issue[] {
  const { type, id = 'new', request } = call
  const twice = request.text === undefined ? [] : duplicateKeys(request.text, type)
  const validate = (each: Resource) =>
    context.validator.validate(each, {
      type,
      unknownProfile: context.tenant.unknownProfile,
      ...(profile !== undefined && { profiles: [profile] })
    })
  const interaction = mode === 'update' || call.id !== undefined ? 'update' : 'create'
  const { found, notes } = check(context.rules, validate, { interaction, type, id, resource })
  const issues = [...twice, ...found].map(toIssue)
  return [...issues.filter(isFatal), ...notes, ...issues.filter(issue => !isFatal(issue))]
}

const nothingSent = (): Issue => ({
  severity: 'error',
  code: 'required',
  text: 'Send a resource in the body, or Parameters with a parameter named resource'
})
const allWell = ({ type }: OperationCall): Issue => ({
  severity: 'information',
  code: 'informational',
  text: `The ${type} is valid`
})
