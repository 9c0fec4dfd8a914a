/**
 * Where a plan is cut into stages: a condition on resources that are computed (`_has:Slot:schedule:free-start=...`) is met
 * by what a stage of its own finds, and enters the rest as a list of ids.
 */
import type { ComputedSource } from './computed.js'
import type { Condition, SearchPlan } from './plan.js'
import type { Registry } from './registry.js'

export type HasCondition = Extract<Condition, { kind: 'has' }>

export interface Stage {
  source: ComputedSource & Required<Pick<ComputedSource, 'holders'>>
  has: HasCondition
  /** What resources of `has.type` must meet besides, for the sake of the whole plan: nobody else need be looked at. */
  candidates: Condition[]
  /** The plan with the condition met by these ids, and by stored resources as before. */
  settle: (ids: readonly string[]) => SearchPlan
  /** The plan without the condition. */
  drop: () => SearchPlan
}

/** The first condition that computed resources could meet; undefined when SQL answers all of the plan. */
export function stageOf(registry: Registry, plan: SearchPlan): Stage | undefined {
  const cut = cutIn(registry, plan.where, [])
  if (!cut) return undefined
  const { put, has, ...found } = cut
  return {
    ...found,
    has,
    settle: ids => ({ ...plan, where: put([{ ...has, where: standing(found.source, has.where), settled: ids }]) }),
    drop: () => ({ ...plan, where: put([]) })
  }
}

const standing = ({ standing }: ComputedSource, where: Condition[]): Condition[] =>
  standing ? [...where, standing] : where

interface Cut extends Pick<Stage, 'source' | 'has' | 'candidates'> {
  /** The conditions with others in the place of `has`. */
  put: (conditions: Condition[]) => Condition[]
}

/** `outer` is what a resource that meets `where` must meet besides. */
function cutIn(registry: Registry, where: readonly Condition[], outer: readonly Condition[]): Cut | undefined {
  for (const [at, condition] of where.entries()) {
    const others = where.filter(each => each !== condition && !cutIn(registry, [each], []))
    const cut = cutOne(registry, condition, [...outer, ...others])
    if (cut) return { ...cut, put: conditions => where.toSpliced(at, 1, ...cut.put(conditions)) }
  }
  return undefined
}

function cutOne(registry: Registry, condition: Condition, beside: readonly Condition[]): Cut | undefined {
  switch (condition.kind) {
    case 'has': {
      const source = computedSource(registry, condition.source)
      if (source && !condition.settled)
        return { source, has: condition, candidates: [...beside], put: conditions => conditions }
      return within(condition, cutIn(registry, condition.where, led(condition, beside)))
    }
    case 'chain':
      return within(condition, cutIn(registry, condition.where, referred(condition, beside)))
    case 'any':
      return inBranch(registry, condition, beside)
    default:
      return undefined
  }
}

const computedSource = (registry: Registry, type: string): Stage['source'] | undefined =>
  registry
    .get(type)
    ?.sources.find((source): source is Stage['source'] => source.kind === 'computed' && source.holders !== undefined)

function within(condition: Extract<Condition, { kind: 'has' | 'chain' }>, cut: Cut | undefined): Cut | undefined {
  return cut && { ...cut, put: conditions => [{ ...condition, where: cut.put(conditions) }] }
}

/** Without its condition a branch is met by all: then so is one of them. */
function inBranch(
  registry: Registry,
  { type, of }: Extract<Condition, { kind: 'any' }>,
  beside: readonly Condition[]
): Cut | undefined {
  for (const [at, branch] of of.entries()) {
    const cut = cutOne(registry, branch, beside)
    if (cut)
      return { ...cut, put: conditions => [{ kind: 'any', type, of: of.toSpliced(at, 1, ...cut.put(conditions)) }] }
  }
  return undefined
}

/** Seen from the other end of a `_has`: a source of it refers to what meets the conditions. */
const led = ({ type, source, param }: HasCondition, where: readonly Condition[]): Condition[] =>
  where.length > 0 ? [{ kind: 'chain', type: source, param, target: type, where: [...where] }] : []

/** Seen from the other end of a chain: what meets the conditions refers to its target. */
const referred = (
  { type, target, param }: Extract<Condition, { kind: 'chain' }>,
  where: readonly Condition[]
): Condition[] => (where.length > 0 ? [{ kind: 'has', type: target, source: type, param, where: [...where] }] : [])
