/** Which interaction a request is: for HTTP and for entries of a batch alike. https://hl7.org/fhir/R4/http.html#summary */
import { fhirError, type FhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { Interaction } from '../search/registry.js'
import { batch } from './batch.js'
import { capabilities } from './capabilities.js'
import { isOf, type Context, type FhirRequest, type FhirResponse } from './context.js'
import { create } from './create.js'
import { remove } from './delete.js'
import { allowedOf, methodsAt } from './route.js'
import { history } from './history.js'
import { patch } from './patch.js'
import { read } from './read.js'
import { permit } from './restriction.js'
import { searchSystem } from './search-system.js'
import { searchType } from './search-type.js'
import { subsetFor } from './subset.js'
import { timely } from './timely.js'
import { transaction } from './transaction.js'
import { update } from './update.js'
import { vread } from './vread.js'
import { refuseDuplicateKeys } from './validate.js'

export async function dispatch(context: Context, request: FhirRequest): Promise<FhirResponse> {
  const [first = '', second, ...more] = request.path === '' ? [] : request.path.split('/')
  if (first === '') return onBase(context, request)
  if (first === 'metadata' && second === undefined) return onMetadata(context, request)
  if (first === '_history' && second === undefined) return onHistory(context, request)
  if (first === '_search' && second === undefined) {
    if (request.method !== 'POST') throw notAllowed(request, 'POST')
    return subsetFor(context, request, true)(await searchSystem(context, request))
  }
  const definition = context.registry.get(first)
  if (!definition) throw noType(context, first)
  const last = more[0] ?? second
  if (last?.startsWith('$') && more.length < 2)
    return operate(context, first, more.length === 1 ? second : undefined, last.slice(1), request)
  const below = request.path.split('/').slice(1)
  const methods = methodsAt(below)
  const allowed = methods ? allowedOf(methods, definition.interactions) : []
  if (!methods || allowed.length === 0) throw nothingHere(request.path)
  if (!allowed.includes(request.method)) throw notAllowed(request, allowed.join(', '))
  const asked = methods[request.method]!
  const subset = subsetFor(context, request, asked === 'search-type')
  return subset(await interact(context, asked, first, below, request))
}

/** https://hl7.org/fhir/R4/operations.html */
function operate(
  context: Context,
  type: string,
  id: string | undefined,
  name: string,
  request: FhirRequest
): Promise<FhirResponse> {
  const operation = context.operations.get(name)
  const here = operation?.on.includes(id === undefined ? 'type' : 'instance') && isOf(operation, type)
  if (!operation || !here) throw nothingHere(request.path)
  const methods = operation.reads ? ['GET', 'HEAD', 'POST'] : ['POST']
  if (!methods.includes(request.method)) throw notAllowed(request, methods.join(', '))
  return operation.run(context, { type, ...(id !== undefined && { id }), request })
}

function interact(
  context: Context,
  asked: Interaction,
  type: string,
  [id, , version]: readonly string[],
  request: FhirRequest
): Promise<FhirResponse> {
  const definition = context.registry.get(type)!
  switch (asked) {
    case 'read':
      permit(context, type, 'r')
      return timely(context, definition, '', () => read(context, type, id!, request.headers))
    case 'vread':
      permit(context, type, 'r')
      return vread(context, type, id!, version!)
    case 'history-instance':
      permit(context, type, 'r')
      return timely(context, definition, '', () => history(context, { type, id: id! }, request))
    case 'history-type':
      permit(context, type, 'r')
      return timely(context, definition, '', () => history(context, { type }, request))
    case 'search-type':
      permit(context, type, 's')
      return timely(context, definition, request.query, () => searchType(context, type, request))
    case 'create':
      return create(context, type, request)
    case 'update':
      return update(context, type, id, request)
    case 'patch':
      return patch(context, type, id, request)
    case 'delete':
      return remove(context, type, id, request)
  }
}

async function onBase(context: Context, request: FhirRequest): Promise<FhirResponse> {
  if (isReading(request)) return subsetFor(context, request, true)(await searchSystem(context, request))
  if (request.method !== 'POST') throw notAllowed(request, 'GET, HEAD, POST')
  const bundle = request.body as Resource | undefined
  if (bundle?.resourceType !== 'Bundle')
    throw fhirError('invalid', 'Send a Bundle to the base, or a resource to its type', { expression: 'resourceType' })
  if (request.text !== undefined) refuseDuplicateKeys(request.text, 'Bundle')
  if (bundle.type === 'transaction') return transaction(context, bundle, request, dispatch)
  if (bundle.type === 'batch') return batch(context, bundle, inBatch)
  throw fhirError('value', 'The Bundle must be of type transaction or batch', { expression: 'Bundle.type' })
}

/** An entry of a batch may be anything but another Bundle. */
async function inBatch(context: Context, request: FhirRequest): Promise<FhirResponse> {
  if (request.path === '' && !isReading(request))
    throw fhirError('not-supported', 'A batch cannot hold another Bundle', { expression: 'Bundle.entry.request.url' })
  return dispatch(context, request).catch((error: unknown) => {
    context.refused(error, request)
    throw error
  })
}

async function onHistory(context: Context, request: FhirRequest): Promise<FhirResponse> {
  if (!isReading(request)) throw notAllowed(request, 'GET, HEAD')
  const subset = subsetFor(context, request, false)
  const all = { type: '', lapses: true } as const
  return subset(await timely(context, all, '', () => history(context, {}, request)))
}

async function onMetadata(context: Context, request: FhirRequest): Promise<FhirResponse> {
  if (!isReading(request)) throw notAllowed(request, 'GET, HEAD')
  return { status: 200, headers: {}, body: capabilities(context) }
}

const isReading = ({ method }: FhirRequest): boolean => method === 'GET' || method === 'HEAD'

const noType = ({ registry }: Context, type: string): FhirError =>
  fhirError('not-found', `There is no resource type ${type} here: ${[...registry.keys()].join(', ')}`)
const nothingHere = (path: string): FhirError => fhirError('not-found', `There is nothing at ${path}`)
const notAllowed = ({ method, path }: FhirRequest, allow: string): FhirError =>
  fhirError('not-supported', `${method} cannot be used on /${path}`, { status: 405, headers: { Allow: allow } })
