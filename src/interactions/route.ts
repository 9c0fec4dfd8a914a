/** Which interaction a method and a path below a type amount to. https://hl7.org/fhir/R4/http.html#summary */
import type { Interaction } from '../search/registry.js'
import type { FhirRequest } from './context.js'

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
