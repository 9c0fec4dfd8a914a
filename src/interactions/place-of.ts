/** Where an identifier stands that the database found to be taken: which entry of a Bundle, and which element. */
import type { FactRequest, PractitionerFact } from '../store/ports.js'
import type { Intent } from './ask.js'
import type { Context } from './context.js'

interface Candidate {
  id: string
  value: string
  place: string
}

/** FHIRPath of the identifier of `system` that another one in the Bundle, or somebody else in the tenant, has already. */
export async function placeOf(
  context: Context,
  intents: readonly Intent[],
  system: string
): Promise<string | undefined> {
  const candidates = intents.flatMap(intent => candidatesIn(intent, system))
  const twice = candidates.find(({ value }, index) => candidates.findIndex(other => other.value === value) < index)
  if (twice || candidates.length < 2) return (twice ?? candidates[0])?.place
  const requests = candidates.map(({ value }): FactRequest => ({ kind: 'practitioner-with', system, value }))
  const holders = (await context.store.facts(requests)) as (PractitionerFact | null)[]
  return candidates.find(({ id }, index) => holders[index] && holders[index].id !== id)?.place
}

function candidatesIn({ id, type, at, resource }: Intent, system: string): Candidate[] {
  const identifiers = (resource?.identifier ?? []) as { system?: string; value?: string }[]
  return identifiers.flatMap((each, index) =>
    each.system === system && each.value !== undefined
      ? [{ id, value: each.value, place: `${at ?? type}.identifier[${index}].value` }]
      : []
  )
}
