/** What an assignment may not do, and what it should not (S6). */
import type { Extension, PractitionerRole } from 'fhir/r4.js'
import { error, warning, type Issue } from '../fhir/errors.js'
import { CANONICAL, type Resource } from '../fhir/types.js'
import type { AssignedFact, ProviderFact } from '../store/ports.js'
import { SERVICE_DURATION } from './assignment.js'

const IS_PROVIDER = `${CANONICAL}/StructureDefinition/is-provider`

/** Whether the one who is assigned can provide anything: `written` is the role when it is written, too. */
export function providerIssues(fact: ProviderFact, written: Resource | undefined, at: string): Issue[] {
  const { extension = [], availableTime = [] } = (written ?? {}) as { extension?: Extension[] } & Pick<
    PractitionerRole,
    'availableTime'
  >
  const flag = extension.find(({ url }) => url === IS_PROVIDER)?.valueBoolean ?? fact.provider
  if (flag === false)
    return [
      error(
        'business-rule',
        `PractitionerRole/${fact.role} is of a user who is no provider: set the extension is-provider of the account role first`,
        at,
        'S6'
      )
    ]
  if (written ? availableTime.length > 0 || fact.hours : fact.hours) return []
  return [
    warning(
      'incomplete',
      `PractitionerRole/${fact.role} has no hours, so the service has no free Slots of it: add availableTime`,
      at,
      'S6'
    )
  ]
}

export interface Providers {
  service: Resource
  /** The service as it stood. */
  current: Resource | undefined
  /** Those who provided it, ... */
  before: readonly string[]
  /** ... and those who shall, in order. */
  after: readonly AssignedFact[]
  manyProviders: boolean
}

/** A service that can be booked is one practitioner's, in as many roles as they like. */
export function oneProvider({ service, current, before, after, manyProviders }: Providers, at: string): Issue[] {
  const person = ({ practitioner, role }: AssignedFact): string => practitioner ?? `role ${role}`
  if (manyProviders || !hasDuration(service) || new Set(after.map(person)).size < 2) return []
  const grows = after.some(({ role }) => !before.includes(role))
  if (!grows && current && hasDuration(current)) return []
  const first = after.find(({ role }) => before.includes(role)) ?? after[0]!
  return [
    error(
      'conflict',
      `HealthcareService/${service.id} is assigned to ${first.name ?? 'another provider'} (PractitionerRole/${first.role}): ` +
        'replace that reference to reassign it, make a service of its own for the other provider, ' +
        'or set services.many_providers in the configuration of the tenant',
      at,
      'S6'
    )
  ]
}

const hasDuration = (service: Resource): boolean =>
  (service.extension as Extension[] | undefined)?.some(({ url }) => url === SERVICE_DURATION) ?? false
