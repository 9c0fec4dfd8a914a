/** Which interaction a request is: for HTTP and for entries of a batch alike. https://hl7.org/fhir/R4/http.html#summary */
import { fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { Interaction } from '../search/registry.js'
import { batch } from './batch.js'
import { capabilities } from './capabilities.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { create } from './create.js'
import { remove } from './delete.js'
import { methodsAt, refuseMethod } from './route.js'
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
  const { method, path, query } = request
  refuseMethod(context, request)
  const [first = '', ...below] = path.split('/')
  if (path === 'metadata') return capabilities(context, request)
  if (path === '' && method === 'POST') return onBase(context, request)
  if (path === '' || path === '_search')
    return subsetFor(context, request, 'search')(await searchSystem(context, request))
  if (path === '_history') {
    const all = { type: '', lapses: true } as const
    const subset = subsetFor(context, request, 'history')
    return subset(await timely(context, all, '', () => history(context, {}, request)))
  }
  const name = below.at(-1)
  if (name?.startsWith('$'))
    return context.operations.get(name.slice(1))!.run(context, {
      ...{ type: first, request },
      ...(below.length > 1 && { id: below[0]! })
    })
  const asked = methodsAt(below)![method]!
  const subset = subsetFor(context, { query }, asked.replace(/-.*/, ''))
  return subset(await interact(context, asked, first, below, request))
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
  const bundle = request.body as Resource | undefined
  if (bundle?.resourceType !== 'Bundle')
    throw fhirError('invalid', 'Send a Bundle to the base, or a resource to its type', { expression: 'resourceType' })
  if (request.text !== undefined) refuseDuplicateKeys(request.text, 'Bundle')
  if (bundle.type === 'transaction') return transaction(context, bundle, request, dispatch)
  if (bundle.type === 'batch') return batch(context, bundle, request, inBatch)
  throw fhirError('value', 'The Bundle must be of type transaction or batch', { expression: 'Bundle.type' })
}

/** An entry of a batch may be anything but another Bundle. */
async function inBatch(context: Context, request: FhirRequest): Promise<FhirResponse> {
  if (request.path === '' && request.method === 'POST')
    throw fhirError('not-supported', 'A batch cannot hold another Bundle', { expression: 'Bundle.entry.request.url' })
  return dispatch(context, request).catch((error: unknown) => {
    context.refused(error, request)
    throw error
  })
}
