/** Free Slots in order of start and id, from a position on, made as far as they are asked for. */
import { openings, type Instant, type Interval, type Opening } from '../../domain/availability/index.js'
import { fhirError } from '../../fhir/errors.js'
import type { ComputedEnv } from '../../search/computed.js'
import type { Cut, Stage } from './cut.js'
import { offersOf, type Offer } from './offers.js'
import { freeSlot, type FreeSlot } from './resource.js'

/** More Schedules (or pairs of Schedule and service) than this are refused, ... */
const MAX_OFFERS = 5000
/** ... and so is a walk over more days of all of them together. */
export const MAX_DAYS = 50_000
const DAY = 86_400_000

/**
 * The free Slots of a plan; `backward` from the last to the first. Facts are loaded for a day, then for three times as
 * long as before: a full page is found soon, and an empty calendar costs few statements.
 * Throws FhirError 400 `too-costly`.
 */
export async function* walk(env: ComputedEnv, cut: Cut, within: Interval, backward: boolean): AsyncGenerator<FreeSlot> {
  let days = 0
  for (const window of pieces(within, backward)) {
    const offers = await offersIn(env, cut.stages, window)
    if (offers.length === 0) return
    days += (offers.length * (window.end - window.start)) / DAY
    if (days > MAX_DAYS) throw tooCostly()
    for (const slot of backward ? [...inOrder(offers, window)].reverse() : inOrder(offers, window))
      if (cut.admits(slot)) yield slot
  }
}

/** What can offer openings in a window, whether it does or not. */
export async function offersIn(env: ComputedEnv, stages: readonly Stage[], window: Interval): Promise<Offer[]> {
  const { defaultDuration: minutes, bufferMinutes: bufferAfter } = env.tenant.appointments
  const offers = await Promise.all(
    stages.map(async stage => {
      const rows = await env.store.schedules({ ...stage, window, minutes, bufferAfter, limit: MAX_OFFERS + 1 })
      if (rows.schedules.length > MAX_OFFERS) throw tooCostly()
      return offersOf(rows, env, stage.services !== undefined)
    })
  )
  const all = offers.flat()
  if (all.length > MAX_OFFERS) throw tooCostly()
  return all
}

export const tooCostly = () =>
  fhirError(
    'too-costly',
    'Too many Schedules could have such a Slot: name a schedule, practitioner, location or service, or a shorter time',
    { expression: 'schedule' }
  )

/** A day or two are asked for at once: a statement costs more than the rows of another day. */
export function* pieces({ start, end }: Interval, backward: boolean): Generator<Interval> {
  for (let done = 0, length = end - start > 2 * DAY ? DAY : 2 * DAY; start + done < end; done += length, length *= 3) {
    const [from, to] = [done, Math.min(done + length, end - start)]
    yield backward ? { start: end - to, end: end - from } : { start: start + from, end: start + to }
  }
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
