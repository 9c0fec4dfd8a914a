/**
 * A query string as a plan: every parameter is used, or ignored with its reason, or refused.
 * https://hl7.org/fhir/R4/search.html
 */
import { fhirError, type FhirError } from '../fhir/errors.js'
import { isUnsupported, parseCondition } from './conditions.js'
import { CURSOR, cursorIn } from './cursor.js'
import { parseIncludes } from './includes.js'
import type { SearchPlan, SortKey, TypePlan } from './plan.js'
import { splitQuery } from './query-string.js'
import { findParam, type Registry } from './registry.js'
import { badValue } from './values.js'

export interface SearchOptions {
  /** FHIR base of this server, without a slash at the end. */
  base: string
  /** `Prefer: handling=strict`: what would be ignored is refused. */
  strict: boolean
  /** Largest page; a larger `_count` is cut to it. */
  maxCount: number
  /** For the prefix `ap`. */
  now: Date
  /** Epoch milliseconds of a wall-clock time where a date has no zone; default UTC. */
  instantOf?: (local: string) => number
  /** Steps that a chain may have; default 6. */
  maxDepth?: number
}

const DEFAULT_COUNT = 20
const MAX_PARAMETERS = 50

/** Parameters about the answer's form: others read them from `used`. */
export const FORM_PARAMS: ReadonlySet<string> = new Set(['_summary', '_elements', '_format', '_pretty'])

/**
 * Throws FhirError 400 for values, modifiers and names that are wrong; unknown names are 400 only when strict. Of several
 * types each must know the parameter. https://hl7.org/fhir/R4/http.html#search
 */
export function parseSearch(
  registry: Registry,
  type: string | readonly [string, ...string[]],
  query: string,
  options: SearchOptions
): SearchPlan {
  const [first, ...others] = typeof type === 'string' ? [type] : type
  const plan: SearchPlan = {
    type: first,
    where: [],
    sort: [],
    ...(others.length > 0 && { beside: others.map(each => ({ type: each, where: [], sort: [] })) }),
    includes: [],
    count: DEFAULT_COUNT,
    total: 'auto',
    used: [],
    ignored: []
  }
  const given = splitQuery(query)
  if (given.length > MAX_PARAMETERS)
    throw fhirError(
      'too-costly',
      `A search may have ${MAX_PARAMETERS} parameters: search with fewer, or in several steps`
    )
  const asked = distinct(given)
  const cursor = cursorIn(asked)
  if (cursor !== undefined) plan.cursor = cursor
  for (const [name, value] of asked) {
    if (name === CURSOR) continue
    const isEmpty = value.trim() === ''
    const reason = isEmpty ? 'it has no value' : take(plan, registry, name, value, options)
    if (reason !== undefined) {
      if (options.strict) throw fhirError('not-supported', `${name} cannot be used: ${reason}`, { expression: name })
      plan.ignored.push({ name, reason })
    }
  }
  if (plan.total === 'auto' && plan.where.length > 0 && registry.get(first)?.counted) plan.total = 'accurate'
  return plan
}

/** The same asked again asks for nothing more. */
const distinct = (pairs: readonly [string, string][]): [string, string][] => [
  ...new Map(pairs.map(pair => [pair.join('\0'), pair])).values()
]

/** Adds a parameter to the plan; the reason why not, when it is left out. */
function take(
  plan: SearchPlan,
  registry: Registry,
  name: string,
  value: string,
  options: SearchOptions
): string | undefined {
  try {
    const result = Object.hasOwn(RESULT_PARAMS, name) ? RESULT_PARAMS[name] : undefined
    if ((result || FORM_PARAMS.has(name)) && plan.used.some(([used]) => used === name))
      return 'it is given more than once; the first one counts'
    if (result) {
      plan.used.push([name, result(plan, value, registry, options)])
    } else {
      if (/^_(rev)?include(:|$)/.test(name))
        plan.includes.push(
          ...parseIncludes(
            registry,
            typesOf(plan).map(({ type }) => type),
            name,
            value
          )
        )
      else if (!FORM_PARAMS.has(name)) addCondition(plan, registry, name, value, options)
      if (name === '_summary' && value === 'count') plan.count = 0
      plan.used.push([name, value])
    }
    return undefined
  } catch (error) {
    if (isUnsupported(error)) return error.issues[0]!.text
    throw error
  }
}

const typesOf = (plan: SearchPlan): TypePlan[] => [plan, ...(plan.beside ?? [])]

/** To all types or, when one of them does not have the parameter, to none. */
function addCondition(
  plan: SearchPlan,
  registry: Registry,
  name: string,
  value: string,
  { base, now, instantOf, maxDepth = 6 }: SearchOptions
): void {
  const clock = { now, ...(instantOf && { instantOf }) }
  const made = typesOf(plan).map(({ type, where }) => ({
    where,
    condition: parseCondition(type, name, value, name, { registry, base, clock, maxDepth })
  }))
  for (const { where, condition } of made) where.push(condition)
}

/** Parameters about the whole result: set the plan and give the value as it was used. */
const RESULT_PARAMS: Readonly<
  Record<string, (plan: SearchPlan, value: string, registry: Registry, options: SearchOptions) => string>
> = {
  _count(plan, value, _registry, options) {
    if (!/^\d{1,9}$/.test(value)) throw badValue('_count', value, `a whole number from 0 to ${options.maxCount}`)
    const count = Math.min(Number(value), options.maxCount)
    if (plan.used.every(([name, used]) => name !== '_summary' || used !== 'count')) plan.count = count
    return String(count)
  },
  _total(plan, value) {
    if (value !== 'none' && value !== 'accurate' && value !== 'estimate')
      throw badValue('_total', value, 'none, estimate or accurate')
    plan.total = value
    return value
  },
  _sort(plan, value, registry) {
    const names = value.split(',').map(key => key.replace(/^-/, ''))
    // A key that comes again sorts nothing any more, whichever way.
    const keys = value.split(',').filter((key, at) => key !== '' && names.indexOf(names[at]!) === at)
    const made = typesOf(plan).map(({ type }) => keys.map(key => sortKey(registry, type, key)))
    for (const [index, key] of keys.entries())
      if (made.some(each => each[index]!.param.type !== made[0]![index]!.param.type))
        throw fhirError('not-supported', `_sort: the types have different kinds of ${key}`, { expression: '_sort' })
    typesOf(plan).forEach((each, index) => (each.sort = made[index]!))
    return keys.join(',')
  }
}

function sortKey(registry: Registry, type: string, key: string): SortKey {
  const descending = key.startsWith('-')
  const name = descending ? key.slice(1) : key
  const definition = registry.get(type)
  const param = definition && findParam(definition, name)
  if (!param || param.type === 'special') throw unsortable(key, type)
  return { param, descending }
}

const unsortable = (key: string, type: string): FhirError =>
  fhirError('not-supported', `_sort: ${type} cannot be sorted by ${key}`, { expression: '_sort' })
