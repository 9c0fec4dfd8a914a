/** Slots to be taken together by one who holds the lock of those whose time it is (S8): whether they can be, and how. */
import { parseSlotId, slotSpan, type SlotKey } from '../../domain/availability/index.js'
import { fit } from '../../domain/booking/index.js'
import type { ComputedEnv, Window } from '../../search/computed.js'
import { stageOf } from './cut.js'
import { whoOf, type Offer } from './offers.js'
import { resourceOf } from './resource.js'
import { notOffered, refusalOf } from './refusals.js'
import { takeStored } from './take-stored.js'
import { offersIn } from './walk.js'

/** In order of the ids. Throws FhirError 409 `slot-taken`, 422. */
export async function take(env: ComputedEnv, ids: readonly string[]): Promise<Window[]> {
  const keys = ids.map(id => ({ id, key: parseSlotId(id) }))
  const computed = keys.flatMap(({ id, key }) => (key ? [{ id, key }] : []))
  const stored = keys.filter(({ key }) => !key).map(({ id }) => id)
  const found = await Promise.all([takeComputed(env, computed), takeStored(env, stored)])
  const byId = new Map(apart(found.flat()).map(window => [window.id, window]))
  return ids.map(id => byId.get(id)!)
}

/** Between those of one subject that are taken side by side nothing is kept free: their buffers lie around all of them. */
function apart(windows: readonly Window[]): Window[] {
  const touches = (one: Window, other: Window): boolean => one.subject === other.subject && one.end === other.start
  return windows.map(window => {
    const { start, end, blocked } = window
    const before = windows.some(other => touches(other, window))
    const after = windows.some(other => touches(window, other))
    return { ...window, blocked: { start: before ? start : blocked.start, end: after ? end : blocked.end } }
  })
}

interface Asked {
  id: string
  key: SlotKey
}

async function takeComputed(env: ComputedEnv, asked: readonly Asked[]): Promise<Window[]> {
  if (asked.length === 0) return []
  const starts = asked.map(({ key }) => key.start)
  const within = { start: Math.min(...starts), end: Math.max(...asked.map(({ key }) => slotSpan(key).end)) }
  const plain = asked.filter(({ key }) => !key.serviceKey)
  const served = asked.filter(({ key }) => key.serviceKey)
  const stages = [plain, served].filter(list => list.length > 0).map(list => stageOf(list.map(({ key }) => key)))
  const offers = await offersIn(env, stages, within)
  return calendars(asked).flatMap(slots => takeOf(offers, slots))
}

const calendarOf = ({ scheduleKey, serviceKey = '0' }: SlotKey): string => `${scheduleKey}.${serviceKey}`

/** The Slots of each Schedule and service, in order of time. */
function calendars(asked: readonly Asked[]): Asked[][] {
  const groups = new Map<string, Asked[]>()
  for (const each of [...asked].sort((a, b) => a.key.start - b.key.start))
    groups.set(calendarOf(each.key), [...(groups.get(calendarOf(each.key)) ?? []), each])
  return [...groups.values()]
}

/** Slots of one calendar. */
function takeOf(offers: readonly Offer[], slots: readonly Asked[]): Window[] {
  const { scheduleKey, serviceKey } = slots[0]!.key
  const offer = offers.find(({ schedule, service }) => schedule.key === scheduleKey && service?.key === serviceKey)
  if (!offer) throw notOffered(slots[0]!.id)
  const fitted = fit(
    offer.facts,
    slots.map(({ key }) => slotSpan(key))
  )
  if (!fitted.ok) throw refusalOf(fitted, slots.find(({ key }) => key.start === fitted.at.start)!.id)
  return fitted.seats.map((seat, index) => {
    const { id } = slots[index]!
    const { start, end, blocked, capacity, appointmentTypes } = seat
    return {
      id,
      start,
      end,
      blocked,
      capacity,
      resource: resourceOf({ id, offer, opening: seat }, 'busy'),
      stands: offer.facts.seats?.some(window => window.start === start && window.end === end) ?? false,
      ...whoOf(offer),
      ...(appointmentTypes && { appointmentTypes })
    }
  })
}
