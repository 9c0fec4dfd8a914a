/** Who has a stored opening that can be booked: see stored-free.ts. */
import { parseReference } from '../../fhir/reference.js'
import type { ComputedEnv, StoredDocument } from '../../search/computed.js'
import { isOneOf } from '../../search/params.js'
import { bare, type Condition, type Cursor } from '../../search/plan.js'
import type { HasCondition } from '../../search/stages.js'
import { SERVICE_REFERENCE } from './resource.js'
import { IS_FREE, START, startsFrom } from './search.js'
import { bookable } from './stored-free.js'
import { tooCostly } from './walk.js'

const PAGE = 500
const MOST_PAGES = 10

/** Ids of those that the openings refer to, among the candidates. Throws FhirError 400 `too-costly`. */
export async function storedHolders(
  env: ComputedEnv,
  { type, param, where }: HasCondition,
  candidates: readonly Condition[]
): Promise<string[]> {
  const found = new Set<string>()
  let after: Cursor | undefined
  for (let pages = 0; ; pages++) {
    if (pages === MOST_PAGES) throw tooCostly()
    // Whose first opening is found is not looked at again.
    const others: Condition = { ...isOneOf(type, [...found]), modifier: 'not' }
    const led = [...candidates, ...(found.size > 0 ? [others] : [])]
    const asked = [
      ...[...where, IS_FREE, startsFrom(env.now)],
      ...(led.length > 0 ? [{ kind: 'chain' as const, type: 'Slot', param, target: type, where: led }] : [])
    ]
    const sort = [{ param: START, descending: false }]
    const page = await env.store.search({ ...bare('Slot', asked, PAGE), sort, ...(after && { after }) })
    for (const document of await bookable(env, page.matches)) found.add(referred(document, type))
    after = page.next
    if (!after) break
  }
  found.delete('')
  return [...found]
}

interface StoredSlot {
  schedule: { reference?: string }
  extension?: { url: string; valueReference?: { reference?: string } }[]
}

function referred({ text }: StoredDocument, type: string): string {
  const { schedule, extension = [] } = JSON.parse(text) as StoredSlot
  const service = extension.find(({ url }) => url === SERVICE_REFERENCE)?.valueReference
  return parseReference((type === 'Schedule' ? schedule : service)?.reference ?? '')?.id ?? ''
}
