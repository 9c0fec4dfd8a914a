/** Who has an opening: Schedules, or services, of which some free Slot meets conditions. */
import { openings, type Interval } from '../../domain/availability/index.js'
import type { ComputedSource } from '../../search/computed.js'
import { bare, type Condition } from '../../search/plan.js'
import { cutPlan, type Stage } from './cut.js'
import type { Offer } from './offers.js'
import { freeSlot, type FreeSlot } from './resource.js'
import { ahead } from './search.js'
import { storedHolders } from './stored-holders.js'
import { stretches } from './walk.js'

export const holders: ComputedSource['holders'] = async (env, has, candidates) =>
  (await Promise.all([computedHolders(env, has, candidates), storedHolders(env, has, candidates)])).flat()

/** Whose first opening is found is not looked at again. */
const computedHolders: NonNullable<ComputedSource['holders']> = async (env, { param, where }, candidates) => {
  const cut = cutPlan(bare('Slot', where, 0))
  if (!cut) return []
  const ofService = param.name !== 'schedule'
  let stages = cut.stages.map(stage =>
    ofService ? amongServices(stage, candidates) : amongSchedules(stage, candidates)
  )
  const found = new Set<string>()
  for await (const { offers, window } of stretches(env, () => stages, ahead(cut, env), false)) {
    for (const offer of offers)
      if (!found.has(idOf(offer, ofService)) && hasOpening(offer, window, cut.admits)) found.add(idOf(offer, ofService))
    const left = offers.filter(offer => !found.has(idOf(offer, ofService)))
    if (left.length === 0) break
    stages = stages.map(stage => (ofService ? leftServices(stage, left) : { ...stage, keys: keysOf(left) }))
  }
  return [...found]
}

const idOf = ({ schedule, service }: Offer, ofService: boolean): string => (ofService ? service!.id : schedule.id)

function hasOpening(offer: Offer, window: Interval, admits: (slot: FreeSlot) => boolean): boolean {
  for (const opening of openings(offer.facts, window)) if (admits(freeSlot(offer, opening))) return true
  return false
}

const amongSchedules = (stage: Stage, candidates: readonly Condition[]): Stage => ({
  ...stage,
  where: [...stage.where, ...candidates]
})
const amongServices = (stage: Stage, candidates: readonly Condition[]): Stage => ({
  ...stage,
  services: { ...stage.services, where: [...(stage.services?.where ?? []), ...candidates] }
})

const keysOf = (offers: readonly Offer[]): string[] => [...new Set(offers.map(({ schedule }) => schedule.key))]
const leftServices = (stage: Stage, offers: readonly Offer[]): Stage => ({
  ...stage,
  services: { where: stage.services!.where, keys: [...new Set(offers.map(({ service }) => service!.key))] }
})
