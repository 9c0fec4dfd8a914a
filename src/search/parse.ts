/**
 * A query string as a plan: every parameter is used, or ignored with its reason, or refused.
 * https://hl7.org/fhir/R4/search.html
 */
import { fhirError, type FhirError } from '../fhir/errors.js'
import { isUnsupported, parseCondition } from './conditions.js'
import { parseInclude } from './includes.js'
import type { SearchPlan, SortKey } from './plan.js'
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
const FORM_PARAMS: ReadonlySet<string> = new Set(['_summary', '_elements', '_format', '_pretty'])
const CURSOR = '_cursor'

/** Throws FhirError 400 for values, modifiers and names that are wrong; unknown names are 400 only when strict. */
export function parseSearch(registry: Registry, type: string, query: string, options: SearchOptions): SearchPlan {
  const plan: SearchPlan = {
    type,
    where: [],
    sort: [],
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
  for (const [name, value] of given) {
    const reason = value.trim() === '' ? 'it has no value' : take(plan, registry, name, value, options)
    if (reason !== undefined) {
      if (options.strict) throw fhirError('not-supported', `${name} cannot be used: ${reason}`, { expression: name })
      plan.ignored.push({ name, reason })
    }
  }
  return plan
}

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
    if (result && plan.used.some(([used]) => used === name)) return 'it is given more than once; the first one counts'
    if (result) {
      plan.used.push([name, result(plan, value, registry, options)])
    } else if (name === CURSOR) {
      plan.cursor = value
    } else {
      if (/^_(rev)?include(:|$)/.test(name)) plan.includes.push(...parseInclude(registry, plan.type, name, value))
      else if (!FORM_PARAMS.has(name)) plan.where.push(condition(plan, registry, name, value, options))
      if (name === '_summary' && value === 'count') plan.count = 0
      plan.used.push([name, value])
    }
    return undefined
  } catch (error) {
    if (isUnsupported(error)) return error.issues[0]!.text
    throw error
  }
}

function condition(plan: SearchPlan, registry: Registry, name: string, value: string, options: SearchOptions) {
  const clock = { now: options.now, ...(options.instantOf && { instantOf: options.instantOf }) }
  return parseCondition(plan.type, name, value, name, {
    registry,
    base: options.base,
    clock,
    maxDepth: options.maxDepth ?? 6
  })
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
    const keys = value.split(',').filter(key => key !== '')
    plan.sort = keys.map(key => sortKey(registry, plan.type, key))
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
