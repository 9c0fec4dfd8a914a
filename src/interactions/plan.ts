/** Query strings as plans, with the tenant's clock, and what plans find. https://hl7.org/fhir/R4/search.html */
import { fhirError } from '../fhir/errors.js'
import { instantAt } from '../domain/availability/index.js'
import { parseSearch } from '../search/parse.js'
import { ofEachType, type SearchPlan } from '../search/plan.js'
import { computedSource } from '../search/registry.js'
import { searchStored } from '../search/staged.js'
import { stageOf } from '../search/stages.js'
import type { SearchPage } from '../store/ports.js'
import type { Context } from './context.js'

export const MAX_COUNT = 1000

/** What a query string asks for, whoever asks. Throws FhirError 400. */
export function parse(
  { base, now, registry, tenant, chainSteps }: Context,
  type: string | readonly [string, ...string[]],
  query: string,
  strict: boolean
) {
  return parseSearch(registry, type, query, {
    ...{ base, strict, now, maxCount: MAX_COUNT, maxDepth: chainSteps },
    instantOf: instantOf(tenant.timeZone)
  })
}

/** What a date without a zone means: the tenant's wall clock. */
export const instantOf = (zone: string) => (local: string) =>
  instantAt(zone, Date.parse(`${local.replace(/^\d{5}-/, '+0$&')}Z`))

/** A page of stored and computed resources. */
export function run(context: Context, plan: SearchPlan): Promise<SearchPage> {
  if (plan.beside) return runSeveral(context, plan)
  const computed = computedSource(context.registry.get(plan.type))
  return computed ? computed.search(context, plan) : searchStored(context, context.registry, plan)
}

/** What is stored of several types. Throws FhirError 400 for conditions that only free Slots can meet. */
async function runSeveral({ registry, store }: Context, plan: SearchPlan): Promise<SearchPage> {
  if (ofEachType(plan).some(each => stageOf(registry, each)))
    throw fhirError('not-supported', 'By what is computed (free Slots) one type at a time is searched', {
      expression: '_type'
    })
  return store.search(plan)
}
