/**
 * What a conditional request amounts to when its criteria match nothing or one resource.
 * https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #patch, #3.1.0.7.1
 */
import { fhirError } from '../fhir/errors.js'
import { etag } from '../fhir/etag.js'
import type { CurrentFact, MatchFact, Written } from '../store/ports.js'
import type { Ask, Intent } from './ask.js'
import type { Criteria } from './criteria.js'
import { refuseOther, standing } from './current.js'
import { applyJsonPatch } from './json-patch.js'
import { placedError } from './validate.js'

/** Neither: there is nothing to delete. */
type Amount = { intent?: Intent; existing?: Written }

export function conditional(ask: Ask, { key, place }: Criteria, match: MatchFact | undefined): Amount {
  const { type, interaction } = ask
  if (interaction === 'update') return { intent: updated(ask, key, match) }
  if (interaction === 'create')
    return match ? { existing: asWritten(type, match) } : { intent: intentOf(ask, interaction) }
  if (match) {
    const named = { ...ask, id: match.id }
    return {
      intent: interaction === 'patch' ? patched(named, match) : { ...intentOf(named, interaction), found: match }
    }
  }
  refuseOther({ ...ask, id: '' }, null)
  if (interaction === 'patch')
    throw fhirError(
      'not-found',
      `${key} matches nothing that could be patched`,
      place === undefined ? {} : { expression: place }
    )
  return {}
}

/** The resource's own id is the one that is matched; of a new one it is the id under which it is made. */
function updated(ask: Ask, key: string, match: MatchFact | undefined): Intent {
  const own = ask.resource!.id
  if (!match) {
    refuseOther({ ...ask, id: own ?? '' }, null)
    return intentOf(ask, own === undefined ? 'create' : 'update', own === undefined ? {} : { ifNoneMatch: '*' })
  }
  if (own !== undefined && own !== match.id)
    throw fhirError('invalid', `${key} matches ${ask.type}/${match.id}, but the resource's id is ${own}`, {
      expression: `${ask.at ?? ask.type}.id`
    })
  return { ...intentOf({ ...ask, id: match.id }, 'update'), found: match }
}

/** An update with what the patch makes of the resource. Throws FhirError 404, 410, 412 or what is wrong with the patch. */
export function patched(ask: Ask, current: CurrentFact | null): Intent {
  const { type, id, at } = ask
  refuseOther(ask, current)
  const resource = standing(current)
  if (!current) throw fhirError('not-found', `There is no ${type}/${id}`, place(ask))
  if (!resource)
    throw fhirError('deleted', `${type}/${id} was deleted`, { ...place(ask), headers: { ETag: etag(current.version) } })
  const changed = placedError(at, () => applyJsonPatch(resource, ask.patch!))
  return { ...intentOf(ask, 'update'), resource: changed, found: current }
}

export function intentOf(ask: Ask, interaction: Intent['interaction'], more: Partial<Intent> = {}): Intent {
  const { patch: _patch, query: _query, fullUrl: _fullUrl, interaction: _interaction, ...kept } = ask
  return { ...kept, ...more, interaction }
}

const place = ({ at }: Ask) => (at ? { expression: at } : {})

function asWritten(type: string, { id, version, text, at }: MatchFact): Written {
  return { type, id, version, updatedAt: at, deleted: false, text: text!, created: false }
}
