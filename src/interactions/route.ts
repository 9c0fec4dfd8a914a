/** Which interaction a method and a path below a type amount to. https://hl7.org/fhir/R4/http.html#summary */
import { fhirError, type FhirError } from '../fhir/errors.js'
import type { Interaction, Registry } from '../search/registry.js'
import { isOf, type FhirRequest, type Operations } from './context.js'

export type Methods = Partial<Record<FhirRequest['method'], Interaction>>

const reading = <I extends Interaction>(interaction: I) => ({ GET: interaction, HEAD: interaction })
const TYPE: Methods = { ...reading('search-type'), POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
const INSTANCE: Methods = { ...reading('read'), PUT: 'update', PATCH: 'patch', DELETE: 'delete' }
const VERBS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** By the segments behind the type; undefined where no interaction is. */
export function methodsAt([second, third, fourth, ...more]: readonly string[]): Methods | undefined {
  if (more.length > 0) return undefined
  if (second === undefined) return TYPE
  if (second.startsWith('_')) {
    if (third !== undefined) return undefined
    return second === '_search' ? { POST: 'search-type' } : second === '_history' ? reading('history-type') : undefined
  }
  if (third === undefined) return INSTANCE
  if (third !== '_history') return undefined
  return fourth === undefined ? reading('history-instance') : reading('vread')
}

/** Methods that lead to one of the interactions: what `Allow` says. */
export const allowedOf = (methods: Methods, interactions: readonly Interaction[]): (keyof Methods)[] =>
  VERBS.filter(verb => methods[verb] && interactions.includes(methods[verb]))

const SYSTEM: Readonly<Record<string, readonly FhirRequest['method'][]>> = {
  '': ['GET', 'HEAD', 'POST'],
  metadata: ['GET', 'HEAD'],
  _history: ['GET', 'HEAD'],
  _search: ['POST']
}

/** What is served. */
export interface Served {
  registry: Registry
  operations: Operations
}

/** What can be done at a path below the base; undefined where there is nothing. */
function methodsOf({ registry, operations }: Served, path: string): readonly FhirRequest['method'][] | undefined {
  if (Object.hasOwn(SYSTEM, path)) return SYSTEM[path]
  const [type = '', ...below] = path.split('/')
  const definition = registry.get(type)
  if (!definition) return undefined
  if (below.at(-1)?.startsWith('$')) {
    const operation = below.length < 3 ? operations.get(below.at(-1)!.slice(1)) : undefined
    const here = operation && isOf(operation, type) && operation.on.includes(below.length > 1 ? 'instance' : 'type')
    return here ? (operation.reads ? ['GET', 'HEAD', 'POST'] : ['POST']) : undefined
  }
  const methods = methodsAt(below)
  const allowed = methods ? allowedOf(methods, definition.interactions) : []
  return allowed.length > 0 ? allowed : undefined
}

/** The same for all who ask, as headers. Throws FhirError 404 where there is nothing. https://www.rfc-editor.org/rfc/rfc5789#section-3.1 */
export function allowHeaders(served: Served, path: string): { Allow: string; 'Accept-Patch'?: string } {
  const methods = methodsOf(served, path)
  if (!methods) throw nothingAt(served, path)
  return {
    Allow: [...methods, 'OPTIONS'].join(', '),
    ...(methods.includes('PATCH') && { 'Accept-Patch': 'application/json-patch+json' })
  }
}

/** Throws FhirError 404 where there is nothing, and 405 for a method that the path does not take. */
export function refuseMethod(served: Served, { method, path }: { method: string; path: string }): void {
  if (methodsOf(served, path)?.some(each => each === method)) return
  const headers = allowHeaders(served, path)
  throw fhirError('not-supported', `${method} cannot be used on /${path}, but ${headers.Allow}`, {
    status: 405,
    headers
  })
}

/** Whether the request can change nothing: what is read for it may end with its caller. */
export function onlyReads({ operations }: Pick<Served, 'operations'>, method: string, path: string): boolean {
  if (method === 'GET' || method === 'HEAD') return true
  const last = path.slice(path.lastIndexOf('/') + 1)
  return method === 'POST' && (last === '_search' || (last[0] === '$' && operations.get(last.slice(1))?.reads === true))
}

function nothingAt({ registry }: Served, path: string): FhirError {
  const [type = ''] = path.split('/')
  return /^(_|$)/.test(type) || registry.has(type)
    ? fhirError('not-found', `There is nothing at ${path}`)
    : fhirError('not-found', `There is no resource type ${type} here: ${[...registry.keys()].join(', ')}`)
}
