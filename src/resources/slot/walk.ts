/** Free Slots in order of start and id, from a position on, made as far as they are asked for. */
import { openings, type Instant, type Interval, type Opening } from '../../domain/availability/index.js'
import { fhirError } from '../../fhir/errors.js'
import type { ComputedEnv } from '../../search/computed.js'
import type { Part } from '../../search/schedule-rows.js'
import type { Cut, Stage } from './cut.js'
import { offersOf, type Offer } from './offers.js'
import { freeSlot, type FreeSlot } from './resource.js'

/** More Schedules (or pairs of Schedule and service) than this are refused, ... */
const MAX_OFFERS = 5000
/** ... and so is a walk over more days of all of them together. */
const MAX_DAYS = 50_000
const DAY = 86_400_000
/** Read at once, of all Schedules together: the month of one, the week of four, a day of many. */
const WHOLE = 32 * DAY

/** The free Slots of a plan; `backward` from the last to the first. Throws FhirError 400 `too-costly`. */
export async function* walk(env: ComputedEnv, cut: Cut, within: Interval, backward: boolean): AsyncGenerator<FreeSlot> {
  for await (const { offers, window } of stretches(env, () => cut.stages, within, backward))
    for (const slot of backward ? falling(offers, window) : inOrder(offers, window)) if (cut.admits(slot)) yield slot
}

/** What can offer openings in a window, whether it does or not. */
interface Stretch {
  offers: Offer[]
  window: Interval
}

/**
 * The window in stretches, until nobody is left to offer anything. Facts are loaded for a day at least, then for three
 * times as long as before: a full page is found soon, and an empty calendar costs few statements.
 * Throws FhirError 400 `too-costly`.
 */
export async function* stretches(
  env: ComputedEnv,
  stages: () => readonly Stage[],
  { start, end }: Interval,
  backward: boolean
): AsyncGenerator<Stretch> {
  let days = 0
  for (let least = DAY; start < end;) {
    const { offers, window } = await load(env, stages(), { start, end }, { least, whole: WHOLE, backward })
    if (offers.length === 0) return
    days += (offers.length * (window.end - window.start)) / DAY
    if (days > MAX_DAYS) throw tooCostly()
    yield { offers, window }
    if (backward) end = window.start
    else start = window.end
    least = 3 * (window.end - window.start)
  }
}

/** The offers of a whole window. Throws FhirError 400 `too-costly`. */
export const offersIn = async (env: ComputedEnv, stages: readonly Stage[], window: Interval): Promise<Offer[]> =>
  (await load(env, stages, window)).offers

async function load(env: ComputedEnv, stages: readonly Stage[], window: Interval, part?: Part): Promise<Stretch> {
  const { defaultDuration: minutes, bufferMinutes: bufferAfter } = env.tenant.appointments
  const request = { window, minutes, bufferAfter, limit: MAX_OFFERS + 1, ...(part && { part }) }
  const answers = await Promise.all(
    stages.map(async stage => {
      const rows = await env.store.schedules({ ...stage, ...request })
      if (rows.schedules.length > MAX_OFFERS) throw tooCostly()
      return { read: rows.window, offers: offersOf(rows, env, stage.services !== undefined) }
    })
  )
  const offers = answers.flatMap(answer => answer.offers)
  if (offers.length > MAX_OFFERS) throw tooCostly()
  // What one stage read beyond another is left for the next time.
  const start = Math.max(window.start, ...answers.map(({ read }) => read[0]))
  return { offers, window: { start, end: Math.min(window.end, ...answers.map(({ read }) => read[1])) } }
}

export const tooCostly = () =>
  fhirError(
    'too-costly',
    'Too many Schedules could have such a Slot: name a schedule, practitioner, location or service, or a shorter time',
    { expression: 'schedule' }
  )

/** The openings of all offers from the last to the first: they are made forwards, so a day's at a time. */
function* falling(offers: readonly Offer[], { start, end }: Interval): Generator<FreeSlot> {
  for (let until = end; until > start; until -= DAY)
    yield* [...inOrder(offers, { start: Math.max(start, until - DAY), end: until })].reverse()
}

interface Head {
  offer: Offer
  rest: Generator<Opening, undefined>
  next: Opening | undefined
}

/** The openings of all offers that start in the window: each time those of the next start, by id. */
function* inOrder(offers: readonly Offer[], window: Interval): Generator<FreeSlot> {
  let heads = offers.map((offer): Head => {
    const rest = openings(offer.facts, window)
    return { offer, rest, next: rest.next().value }
  })
  for (;;) {
    heads = heads.filter(head => head.next)
    if (heads.length === 0) return
    const start = heads.reduce((first, { next }) => Math.min(first, next!.start), Infinity)
    yield* heads.flatMap(head => startingAt(head, start)).sort((a, b) => (a.id < b.id ? -1 : 1))
  }
}

function startingAt(head: Head, start: Instant): FreeSlot[] {
  const slots: FreeSlot[] = []
  for (; head.next?.start === start; head.next = head.rest.next().value) slots.push(freeSlot(head.offer, head.next))
  return slots
}
