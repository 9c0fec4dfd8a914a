/** Criteria of conditional requests and references: search parameters that name one resource. https://hl7.org/fhir/R4/http.html#ccreate */
import { fhirError, retold, type FhirError } from '../fhir/errors.js'
import type { SearchPlan } from '../search/plan.js'
import { joinQuery } from '../search/query-string.js'
import { stageOf } from '../search/stages.js'
import type { Context } from './context.js'
import { parse } from './plan.js'
import { restricted } from './restriction.js'

/** Parameters about the answer, not about what matches. */
const RESULT = /^_(?:format|pretty|summary|elements|count|sort|total)$/

export interface Criteria {
  plan: SearchPlan
  /** The same for the same criteria, in whatever order they came. */
  key: string
  /** Where they stand in a Bundle. */
  place?: string
}

export interface CriteriaOptions {
  /** Only what can be written counts, and no record of the shared directory. */
  stored: boolean
  place?: string | undefined
}

/**
 * `text` is `identifier=a|b`, with or without `?` or `Type?` before it. Throws FhirError 400 when there are none, or one
 * that a search would ignore: what is left out must not let the rest match more.
 */
export function criteriaOf(context: Context, type: string, text: string, { stored, place }: CriteriaOptions): Criteria {
  const query = text.replace(new RegExp(`^(?:${type})?\\?`), '')
  const plan = at(place, () => parse(context, type, query, true))
  if (plan.cursor !== undefined)
    throw fhirError('not-supported', '_cursor leads through the pages of a search, and names no resource', told(place))
  if (stageOf(context.registry, plan))
    throw fhirError('not-supported', 'Criteria cannot ask for what is computed (free Slots): search first', told(place))
  if (plan.where.length === 0)
    throw fhirError('required', `Name the ${type} by search parameters: ${type}?identifier=system|value`, told(place))
  const used = plan.used.filter(([name]) => !RESULT.test(name)).sort(([one], [other]) => (one < other ? -1 : 1))
  const asked = { ...plan, sort: [], includes: [], total: 'none' as const, count: 1, ...(stored && { stored }) }
  return {
    plan: at(place, () => restricted(context, asked)),
    key: `${type}?${joinQuery(used)}`,
    ...(place !== undefined && { place })
  }
}

const told = (place: string | undefined) => (place === undefined ? {} : { expression: place })

/** Errors of the search are told at the place of the criteria. */
function at<T>(place: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw place === undefined ? error : retold(error, issue => ({ ...issue, expression: place }))
  }
}

/** More than one: https://hl7.org/fhir/R4/http.html#cond-update */
export const multiple = ({ key, place }: Criteria, expression = place): FhirError =>
  fhirError('multiple-matches', `${key} matches more than one resource: use criteria that name one`, told(expression))
