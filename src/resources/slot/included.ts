/** What the Slots of a page refer to, and what refers to them. https://hl7.org/fhir/R4/search.html#revinclude */
import { isOneOf } from '../../search/params.js'
import type { ComputedStore, StoredDocument } from '../../search/computed.js'
import { bare, type SearchPlan } from '../../search/plan.js'
import type { FreeSlot, Item } from './resource.js'

/** Targets of a free Slot's references by search parameter. */
const LINKS: readonly { param: string; type: string; id: (slot: FreeSlot) => string | undefined }[] = [
  { param: 'schedule', type: 'Schedule', id: ({ offer }) => offer.schedule.id },
  { param: 'service-type-reference', type: 'HealthcareService', id: ({ offer }) => offer.service?.id }
]

/** Stored Slots have their includes by search; those of free ones begin one step on, at what they refer to. */
export async function included(
  store: ComputedStore,
  plan: SearchPlan,
  items: readonly Item[]
): Promise<StoredDocument[]> {
  if (plan.includes.length === 0) return []
  const stored = items.flatMap(item => (item.free ? [] : item.id))
  const pages = await Promise.all([
    around(store, plan, 'Slot', stored, plan.includes).then(page => page.included),
    ...LINKS.filter(link =>
      plan.includes.some(each => !each.reverse && each.source === 'Slot' && each.param.name === link.param)
    ).map(async ({ type, id }) => {
      const ids = [...new Set(items.flatMap(({ free }) => (free ? (id(free) ?? []) : [])))]
      const page = await around(
        store,
        plan,
        type,
        ids,
        plan.includes.filter(each => each.iterate)
      )
      return [...page.matches, ...page.included]
    })
  ])
  return [...new Map(pages.flat().map(each => [`${each.type}/${each.id}`, each])).values()]
}

async function around(
  store: ComputedStore,
  plan: SearchPlan,
  type: string,
  ids: string[],
  includes: SearchPlan['includes']
) {
  if (ids.length === 0) return { matches: [], included: [] }
  const { used } = plan
  return store.search({ ...bare(type, [isOneOf(type, ids)], ids.length), includes, used })
}
