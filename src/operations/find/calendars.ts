/** Whose Schedules an Appointment is sought in: one list for each of those who must be free at the same time. */
import { fhirError } from '../../fhir/errors.js'
import { isId } from '../../fhir/id.js'
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
    (['location', 'location-reference'] as const).flatMap(name =>
      textsOf(all, name).map(text => schedulesOf(context, name, text))
    )
  )
  const once = (name: Name): string[] => [...new Set(textsOf(all, name))]
  const people = await Promise.all(once('practitioner').map(text => schedulesOf(context, 'practitioner', text)))
  const named = once('schedule').map(text => idsOf(context, 'schedule', text).map(({ id }) => id))
  const at = places.length > 0 ? places.flat() : undefined
  const wanted = [...people, ...named]
  if (wanted.length === 0) return [at]
  return wanted.map(ids => (at ? ids.filter(id => at.includes(id)) : ids))
}

/** What each parameter may refer to; an id alone is of the first. */
const TARGETS = {
  practitioner: ['Practitioner', 'PractitionerRole'],
  location: ['Location'],
  'location-reference': ['Location'],
  schedule: ['Schedule']
} as const
type Name = keyof typeof TARGETS

/** Throws FhirError 400 for a reference to something else: nobody would ever be found. */
const idsOf = ({ base }: Context, name: Name, text: string): { type: string; id: string }[] =>
  splitEscaped(text, ',').map(each => {
    const [usual, ...others] = TARGETS[name] as readonly string[]
    const found = parseReference(each, base) ?? { type: usual!, id: each }
    if (!isId(found.id) || ![usual, ...others].includes(found.type))
      throw fhirError('value', `${each || 'Nothing'} is no reference to ${TARGETS[name].join(' or ')}`, {
        expression: name
      })
    return found
  })

/** Of who is an actor himself, or by one of his roles. */
async function schedulesOf(context: Context, name: Name, text: string): Promise<string[]> {
  const references = idsOf(context, name, text).map(each => `${each.type}/${each.id}`)
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
