/** `_revinclude` of what is computed: free Slots of the Schedules found, ahead. https://hl7.org/fhir/R4/search.html#revinclude */
import { computedSource } from '../search/registry.js'
import { bare, type Include, type SearchPlan } from '../search/plan.js'
import type { SearchPage, StoredDocument } from '../store/ports.js'
import type { Context } from './context.js'
import { MAX_COUNT } from './plan.js'
import { allows } from './restriction.js'

export interface WithComputed {
  included: StoredDocument[]
  /** What there would be more of. */
  notes: NonNullable<SearchPlan['notes']>
}

/** What the store included, and what is computed. Throws FhirError 400 `too-costly`. */
export async function includeComputed(
  context: Context,
  { includes }: Pick<SearchPlan, 'includes'>,
  { matches, included }: SearchPage
): Promise<WithComputed> {
  const found = new Map(included.map(each => [identity(each), each]))
  const known = new Set(matches.map(identity))
  const notes: WithComputed['notes'] = []
  for (const include of includes) {
    const { source, param, iterate, reverse } = include
    const computed = reverse && allows(context, source, 'r') && computedSource(context.registry.get(source))
    const values = computed ? referring(include, iterate ? [...matches, ...found.values()] : matches) : []
    if (!computed || values.length === 0) continue
    const where = [{ kind: 'param' as const, type: source, param, values }]
    const further = includes.filter(each => each.iterate)
    const page = await computed.search(context, { ...bare(source, where, MAX_COUNT), includes: further })
    for (const each of [...page.matches, ...page.included])
      if (!known.has(identity(each))) found.set(identity(each), each)
    if (page.next)
      notes.push({
        name: '_revinclude',
        text: `Of ${source} the first ${MAX_COUNT} are included: for more ask for a smaller _count, or search ${source}?${param.name}=...`
      })
  }
  return { included: [...found.values()], notes }
}

const identity = ({ type, id }: StoredDocument): string => `${type}/${id}`

const referring = ({ param, target }: Include, documents: readonly StoredDocument[]) =>
  documents
    .filter(({ type }) => (target === undefined ? param.targets?.includes(type) : type === target))
    .map(({ type, id }) => ({ form: 'reference' as const, type, id }))
