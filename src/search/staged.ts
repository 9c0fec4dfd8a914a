/**
 * Searches that ask for computed resources of others (who has a free opening): pages of candidates by SQL in the order of
 * the plan, each of which the computed source thins out, until a page is full.
 */
import { fhirError } from '../fhir/errors.js'
import type { ComputedEnv, SearchPage } from './computed.js'
import { isOneOf } from './params.js'
import type { Cursor, SearchPlan } from './plan.js'
import type { Registry } from './registry.js'
import { stageOf } from './stages.js'

/** More candidates than this are refused. */
const MAX_CANDIDATES = 5000

/** The plan's cursor is opened. Throws FhirError 400 `too-costly` when too many would have to be looked at. */
export async function searchStored(env: ComputedEnv, registry: Registry, plan: SearchPlan): Promise<SearchPage> {
  if (!stageOf(registry, plan)) return env.store.search(plan)
  if (plan.count === 0) return env.store.search(await settle(env, registry, plan))
  const found = await firstOf(env, registry, plan)
  const page = await env.store.search({ ...among(withoutStages(registry, plan), found), total: 'none' })
  const total = await totalOf(env, registry, plan, found.length)
  return { ...page, ...(total !== undefined && { total }) }
}

/** A first page with nothing behind it knows the total by itself. */
async function totalOf(env: ComputedEnv, registry: Registry, plan: SearchPlan, found: number) {
  if (plan.total === 'none') return undefined
  if (!plan.after && found <= plan.count) return found
  if (plan.total === 'auto') return undefined
  const { total } = await env.store.search({ ...(await settle(env, registry, plan)), count: 0 })
  return total
}

const among = (plan: SearchPlan, ids: readonly string[]): SearchPlan => ({
  ...plan,
  where: [...plan.where, isOneOf(plan.type, ids)]
})

/** Ids of the matches next to the position, one more than a page holds: it tells that there is another page. */
async function firstOf(env: ComputedEnv, registry: Registry, plan: SearchPlan): Promise<string[]> {
  const wanted = plan.count + 1
  const backward = plan.after?.backward === true
  const bare = { includes: [], total: 'none' as const }
  const open = { ...withoutStages(registry, plan), ...bare }
  const found: string[] = []
  let looked = 0
  for (let after = plan.after, size = 2 * wanted; ; size *= 2) {
    const count = Math.min(Math.max(size, 50), 1000)
    const page = await env.store.search({ ...open, count, ...(after && { after }) })
    const ids = page.matches.map(({ id }) => id)
    found.push(...(await thinned(env, registry, { ...plan, ...bare }, ids)))
    const next: Cursor | undefined = backward ? page.previous : page.next
    if (found.length >= wanted || !next) return found.slice(0, wanted)
    if ((looked += ids.length) >= MAX_CANDIDATES) throw tooCostly()
    after = next
  }
}

/** Those of the ids that meet the whole plan, in the order of reading. */
async function thinned(
  env: ComputedEnv,
  registry: Registry,
  plan: SearchPlan,
  ids: readonly string[]
): Promise<string[]> {
  if (ids.length === 0) return []
  const { after, ...first } = await settle(env, registry, among(plan, ids))
  const { matches } = await env.store.search({ ...first, count: ids.length })
  const kept = matches.map(({ id }) => id)
  return after?.backward ? kept.reverse() : kept
}

/** The plan with all that is computed worked out. */
async function settle(env: ComputedEnv, registry: Registry, plan: SearchPlan): Promise<SearchPlan> {
  let settled = plan
  for (let stage = stageOf(registry, settled); stage; stage = stageOf(registry, settled))
    settled = stage.settle(await stage.source.holders(env, stage.has, stage.candidates))
  return settled
}

function withoutStages(registry: Registry, plan: SearchPlan): SearchPlan {
  const stage = stageOf(registry, plan)
  return stage ? withoutStages(registry, stage.drop()) : plan
}

const tooCostly = () =>
  fhirError(
    'too-costly',
    `More than ${MAX_CANDIDATES} resources would have to be looked at one by one: add conditions that fewer of them meet, or a longer time`,
    { expression: '_has' }
  )
