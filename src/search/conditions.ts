/** A parameter's name and value as a condition: modifiers, chains and `_has`, to any depth that the settings allow. */
import { fhirError, type FhirError } from '../fhir/errors.js'
import type { ParamType, SearchParam } from './definition.js'
import type { Condition, Modifier } from './plan.js'
import { splitEscaped } from './query-string.js'
import { findParam, placesOf, type Registry, type ResourceDefinition } from './registry.js'
import { badValue, parseValue, type Asked, type ValueOptions } from './values.js'

export interface ConditionOptions extends ValueOptions {
  registry: Registry
  /** How many steps a chain may have, `_has` counted. */
  maxDepth: number
}

/** Modifiers by type, R4. :above and :below of references are added for hierarchies. */
const MODIFIERS: Readonly<Record<ParamType, readonly Modifier[]>> = {
  token: ['missing', 'not', 'text', 'of-type'],
  string: ['missing', 'exact', 'contains'],
  reference: ['missing', 'identifier', 'above', 'below'],
  date: ['missing'],
  uri: ['missing', 'above', 'below'],
  special: ['missing']
}

/** An OR list longer than this is refused: it is a client that should page or chain. */
const MAX_VALUES = 1000

/**
 * `key` is what is still to be read of the name `written`, for resources of `type`.
 * Throws FhirError `not-supported` for what the type does not have, `value` and `invalid` for what is wrong.
 */
export function parseCondition(
  type: string,
  key: string,
  value: string,
  written: string,
  options: ConditionOptions
): Condition {
  return step(type, key, value, { written, depth: 0, ...options })
}

interface State extends ConditionOptions {
  written: string
  depth: number
}

function step(type: string, key: string, value: string, state: State): Condition {
  if (key.startsWith('_has:')) return has(type, key, value, deeper(state))
  const dot = key.indexOf('.')
  if (dot >= 0) return chain(type, key.slice(0, dot), key.slice(dot + 1), value, deeper(state))
  return plain(type, key, value, state)
}

function deeper(state: State): State {
  if (state.depth >= state.maxDepth) {
    throw fhirError(
      'too-costly',
      `${state.written} follows more than ${state.maxDepth} references: search in two steps`,
      {
        expression: state.written
      }
    )
  }
  return { ...state, depth: state.depth + 1 }
}

/** `_has:Source:reference:rest`. https://hl7.org/fhir/R4/search.html#has */
function has(type: string, key: string, value: string, state: State): Condition {
  const [, source, reference, ...rest] = key.split(':')
  if (!source || !reference || rest.length === 0) {
    throw fhirError('invalid', `${state.written} must look like _has:PractitionerRole:practitioner:role`, {
      expression: state.written
    })
  }
  const param = paramOf(definitionOf(source, state), reference, state)
  if (!param.targets?.includes(type)) throw unsupported(state, `${source}:${reference} does not refer to ${type}`)
  return { kind: 'has', type, source, param, where: [step(source, rest.join(':'), value, state)] }
}

/** `reference.rest` or `reference:Type.rest`. https://hl7.org/fhir/R4/search.html#chaining */
function chain(type: string, head: string, rest: string, value: string, state: State): Condition {
  const [name, target] = head.split(':') as [string, string | undefined]
  const param = paramOf(definitionOf(type, state), name, state)
  if (!param.targets) throw unsupported(state, `${name} is no reference, so nothing can follow it`)
  if (target !== undefined && !param.targets.includes(target)) {
    throw unsupported(state, `${name} refers to ${param.targets.join(', ')}, not to ${target}`)
  }
  const targets = target === undefined ? param.targets.filter(each => state.registry.has(each)) : [target]
  const links = targets.map(each => ({
    each,
    where: attempt(() => step(each, rest, value, state), targets.length > 1)
  }))
  const found = links.flatMap(({ each, where }): Condition[] =>
    where ? [{ kind: 'chain', type, param, target: each, where: [where] }] : []
  )
  if (found.length === 0) throw unsupported(state, `no type that ${name} refers to can be searched by ${rest}`)
  return found.length === 1 ? found[0]! : { kind: 'any', type, of: found }
}

