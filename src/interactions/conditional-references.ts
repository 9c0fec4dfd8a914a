/**
 * References by search: `Practitioner?identifier=system|value`, in transactions and, beyond the standard, in writes of one
 * resource. https://hl7.org/fhir/R4/http.html#trules
 */
import { eachReference } from '../fhir/reference.js'
import { fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { Ask } from './ask.js'
import type { Context } from './context.js'
import { criteriaOf, multiple, type Criteria } from './criteria.js'
import type { Settled } from './settle.js'

const CONDITIONAL = /^([A-Z][A-Za-z]+)\?/

export interface ConditionalReference {
  reference: string
  criteria: Criteria
  /** What matches in the tenant or the directory. */
  ids: string[]
}

/** Those of what is asked, each once, not looked up yet. Throws FhirError 400, and 422 for an unknown type. */
export function conditionalReferences(context: Context, asked: readonly Ask[], most: number): ConditionalReference[] {
  const distinct = new Map<string, ConditionalReference>()
  for (const { at, type: own, resource, patch } of asked)
    eachReference(resource ?? patch, at ?? own, ({ reference }, path) => {
      const type = CONDITIONAL.exec(reference)?.[1]
      if (type === undefined || distinct.has(reference)) return
      if (!context.registry.has(type))
        throw fhirError('not-found', `${reference}: there is no resource type ${type}`, {
          status: 422,
          expression: `${path}.reference`
        })
      const criteria = criteriaOf(context, type, reference, { stored: false, place: `${path}.reference` })
      distinct.set(reference, {
        reference,
        criteria: { ...criteria, plan: { ...criteria.plan, count: most } },
        ids: []
      })
    })
  return [...distinct.values()]
}

/**
 * The one resource that a reference names: in the tenant or the directory, else among what the Bundle makes. `gone` is
 * what it deletes. Throws FhirError 412 for several, 422 for none.
 */
export function resolve(
  { criteria, ids, reference }: ConditionalReference,
  made: readonly Settled[],
  gone: ReadonlySet<string>,
  at: string
): string {
  const { type } = criteria.plan
  const standing = ids.map(id => `${type}/${id}`).filter(target => !gone.has(target))
  const targets = standing.length > 0 ? standing : [...new Set(made.flatMap(each => namedBy(criteria, each)))]
  if (targets.length > 1) throw multiple(criteria, at)
  if (targets.length === 0)
    throw fhirError('not-found', `${reference} matches nothing: create it first, or in the same transaction`, {
      status: 422,
      expression: at
    })
  return targets[0]!
}

/** An entry that is made under the same criteria, or with the one identifier that they name. */
function namedBy({ plan, key }: Criteria, { intent, criteria }: Settled): string[] {
  if (!intent?.resource || intent.type !== plan.type) return []
  const [condition, ...more] = plan.where
  const same = criteria?.key === key
  return same || (more.length === 0 && hasIdentifier(intent.resource, condition)) ? [`${intent.type}/${intent.id}`] : []
}

function hasIdentifier(resource: Resource, condition: Criteria['plan']['where'][number] | undefined): boolean {
  if (condition?.kind !== 'param' || condition.param.name !== 'identifier' || condition.modifier) return false
  const identifiers = Array.isArray(resource.identifier)
    ? (resource.identifier as { system?: unknown; value?: unknown }[])
    : []
  return condition.values.some(
    value =>
      value.form === 'token' &&
      value.code !== undefined &&
      identifiers.some(
        each => each?.value === value.code && (value.system === undefined || (each.system ?? null) === value.system)
      )
  )
}
