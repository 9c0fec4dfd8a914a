/** Says what is wrong with a resource, without writing it. https://hl7.org/fhir/R4/resource-operation-validate.html */
import { readJson } from '../../fhir/digits.js'
import { fhirError, isFatal, type Issue } from '../../fhir/errors.js'
import { outcome } from '../../fhir/outcome.js'
import type { Resource } from '../../fhir/types.js'
import { check } from '../../interactions/check.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { notPermitted } from '../../interactions/refuse.js'
import { profiled, toIssue } from '../../interactions/validate.js'
import { rehearse } from '../../interactions/write.js'
import { duplicateKeys } from '../../validator/index.js'
import { askedOf, type Asked } from './asked.js'

export const validateOperation: Operation = {
  name: 'validate',
  definition: 'http://hl7.org/fhir/OperationDefinition/Resource-validate',
  on: ['type', 'instance'],
  run: validate
}

async function validate(context: Context, call: OperationCall): Promise<FhirResponse> {
  const asked = askedOf(call)
  const issues = asked.mode === 'delete' ? await ofDelete(context, call) : await ofContent(context, call, asked)
  return { status: 200, headers: {}, body: outcome(issues.length > 0 ? issues : [allWell(call, asked)]) }
}

/** Whether the resource may go. */
async function ofDelete(context: Context, { type, id }: OperationCall): Promise<readonly Issue[]> {
  if (id === undefined) return [wrong('required', `Name what is to be deleted: ${type}/{id}/$validate?mode=delete`)]
  return rehearse(context, { interaction: 'delete', type, id })
}

async function ofContent(context: Context, call: OperationCall, asked: Asked): Promise<readonly Issue[]> {
  const resource = asked.resource === undefined ? await stored(context, call) : asked.resource
  if (resource === undefined)
    return [wrong('required', 'Send a resource in the body, or Parameters with a parameter named resource')]
  const issues = [
    ...issuesOf(context, call, resource as Resource, asked),
    ...misnamed(call, resource as Resource, asked)
  ]
  const { mode } = asked
  if ((mode !== 'create' && mode !== 'update') || issues.some(isFatal)) return issues
  const own = mode === 'update' ? (resource as Resource).id : undefined
  const id = call.id ?? own ?? 'new'
  const more = await rehearse(context, { interaction: mode, type: call.type, id, resource: resource as Resource })
  return [...more.filter(isFatal), ...issues, ...more.filter(issue => !isFatal(issue))]
}

/** On an instance without a body it is the stored resource that is validated. */
async function stored(context: Context, { type, id, request }: OperationCall): Promise<Resource | undefined> {
  if (id === undefined || request.body !== undefined) return undefined
  if (!context.may(type, 'r')) throw notPermitted(type, 'r')
  const document = await context.store.read(type, id)
  if (!document || document.deleted) throw fhirError('not-found', `There is no ${type}/${id}`)
  return readJson(document.text) as Resource
}

function issuesOf(context: Context, call: OperationCall, resource: Resource, { mode, profiles }: Asked): Issue[] {
  const { type, id = 'new', request } = call
  const root = request.body === resource ? type : 'Parameters'
  const twice = request.text === undefined ? [] : duplicateKeys(request.text, root)
  const validate = (each: Resource) => profiled(context, each, type, profiles)
  const interaction = mode === 'update' || call.id !== undefined ? 'update' : 'create'
  const { found, notes } = check(context.rules, validate, { interaction, type, id, resource })
  const issues = [...twice, ...found].map(toIssue)
  return [...issues.filter(isFatal), ...notes, ...issues.filter(issue => !isFatal(issue))]
}

/** An update says which resource it is of; on an instance it is that one. */
function misnamed({ type, id }: OperationCall, resource: Resource, { mode }: Asked): Issue[] {
  const own = resource?.id
  if (id !== undefined && own !== undefined && own !== id)
    return [wrong('invalid', `The resource's id must be ${id}, as in the URL`, `${type}.id`)]
  if (id === undefined && mode === 'update' && own === undefined)
    return [wrong('required', 'An update needs the id of the resource', `${type}.id`)]
  return []
}

const wrong = (code: Issue['code'], text: string, expression?: string): Issue => ({
  ...{ severity: 'error', code, text },
  ...(expression !== undefined && { expression })
})
const allWell = ({ type, id }: OperationCall, { mode }: Asked): Issue => ({
  severity: 'information',
  code: 'informational',
  text: mode === 'delete' ? `${type}/${id} may be deleted` : `The ${type} is valid`
})
