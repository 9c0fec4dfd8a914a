/** Whose Schedules an Appointment is sought in: one list for each of those who must be free at the same time. */
import { parseReference } from '../../fhir/reference.js'
import type { Context } from '../../interactions/context.js'
import { run } from '../../interactions/plan.js'
import { planOf } from '../../interactions/search-type.js'
import { joinQuery, splitEscaped } from '../../search/query-string.js'
import { textsOf, type Given } from '../appointment/parameters.js'

/** Ids of Schedules; undefined: any. */
export type Calendar = readonly string[] | undefined

/**
 * A repeated practitioner or schedule must be free at once with the others; `a,b` is one of them, as in searches. Places
 * narrow each of them.
 */
export async function calendars(context: Context, all: readonly Given[]): Promise<Calendar[]> {
  const places = await Promise.all(
    textsOf(all, 'location', 'location-reference').map(text => schedulesOf(context, 'Location', text))
  )
  const people = await Promise.all(textsOf(all, 'practitioner').map(text => schedulesOf(context, 'Practitioner', text)))
  const named = textsOf(all, 'schedule').map(text => idsOf(context, 'Schedule', text).map(({ id }) => id))
  const at = places.length > 0 ? places.flat() : undefined
  const wanted = [...people, ...named]
  if (wanted.length === 0) return [at]
  return wanted.map(ids => (at ? ids.filter(id => at.includes(id)) : ids))
}

const idsOf = ({ base }: Context, type: string, text: string) =>
  splitEscaped(text, ',').map(each => parseReference(each, base) ?? { type, id: each })

/** Of who is an actor himself, or by one of his roles. */
async function schedulesOf(context: Context, type: string, text: string): Promise<string[]> {
  const references = idsOf(context, type, text).map(each => `${each.type}/${each.id}`)
  const people = references.filter(reference => reference.startsWith('Practitioner/'))
  const queries = [
    { actor: references.join(',') },
    ...(people.length > 0 ? [{ 'actor:PractitionerRole.practitioner': people.join(',') }] : [])
  ]
  const pages = await Promise.all(
    queries.map(query =>
      run(context, planOf(context, 'Schedule', joinQuery([...Object.entries(query), ['_count', '1000']]), true))
    )
  )
  return [...new Set(pages.flatMap(({ matches }) => matches.map(({ id }) => id)))]
}