/** Undefined when, among several targets, this one does not have the parameter. */
function attempt(f: () => Condition, several: boolean): Condition | undefined {
  try {
    return f()
  } catch (error) {
    if (several && isUnsupported(error)) return undefined
    throw error
  }
}

function plain(type: string, key: string, value: string, state: State): Condition {
  const [name, suffix, ...more] = key.split(':') as [string, string | undefined, ...string[]]
  const definition = definitionOf(type, state)
  const param = paramOf(definition, name, state)
  const forms = placesOf(definition, name).map(place => place.form)
  const asked: Asked = {
    written: state.written,
    param,
    boolean: forms.length > 0 && forms.every(form => form === 'boolean'),
    ...readSuffix(definition, param, suffix, more, state)
  }
  if (asked.modifier === 'missing') return missing(type, param, value, state)
  const pieces = splitEscaped(value, ',').filter(piece => piece.trim() !== '')
  if (pieces.length === 0) throw badValue(state.written, value, 'a value')
  if (pieces.length > MAX_VALUES) {
    throw fhirError('too-costly', `${state.written} has more than ${MAX_VALUES} values`, { expression: state.written })
  }
  const values = pieces.map(piece => parseValue(asked, piece, state))
  return { kind: 'param', type, param, ...(asked.modifier && { modifier: asked.modifier }), values }
}

function missing(type: string, param: SearchParam, value: string, state: State): Condition {
  if (value !== 'true' && value !== 'false') throw badValue(state.written, value, 'true or false')
  return { kind: 'missing', type, param, missing: value === 'true' }
}

/** What follows the colon: a modifier or, for a reference, a type. */
function readSuffix(
  definition: ResourceDefinition,
  param: SearchParam,
  suffix: string | undefined,
  more: readonly string[],
  state: State
): Pick<Asked, 'modifier' | 'targetType'> {
  if (suffix === undefined) return {}
  if (more.length === 0 && param.targets?.includes(suffix)) return { targetType: suffix }
  const able = MODIFIERS[param.type].filter(modifier => carries(definition, param, modifier, state.registry))
  const modifier = able.find(each => each === suffix)
  if (modifier && more.length === 0) return { modifier }
  const right = [...able, ...(param.targets ?? [])].map(each => `:${each}`).join(', ')
  throw fhirError(
    'invalid',
    `${state.written}: ${param.name} takes no modifier :${[suffix, ...more].join(':')}, only ${right}`,
    {
      expression: state.written
    }
  )
}

/** Whether the columns of the parameter hold what the modifier asks for. */
function carries(definition: ResourceDefinition, param: SearchParam, modifier: Modifier, registry: Registry): boolean {
  const places = placesOf(definition, param.name)
  if (modifier === 'of-type') return places.some(place => place.form === 'token' && place.ofType)
  if (modifier === 'text') return places.some(place => place.form === 'token' && place.text)
  if (modifier === 'exact' || modifier === 'contains') return places.some(place => place.form === 'string')
  if (modifier === 'identifier') return places.some(place => place.form === 'reference' && place.identifier)
  if (param.type !== 'reference' || modifier === 'missing') return true
  return param.targets?.length === 1 && hierarchyOf(registry, param.targets[0]!) !== undefined
}

/** The reference by which resources of a type are part of others of the same type (`partof`). */
export function hierarchyOf(registry: Registry, type: string): SearchParam | undefined {
  return registry.get(type)?.search.find(param => param.targets?.length === 1 && param.targets[0] === type)
}

function definitionOf(type: string, state: State): ResourceDefinition {
  const definition = state.registry.get(type)
  if (!definition) throw unsupported(state, `this server has no ${type}`)
  return definition
}

function paramOf(definition: ResourceDefinition, name: string, state: State): SearchParam {
  const param = findParam(definition, name)
  if (!param) throw unsupported(state, `${definition.type} has no search parameter ${name}`)
  return param
}

const unsupported = (state: State, reason: string): FhirError =>
  fhirError('not-supported', reason, { expression: state.written })

/** True for what a lenient search leaves out and a strict one refuses. */
export function isUnsupported(error: unknown): error is FhirError {
  return error instanceof Error && 'issues' in error && (error as FhirError).issues[0]?.code === 'not-supported'
}
