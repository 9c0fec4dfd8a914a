/** What must be known before it is clear which resources are asked for: all of it in one statement. */
import type { FactRequest, CurrentFact, MatchFact } from '../store/ports.js'
import type { Ask } from './ask.js'
import type { Context } from './context.js'
import { criteriaOf, type Criteria } from './criteria.js'
import { refuseKeptIn } from './writable.js'
import { conditionalReferences, type ConditionalReference } from './conditional-references.js'

export interface LookedUp {
  ask: Ask
  /** What a conditional request names, and what matches that. */
  criteria?: Criteria
  matches: MatchFact[]
  /** What a patch is for. */
  current: CurrentFact | null
}

export async function lookUp(
  context: Context,
  asked: readonly Ask[]
): Promise<{ found: LookedUp[]; references: ConditionalReference[] }> {
  // A Bundle's deletes go first: as many matches may be gone, and the next ones count.
  const most = 1 + asked.filter(({ interaction }) => interaction === 'delete').length
  const conditional = asked.map(ask => ({
    ask,
    ...(ask.query !== undefined && { criteria: wide(context, ask, most) })
  }))
  const references = conditionalReferences(context, asked, most)
  const requests = conditional.flatMap(({ ask, criteria }) => requestsFor(ask, criteria))
  const answers = await context.store.facts([...requests, ...references.map(({ criteria }) => matching(criteria))])
  const found = conditional.map(each => ({
    ...each,
    matches: each.criteria ? (answers.shift() as MatchFact[]) : [],
    current: !each.criteria && each.ask.interaction === 'patch' ? (answers.shift() as CurrentFact | null) : null
  }))
  return {
    found,
    references: references.map(each => ({ ...each, ids: (answers.shift() as MatchFact[]).map(({ id }) => id) }))
  }
}

function wide(context: Context, ask: Ask, most: number): Criteria {
  const { interaction, type, query, at } = ask
  const place = at?.replace(/resource$/, interaction === 'create' ? 'request.ifNoneExist' : 'request.url')
  const criteria = criteriaOf(context, type, query!, { stored: true, place })
  if (interaction !== 'create') refuseKeptIn(context.registry, ask, criteria)
  return { ...criteria, plan: { ...criteria.plan, count: most } }
}

const matching = ({ plan }: Criteria): FactRequest => ({ kind: 'matches', plan })

function requestsFor({ interaction, type, id }: Ask, criteria: Criteria | undefined): FactRequest[] {
  if (criteria) return [matching(criteria)]
  return interaction === 'patch' ? [{ kind: 'current', type, id }] : []
}
