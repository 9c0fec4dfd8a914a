/** Which resources can be written: what the server itself keeps (ids with a prefix) only where a rule takes updates. */
import { fhirError } from '../fhir/errors.js'
import { sourceOf, type Registry } from '../search/registry.js'
import type { Ask } from './ask.js'
import type { Criteria } from './criteria.js'

/** Throws FhirError 422. */
export function refuseKept(
  registry: Registry,
  { interaction, type, id }: Pick<Ask, 'interaction' | 'type' | 'id'>,
  place?: string
): void {
  const source = sourceOf(registry.get(type)!, id)
  if (source?.kind === 'table') return
  const changes = interaction === 'update' || interaction === 'patch'
  if (source?.kind === 'view' && source.updated && changes) return
  throw fhirError(
    'business-rule',
    `${type}/${id} cannot be written: ids that begin with "${source?.prefix}" are kept by the server itself`,
    place === undefined ? {} : { expression: place }
  )
}

/** The same for criteria that name ids: they say what is meant as a path does. */
export function refuseKeptIn(registry: Registry, { interaction, type }: Ask, { plan, place }: Criteria): void {
  for (const condition of plan.where)
    if (condition.kind === 'param' && condition.param.name === '_id' && condition.modifier === undefined)
      for (const value of condition.values)
        if (value.form === 'token' && value.code) refuseKept(registry, { interaction, type, id: value.code }, place)
}
