/** Slots found: free ones as they follow from the rows, and the stored ones, in one order (S7). https://hl7.org/fhir/R4/slot.html#search */
import type { Interval } from '../../domain/availability/index.js'
import { fhirError } from '../../fhir/errors.js'
import type { ComputedEnv, SearchPage } from '../../search/computed.js'
import { dateParam, tokenParam } from '../../search/params.js'
import type { Condition, Cursor, SearchPlan, SortKey } from '../../search/plan.js'
import { cutPlan, type Cut } from './cut.js'
import { included } from './included.js'
import { keysOf, orderOf, type Compare } from './order.js'
import { document, type FreeSlot, type Item } from './resource.js'
import { bookable } from './stored-free.js'
import { walk } from './walk.js'

/** So many stored free Slots are looked at one by one for a total; who stores more has them counted as they are. */
const MOST_FREE = 1000
export const IS_FREE: Extract<Condition, { kind: 'param' }> = {
  kind: 'param',
  type: 'Slot',
  param: tokenParam('status', 'Slot.status'),
  values: [{ form: 'token', code: 'free' }]
}
export const START = dateParam('start', 'Slot.start')

/** In another order than by start first, at most so many free ones are worked out. */
const MOST_SORTED = 10_000

/** By start unless the plan says otherwise. Throws FhirError 400 `too-costly`. */
export async function search(env: ComputedEnv, asked: SearchPlan): Promise<SearchPage> {
  const plan = { ...asked, sort: asked.sort.length > 0 ? asked.sort : [{ param: START, descending: false }] }
  const cut = cutPlan(plan)
  if (!cut) return env.store.search(plan)
  const stored = storedPlan(plan, cut, env.now)
  if (plan.count === 0) return { matches: [], included: [], total: await count(env, cut, stored) }
  const found = await page(env, plan, cut, stored)
  const total = await totalOf(env, plan, cut, stored, found)
  return {
    matches: found.items.map(item => item.document),
    included: await included(env.store, plan, found.items),
    ...(total !== undefined && { total }),
    ...(found.next && { next: found.next }),
    ...(found.previous && { previous: found.previous })
  }
}

/** What is asked of stored Slots: as written, but from now on where nothing else is said. Includes wait for the page. */
function storedPlan(plan: SearchPlan, { bounded }: Cut, now: Date): SearchPlan {
  return { ...plan, where: bounded ? plan.where : [...plan.where, startsFrom(now)], includes: [], total: 'none' }
}

/** Those that start from an instant on. */
export function startsFrom(now: Date): Condition {
  const instant = now.toISOString()
  const local = instant.slice(0, -1)
  const low = { low: instant, high: instant, local: { low: local, high: local }, lexical: instant }
  return { kind: 'param', type: 'Slot', param: START, values: [{ form: 'date', prefix: 'ge', ...low }] }
}

/** Free Slots lie ahead of now and within the horizon, whatever is asked. */
export function ahead({ window }: Cut, { now, tenant }: ComputedEnv): Interval {
  const horizon = now.getTime() + tenant.appointments.horizonDays * 86_400_000
  return { start: Math.max(window.start, now.getTime()), end: Math.min(window.end, horizon) }
}

/** A first page with nothing behind it knows the total by itself. */
async function totalOf(env: ComputedEnv, plan: SearchPlan, cut: Cut, stored: SearchPlan, { items, next }: Found) {
  if (plan.total === 'none') return undefined
  if (!plan.after && !next) return items.length
  return plan.total === 'auto' ? undefined : count(env, cut, stored)
}

async function count(env: ComputedEnv, cut: Cut, stored: SearchPlan): Promise<number> {
  const { total = 0 } = await env.store.search({ ...stored, count: 0 })
  const { matches } = await env.store.search({ ...stored, where: [...stored.where, IS_FREE], count: MOST_FREE })
  const closed = matches.length - (await bookable(env, matches)).length
  let computed = 0
  for await (const _ of walk(env, cut, ahead(cut, env), false)) computed++
  return total - closed + computed
}

interface Found {
  items: Item[]
  next?: Cursor
  previous?: Cursor
}

/** `count` items behind the position, or before it, and the positions around them: see cutPage of the store. */
async function page(env: ComputedEnv, plan: SearchPlan, cut: Cut, stored: SearchPlan): Promise<Found> {
  const backward = plan.after?.backward === true
  const order = orderOf(plan.sort, backward)
  const [found, computed] = await Promise.all([env.store.search(stored), takeFree(env, cut, plan, order)])
  const read = found.matches.map((document, at): Item => ({ keys: found.keys![at]!, id: document.id, document }))
  const shown = new Set(await bookable(env, found.matches))
  const further = (backward ? found.previous : found.next) !== undefined
  // What lies behind the last stored one that was read is for the next page, also when that one is not shown.
  const unread = further && shown.size < read.length
  const edge = unread && read.at(backward ? 0 : -1)
  const items = [...read.filter(({ document }) => shown.has(document)), ...computed]
    .filter(item => !edge || order(item, edge) <= 0)
    .sort(order)
  const more = items.length > plan.count || further
  const kept = items.slice(0, plan.count)
  const [near, far] = [kept[0], edge && kept.length < plan.count ? edge : kept.at(-1)]
  if (backward) kept.reverse()
  const [previous, next] = backward ? [more && far, near] : [plan.after && near, more && far]
  return {
    items: kept,
    ...(next && { next: positionOf(next) }),
    ...(previous && { previous: { ...positionOf(previous), backward: true } })
  }
}

/** The free Slots next to the position, one more than a page holds, nearest first. Throws FhirError 400 `too-costly`. */
async function takeFree(env: ComputedEnv, cut: Cut, plan: SearchPlan, order: Compare): Promise<Item[]> {
  const [{ param, descending }, ...further] = plan.sort as [SortKey, ...SortKey[]]
  const byStart = param.name === 'start'
  const falling = byStart && descending !== (plan.after?.backward === true)
  const after = plan.after && { keys: plan.after.sort, id: plan.after.id }
  const within = byStart ? beyond(ahead(cut, env), falling, after) : ahead(cut, env)
  const found: (Omit<Item, 'document'> & { free: FreeSlot })[] = []
  // The walk is by start and id: of those with one start, further keys tell which are first.
  const isFull = ({ opening }: FreeSlot): boolean =>
    byStart && found.length > plan.count && (further.length === 0 || found.at(-1)!.free.opening.start !== opening.start)
  for await (const free of walk(env, cut, within, falling)) {
    if (isFull(free)) break
    const item = { keys: keysOf(free, plan.sort), id: free.id, free }
    if (!after || order(after, item) < 0) found.push(item)
    if (found.length > MOST_SORTED) throw manyToSort()
  }
  const nearest = found.sort(order).slice(0, plan.count + 1)
  return nearest.map(item => ({ ...item, document: document(item.free) }))
}

/** The part of a window that lies on the far side of a position. */
function beyond({ start, end }: Interval, falling: boolean, after?: Pick<Item, 'keys'>): Interval {
  const at = after && Date.parse(after.keys[0]?.replace(' ', 'T').replace(/\+00$/, 'Z') ?? '')
  if (at === undefined) return { start, end }
  return falling ? { start, end: Math.min(end, at + 1) } : { start: Math.max(start, at), end }
}

const manyToSort = () =>
  fhirError(
    'too-costly',
    `More than ${MOST_SORTED} free Slots would have to be sorted: sort by start first, or name a schedule, practitioner or service, or a shorter time`,
    { expression: '_sort' }
  )

const positionOf = ({ keys, id }: Item): Cursor => ({ sort: keys, id })
