/**
 * The link between a service and who provides it, in both resources that show it: PractitionerRole.healthcareService and
 * extension service-provider of HealthcareService (S6).
 */
import type { Extension, HealthcareService, PractitionerRole, Reference } from 'fhir/r4.js'
import type { Statement } from '../domain/assignment.js'
import { CANONICAL, type Resource } from '../fhir/types.js'
import type { RuleWrite } from '../store/write-rule.js'

export const SERVICE_PROVIDER = `${CANONICAL}/StructureDefinition/service-provider`
export const SERVICE_DURATION = `${CANONICAL}/StructureDefinition/service-duration`

const idOf = (type: string, reference?: Reference): string | undefined => {
  const [name, id, ...more] = (reference?.reference ?? '').split('/')
  return name === type && more.length === 0 ? id : undefined
}

/** Ids of the roles that the service names. */
export const providersOf = (service?: Resource): string[] =>
  ((service as HealthcareService | undefined)?.extension ?? []).flatMap(each => providerOf(each) ?? [])

/** Id of the role in a service-provider extension. */
export const providerOf = ({ url, valueReference }: Extension): string | undefined =>
  url === SERVICE_PROVIDER ? idOf('PractitionerRole', valueReference) : undefined

/** Ids of the services that the role names. */
export const servicesOf = (role?: Resource): string[] =>
  ((role as unknown as PractitionerRole | undefined)?.healthcareService ?? []).flatMap(
    each => idOf('HealthcareService', each) ?? []
  )

/** Id of the practitioner whom the role names. */
export const practitionerOf = (role?: Resource): string | undefined =>
  idOf('Practitioner', (role as unknown as PractitionerRole | undefined)?.practitioner)

/** The service with these providers: what it says of those that it had already stays. */
export function withProviders(service: Resource, roles: readonly string[]): Resource {
  const { extension = [], ...rest } = service as HealthcareService
  const named = providersOf(service)
  const all = [
    ...extension.filter(each => {
      const role = providerOf(each)
      return role === undefined || roles.includes(role)
    }),
    ...roles
      .filter(role => !named.includes(role))
      .map(role => ({ url: SERVICE_PROVIDER, valueReference: { reference: `PractitionerRole/${role}` } }))
  ]
  return (all.length > 0 ? { ...service, extension: all } : rest) as Resource
}

/** The role with these services: what it says of those that it had already stays. */
export function withServices(role: Resource, services: readonly string[]): Resource {
  const { healthcareService = [], ...rest } = role as unknown as PractitionerRole
  const named = servicesOf(role)
  const all = [
    ...healthcareService.filter(each => {
      const service = idOf('HealthcareService', each)
      return service === undefined || services.includes(service)
    }),
    ...services
      .filter(service => !named.includes(service))
      .map(service => ({ reference: `HealthcareService/${service}` }))
  ]
  return (all.length > 0 ? { ...role, healthcareService: all } : rest) as Resource
}

/**
 * What a write says about links. A deleted role says nothing: its services keep it, and so offer nothing until someone
 * else is assigned, rather than being everyone's.
 */
export function statementOf({ type, id, resource, current }: RuleWrite): Statement[] {
  if (type === 'HealthcareService')
    return [{ side: 'service', id, before: providersOf(current), after: providersOf(resource) }]
  if (type !== 'PractitionerRole' || !resource) return []
  return [{ side: 'role', id, before: servicesOf(current), after: servicesOf(resource) }]
}
