/** Nothing is deleted that others refer to. https://hl7.org/fhir/R4/http.html#delete */
import { error, type Issue } from '../fhir/errors.js'
import type { FactRequest, Premise, Referrer, Store } from '../store/ports.js'
import type { Intent } from './ask.js'

/** So many are named in the answer. */
const NAMED = 5

/**
 * An issue for each delete that leaves references to nothing, by its index. `written` is what the same transaction
 * changes or deletes as well: that is checked by itself. The premises are that nobody refers to the others at the commit.
 */
export async function danglingIssues(
  store: Pick<Store, 'facts'>,
  intents: readonly Intent[],
  written: ReadonlySet<string>
): Promise<{ issues: Map<number, Issue>; premises: Premise[] }> {
  const deleted = intents.filter(({ interaction }) => interaction === 'delete')
  const types = [...new Set(deleted.map(({ type }) => type))]
  const requests = types.map((type): FactRequest => ({
    kind: 'referrers',
    type,
    ids: deleted.filter(each => each.type === type).map(({ id }) => id),
    besides: [...written]
  }))
  const found = (await store.facts(requests)) as Referrer[][]
  const issues = new Map<number, Issue>()
  intents.forEach((intent, index) => {
    if (intent.interaction !== 'delete') return
    const referrers = found[types.indexOf(intent.type)]!.filter(({ target }) => target === intent.id).map(
      ({ type, id }) => `${type}/${id}`
    )
    if (referrers.length > 0) issues.set(index, refused(intent, referrers.sort()))
  })
  const premises = requests.map((request, index) => ({
    of: `${types[index]}/${deleted.find(({ type }) => type === types[index])!.id}`,
    requests: [request],
    answers: [[]]
  }))
  return { issues, premises }
}

function refused({ type, id, at }: Intent, left: readonly string[]): Issue {
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : ''
  return error(
    'conflict',
    `${type}/${id} is referred to by ${left.slice(0, NAMED).join(', ')}${more}: change or delete ${left.length > 1 ? 'those' : 'that'} first, or in the same transaction`,
    at?.replace(/resource$/, 'request.url'),
    'reference'
  )
}
