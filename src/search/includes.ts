/** `_include` and `_revinclude`. https://hl7.org/fhir/R4/search.html#revinclude */
import { fhirError } from '../fhir/errors.js'
import type { SearchParam } from './definition.js'
import type { Include } from './plan.js'
import { placesOf, type Registry } from './registry.js'

/**
 * `name` is `_include` or `_revinclude`, with `:iterate` or not; `value` is `Source:param`, `Source:param:Target`,
 * `Source:*` or `*`. Throws FhirError `not-supported` for what does not exist, `value` for what cannot be read.
 */
export function parseInclude(registry: Registry, type: string, name: string, value: string): Include[] {
  const [kind, suffix] = name.split(':')
  if (suffix !== undefined && suffix !== 'iterate' && suffix !== 'recurse') {
    throw fhirError('invalid', `${name}: only :iterate can follow`, { expression: name })
  }
  const reverse = kind === '_revinclude'
  const iterate = suffix !== undefined
  return links(registry, type, reverse, iterate, name, value).map(link => ({ reverse, iterate, ...link }))
}

/** Those of several types: what one of them has, each once. Throws what the first says when none has it. */
export function parseIncludes(registry: Registry, types: readonly string[], name: string, value: string): Include[] {
  if (types.length === 1) return parseInclude(registry, types[0]!, name, value)
  const found = new Map<string, Include>()
  const refusals: unknown[] = []
  for (const type of types) {
    try {
      for (const include of parseInclude(registry, type, name, value))
        found.set(`${include.source}:${include.param.name}:${include.target ?? ''}`, include)
    } catch (error) {
      refusals.push(error)
    }
  }
  if (found.size === 0) throw refusals[0]
  return [...found.values()]
}

/** All `_include` and `_revinclude` values of a search for the type, each by itself. */
export function includesOf(registry: Registry, type: string): { forward: string[]; backward: string[] } {
  return {
    forward: referencesOf(registry, type).map(({ name }) => `${type}:${name}`),
    backward: [...registry.values()].flatMap(other =>
      other.search
        .filter(param => param.targets?.includes(type) && placesOf(other, param.name).length > 0)
        .map(param => `${other.type}:${param.name}`)
    )
  }
}

type Link = Pick<Include, 'source' | 'param' | 'target'>

function links(
  registry: Registry,
  type: string,
  reverse: boolean,
  iterate: boolean,
  name: string,
  value: string
): Link[] {
  if (value === '*') return iterate ? ofAll(registry) : everything(registry, type, reverse)
  const [source, reference, target, ...more] = value.split(':')
  if (!source || !reference || more.length > 0) {
    throw fhirError('value', `${name} must look like PractitionerRole:practitioner, not "${value}"`, {
      expression: name
    })
  }
  const references = referencesOf(registry, source)
  const found = reference === '*' ? references : references.filter(param => param.name === reference)
  if (found.length === 0) throw refuse(name, `${source} has no reference ${reference} to include by`)
  if (!reverse && !iterate && source !== type)
    throw refuse(name, `a search for ${type} includes from ${type}, not from ${source}`)
  const hit = target ?? (reverse && !iterate ? type : undefined)
  const fitting = hit === undefined ? found : found.filter(param => param.targets?.includes(hit))
  if (fitting.length === 0) throw refuse(name, `${source}:${reference} does not refer to ${hit}`)
  return fitting.map(param => ({ source, param, ...(target && { target }) }))
}

function everything(registry: Registry, type: string, reverse: boolean): Link[] {
  if (!reverse) return referencesOf(registry, type).map(param => ({ source: type, param }))
  return [...registry.keys()].flatMap(source =>
    referencesOf(registry, source)
      .filter(param => param.targets?.includes(type))
      .map(param => ({ source, param }))
  )
}

/** What was included may be of any type, and so may refer to any. */
const ofAll = (registry: Registry): Link[] =>
  [...registry.keys()].flatMap(source => referencesOf(registry, source).map(param => ({ source, param })))

const referencesOf = (registry: Registry, type: string): readonly SearchParam[] =>
  registry.get(type)?.search.filter(param => param.type === 'reference') ?? []

const refuse = (name: string, reason: string) => fhirError('not-supported', reason, { expression: name })
