/** Where an identifier stands that the database found to be taken: which entry of a Bundle, and which element. */
import type { Identifier, Practitioner } from 'fhir/r4.js'
import type { Issue } from '../fhir/errors.js'
import type { Duplicate, FactRequest, PractitionerFact } from '../store/ports.js'
import type { Intent } from './ask.js'
import type { Context } from './context.js'

interface Candidate {
  /** Of the resource that would have it; undefined for a Practitioner that a role brings along. */
  id: string | undefined
  value: string
  /** The same for what may not be there twice. */
  key: string
  place: string
}

/**
 * The place of the identifier that another one in the Bundle, or somebody else in the tenant, has already; and of two that
 * came together the first, in words.
 */
export async function placeOf(
  context: Context,
  intents: readonly Intent[],
  of: Duplicate['of']
): Promise<Partial<Pick<Issue, 'expression' | 'text'>>> {
  const candidates = intents.flatMap(intent => candidatesIn(intent, of))
  for (const [index, { key, place }] of candidates.entries()) {
    const first = candidates.findIndex(each => each.key === key)
    if (first < index)
      return {
        expression: place,
        text: `${candidates[first]!.place} is the same: it names one practitioner of a tenant`
      }
  }
  const own = candidates.filter(({ id }) => id !== undefined)
  const [only, ...more] = own.length > 0 ? own : candidates
  if (more.length === 0) return only ? { expression: only.place } : {}
  const { system } = of
  if (system === undefined) return {}
  const requests = own.map(({ value }): FactRequest => ({ kind: 'practitioner-with', system, value }))
  const holders = (await context.store.facts(requests)) as (PractitionerFact | null)[]
  const taken = own.find(({ id }, index) => holders[index] && holders[index].id !== id)
  return taken ? { expression: taken.place } : {}
}

function candidatesIn({ id, type, at = type, resource }: Intent, of: Duplicate['of']): Candidate[] {
  const contained = (resource?.contained ?? []) as Practitioner[]
  return [
    ...identifiersOf(id, at, resource as Practitioner | undefined, of),
    ...contained.flatMap((each, index) => identifiersOf(undefined, `${at}.contained[${index}]`, each, of))
  ]
}

const identifiersOf = (
  id: string | undefined,
  at: string,
  resource: Practitioner | undefined,
  of: Duplicate['of']
): Candidate[] =>
  (resource?.identifier ?? []).flatMap((each, index) => {
    const { value, assigner } = each
    if (value === undefined || !isOf(each, of)) return []
    const key = `${value} ${of.type === undefined ? '' : assigner?.reference}`
    return [{ id, value, key, place: `${at}.identifier[${index}].value` }]
  })

const isOf = ({ system, type }: Identifier, of: Duplicate['of']): boolean =>
  of.type === undefined ? system === of.system : type?.coding?.some(({ code }) => code === of.type) === true
