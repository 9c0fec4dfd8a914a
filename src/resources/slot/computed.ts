/** Free Slots as a source: worked out of hours, closures, bookings and services, never stored (S4); taken ones have rows. */
import { openingAt, parseSlotId } from '../../domain/availability/index.js'
import type { ComputedEnv, ComputedSource, StoredDocument } from '../../search/computed.js'
import { stageOf } from './cut.js'
import { document, freeSlot } from './resource.js'
import { holders } from './holders.js'
import { IS_FREE, search } from './search.js'
import { take } from './take.js'
import { offersIn } from './walk.js'

export const computedSlots: ComputedSource = {
  ...{ kind: 'computed', prefix: 's.', search, read, take, holders },
  standing: { ...IS_FREE, modifier: 'not' }
}

async function read(env: ComputedEnv, id: string): Promise<StoredDocument | undefined> {
  const key = parseSlotId(id)
  if (!key) return undefined
  const stored = await env.store.read('Slot', id)
  if (stored && !stored.deleted) return stored
  const [offer] = await offersIn(env, [stageOf([key])], { start: key.start, end: key.start + 1 })
  const opening = offer && openingAt(offer.facts, key.start, key.minutes)
  return opening && document(freeSlot(offer, opening))
}
