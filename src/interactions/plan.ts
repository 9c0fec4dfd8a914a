/** Query strings as plans, with the tenant's clock, and what plans find. https://hl7.org/fhir/R4/search.html */
import { instantAt } from '../domain/availability/index.js'
import type { ComputedSource } from '../search/computed.js'
import { parseSearch } from '../search/parse.js'
import type { SearchPlan } from '../search/plan.js'
import { searchStored } from '../search/staged.js'
import type { SearchPage } from '../store/ports.js'
import type { Context } from './context.js'

export const MAX_COUNT = 1000

/** What a query string asks for, whoever asks. Throws FhirError 400. */
export function parse({ base, now, registry, tenant }: Context, type: string, query: string, strict: boolean) {
  return parseSearch(registry, type, query, {
    ...{ base, strict, now, maxCount: MAX_COUNT },
    instantOf: instantOf(tenant.timeZone)
  })
}

/** What a date without a zone means: the tenant's wall clock. */
export const instantOf = (zone: string) => (local: string) =>
  instantAt(zone, Date.parse(`${local.replace(/^\d{5}-/, '+0$&')}Z`))

/** A page of stored and computed resources. */
export function run(context: Context, plan: SearchPlan): Promise<SearchPage> {
  const computed = context.registry
    .get(plan.type)!
    .sources.find((source): source is ComputedSource => source.kind === 'computed')
  return computed ? computed.search(context, plan) : searchStored(context, context.registry, plan)
}
