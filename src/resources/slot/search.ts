/** Slots found: free ones as they follow from the rows, and the stored ones, in one order (S7). https://hl7.org/fhir/R4/slot.html#search */
import type { Interval } from '../../domain/availability/index.js'
import { fhirError } from '../../fhir/errors.js'
import type { ComputedEnv, SearchPage, StoredDocument } from '../../search/computed.js'
import { dateParam, tokenParam } from '../../search/params.js'
import type { Condition, Cursor, SearchPlan } from '../../search/plan.js'
import { cutPlan, type Cut } from './cut.js'
import { included } from './included.js'
import { document, type FreeSlot, type Item } from './resource.js'
import { bookable } from './stored-free.js'
import { walk } from './walk.js'

/** So many stored free Slots are looked at one by one for a total; who stores more has them counted as they are. */
const MOST_FREE = 1000
const IS_FREE: Condition = {
  kind: 'param',
  type: 'Slot',
  param: tokenParam('status', 'Slot.status'),
  values: [{ form: 'token', code: 'free' }]
}
const START = dateParam('start', 'Slot.start')

/** By start unless the plan says otherwise. Throws FhirError 400 for an order that free Slots cannot have. */
export async function search(env: ComputedEnv, asked: SearchPlan): Promise<SearchPage> {
  const plan = { ...asked, sort: asked.sort.length > 0 ? asked.sort : [{ param: START, descending: false }] }
  const cut = cutPlan(plan)
  if (!cut) return env.store.search(plan)
  if (plan.sort.length > 1 || plan.sort[0]!.param.name !== 'start')
    throw fhirError('not-supported', 'Free Slots are sorted by start or -start only', { expression: '_sort' })
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

function startsFrom(now: Date): Condition {
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
  const falling = plan.sort[0]!.descending !== backward
  const [found, computed] = await Promise.all([
    env.store.search(stored),
    takeFree(env, cut, falling, plan.count + 1, plan.after)
  ])
  const matches = await bookable(env, found.matches)
  const further = (backward ? found.previous : found.next) !== undefined
  // What lies behind the last stored one that was read is for the next page, also when that one is not shown.
  const unread = further && matches.length < found.matches.length ? found.matches.at(backward ? 0 : -1) : undefined
  const edge = unread && storedItem(unread)
  const items = [...matches.map(storedItem), ...computed.map(freeItem)]
    .filter(item => !edge || (falling ? byStart(item, edge) >= 0 : byStart(item, edge) <= 0))
    .sort(byStart)
  if (falling) items.reverse()
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

/** The free Slots next to a position, nearest first. */
async function takeFree(
  env: ComputedEnv,
  cut: Cut,
  falling: boolean,
  most: number,
  after?: Cursor
): Promise<FreeSlot[]> {
  const within = ahead(cut, env)
  const position = after && { start: Date.parse(after.sort[0] ?? ''), id: after.id }
  if (position && falling) within.end = Math.min(within.end, position.start + 1)
  if (position && !falling) within.start = Math.max(within.start, position.start)
  const slots: FreeSlot[] = []
  for await (const slot of walk(env, cut, within, falling)) {
    const side = position ? byStart({ start: slot.opening.start, id: slot.id }, position) : falling ? -1 : 1
    if (falling ? side < 0 : side > 0) slots.push(slot)
    if (slots.length === most) break
  }
  return slots
}

const storedItem = (document: StoredDocument): Item => {
  const { start } = JSON.parse(document.text) as { start: string }
  return { start: Date.parse(start), id: document.id, document }
}

const freeItem = (free: FreeSlot): Item => ({
  start: free.opening.start,
  id: free.id,
  document: document(free),
  free
})

type Position = Pick<Item, 'start' | 'id'>

const byStart = (a: Position, b: Position): number => a.start - b.start || (a.id < b.id ? -1 : Number(a.id > b.id))

const positionOf = ({ start, id }: Item): Cursor => ({ sort: [new Date(start).toISOString()], id })
