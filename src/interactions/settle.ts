/** Makes of what is asked what is to be decided now: patches become the resources that come of them. */
import { fhirError } from '../fhir/errors.js'
import { etag } from '../fhir/etag.js'
import { placedError } from './validate.js'
import type { CurrentFact } from '../store/ports.js'
import type { Context } from './context.js'
import { refuseOther, standing } from './current.js'
import { applyJsonPatch } from './json-patch.js'
import type { Ask, Intent } from './write.js'

/** One statement for all patches. Throws FhirError 404, 410, 412, 422. */
export async function settle(context: Context, asked: readonly Ask[]): Promise<Intent[]> {
  const patches = asked.filter(({ interaction }) => interaction === 'patch')
  const facts = await context.store.facts(patches.map(({ type, id }) => ({ kind: 'current', type, id })))
  return asked.map(ask => {
    const { interaction, ...rest } = ask
    if (interaction !== 'patch') return { ...rest, interaction }
    return patched(ask, facts[patches.indexOf(ask)] as CurrentFact | null)
  })
}

function patched({ patch, interaction: _, ...ask }: Ask, current: CurrentFact | null): Intent {
  const { type, id, at } = ask
  const resource = standing(current)
  if (!current || !resource) throw missing(type, id, current)
  refuseOther(ask, current)
  const changed = placedError(at, () => applyJsonPatch(resource, patch!))
  return { ...ask, interaction: 'update', resource: changed, found: current }
}

const missing = (type: string, id: string, current: CurrentFact | null) =>
  current
    ? fhirError('deleted', `${type}/${id} was deleted`, { headers: { ETag: etag(current.version) } })
    : fhirError('not-found', `There is no ${type}/${id}`)
