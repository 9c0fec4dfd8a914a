/** Searches of conditional writes, run again within the commit behind the locks of their criteria. */
import type { Registry } from '../../search/registry.js'
import { VersionMoved, type FactRequest, type Guard, type MatchFact } from '../ports.js'
import { answersIn, factsText, type FactRow } from './facts.js'
import type { Statement } from './statement.js'

/** One statement for all of them; none for none. */
export const guardsText = (registry: Registry, guards: readonly Guard[]): Statement[] =>
  guards.length > 0 ? [factsText(registry, requestsOf(guards))] : []

/** Throws VersionMoved when something else matches now. */
export function checkGuards(guards: readonly Guard[], rows: readonly FactRow[]): void {
  const answers = answersIn(requestsOf(guards), rows) as MatchFact[][]
  for (const [index, { plan, key, ids }] of guards.entries()) {
    const found = new Set(answers[index]!.map(({ id }) => id))
    if (found.size !== ids.length || ids.some(id => !found.has(id))) throw new VersionMoved(plan.type, key, 0)
  }
}

const requestsOf = (guards: readonly Guard[]): FactRequest[] => guards.map(({ plan }) => ({ kind: 'matches', plan }))
