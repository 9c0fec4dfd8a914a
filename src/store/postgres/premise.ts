/** Facts of decisions, looked up again within the commit: what is decided holds only as long as they do. */
import { isDeepStrictEqual } from 'node:util'
import type { Registry } from '../../search/registry.js'
import { VersionMoved, type CurrentFact, type FactRequest, type MatchFact, type Premise } from '../ports.js'
import { answersIn, factsText, type FactRow } from './facts.js'
import type { Statement } from './statement.js'

/** One statement for all of them; none for none. */
export const premisesText = (registry: Registry, premises: readonly Premise[]): Statement[] =>
  premises.length > 0 ? [factsText(registry, requestsOf(premises))] : []

/** Throws VersionMoved when something is answered otherwise now. */
export function checkPremises(premises: readonly Premise[], rows: readonly FactRow[]): void {
  const found = answersIn(requestsOf(premises), rows)
  let next = 0
  for (const { of, requests, answers } of premises) {
    for (const [index, request] of requests.entries())
      if (!isDeepStrictEqual(told(request, found[next++]), told(request, answers[index]))) throw new VersionMoved(of)
  }
}

const requestsOf = (premises: readonly Premise[]): FactRequest[] => premises.flatMap(({ requests }) => requests)

/** The text of a version is what it is; of one that foreign SQL made it may not be stored yet. Of a search its ids count. */
function told({ kind }: FactRequest, answer: unknown): unknown {
  if (kind === 'matches') return (answer as MatchFact[]).map(({ id }) => id).sort()
  if (kind !== 'current' || !answer) return answer
  const { version, deleted } = answer as CurrentFact
  return { version, deleted }
}
