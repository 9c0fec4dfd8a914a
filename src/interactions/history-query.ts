/** The parameters of a history: `_count`, `_since`, `_at`. https://hl7.org/fhir/R4/http.html#history */
import { fhirError, warning, type Issue } from '../fhir/errors.js'
import { CURSOR, cursorIn } from '../search/cursor.js'
import { parseDate } from '../search/dates.js'
import { FORM_PARAMS } from '../search/parse.js'
import type { SearchPlan } from '../search/plan.js'
import { splitQuery } from '../search/query-string.js'
import type { HistoryRequest } from '../store/ports.js'
import type { Context } from './context.js'
import { instantOf, MAX_COUNT } from './plan.js'

export interface HistoryPlan extends Pick<SearchPlan, 'used' | 'cursor'> {
  /** Path below the base: what page links are sealed to. */
  type: string
  request: Pick<HistoryRequest, 'count' | 'since' | 'at'>
  /** What was left out: a Bundle of versions has no entry for it. */
  ignored: Issue[]
}

const DEFAULT_COUNT = 20
const KNOWN = 'a history knows _count, _since and _at; that of one resource is at [type]/[id]/_history'

/** Throws FhirError 400 for a value that cannot be read, and for an unknown parameter under `strict`. */
export function parseHistory(context: Context, path: string, query: string, strict: boolean): HistoryPlan {
  const plan: HistoryPlan = { type: path, used: [], request: { count: DEFAULT_COUNT }, ignored: [] }
  const given = splitQuery(query)
  const cursor = cursorIn(given)
  if (cursor !== undefined) plan.cursor = cursor
  for (const [name, value] of given) {
    if (name === CURSOR) continue
    if (FORM_PARAMS.has(name)) plan.used.push([name, value])
    else if (take(context, plan.request, name, value)) plan.used.push([name, value])
    else if (strict) throw fhirError('not-supported', `${name} cannot be used: ${KNOWN}`, { expression: name })
    else plan.ignored.push(warning('not-supported', `${name} was ignored: ${KNOWN}`, name))
  }
  if (plan.used.some(([name, value]) => name === '_summary' && value === 'count')) plan.request.count = 0
  return plan
}

/** Whether the parameter is known. */
function take(context: Context, request: HistoryPlan['request'], name: string, value: string): boolean {
  if (name === '_count') request.count = countOf(value)
  else if (name === '_since') request.since = dateOf(context, name, value).low
  else if (name === '_at') request.at = dateOf(context, name, value)
  else return false
  return true
}

function countOf(value: string): number {
  if (!/^\d{1,9}$/.test(value))
    throw fhirError('value', `_count must be a whole number, not ${value}`, { expression: '_count' })
  return Math.min(Number(value), MAX_COUNT)
}

function dateOf({ now, tenant }: Context, name: string, value: string): { low: string; high: string } {
  const date = /^\d/.test(value) ? parseDate(value, { now, instantOf: instantOf(tenant.timeZone) }) : undefined
  if (!date)
    throw fhirError('value', `${name} must be a date or an instant such as 2026-03-01T09:00:00Z, not ${value}`, {
      expression: name
    })
  return { low: date.low, high: date.high }
}
