/**
 * S6: a link between a service and a role is written on either side and shown on both. Who changes one side writes the
 * other in the same unit: so both get a version, and of two who assign at once one is decided again, on what the other did.
 */
import { changesOf, concerned, linkedAfter, type Changes, type Side } from '../domain/assignment.js'
import type { Extension } from 'fhir/r4.js'
import { readJson } from '../fhir/digits.js'
import { error, type Issue } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { AssignedFact, AuditEntry, CurrentFact, FactRequest, ProviderFact, ResourceWrite } from '../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../store/write-rule.js'
import {
  practitionerOf,
  providerOf,
  providersOf,
  SERVICE_PROVIDER,
  servicesOf,
  statementOf,
  withProviders,
  withServices
} from './assignment.js'
import { oneProvider, providerIssues } from './assignment-checks.js'

const TYPE = { service: 'HealthcareService', role: 'PractitionerRole' } as const

const writeOf = (env: RuleEnv, side: Side, id: string): RuleWrite | undefined =>
  env.writes.find(write => write.type === TYPE[side] && write.id === id)

const changesIn = (env: RuleEnv): Changes => changesOf(env.writes.flatMap(statementOf))

/**
 * The resources of the other side that this write changes and that nobody writes: those of the first write that concerns
 * them, so that each is written once.
 */
function unwritten(write: RuleWrite, env: RuleEnv, side: Side): string[] {
  const mine = concerned(side, changesOf(statementOf(write)))
  const earlier = env.writes.slice(
    0,
    env.writes.findIndex(({ type, id }) => type === write.type && id === write.id)
  )
  const taken = concerned(side, changesOf(earlier.flatMap(statementOf)))
  return mine.filter(id => !taken.includes(id) && !writeOf(env, side, id))
}

/** The role's practitioner, as it is written in the same transaction or stored. */
function providerRequest(env: RuleEnv, role: string): FactRequest {
  const practitioner = practitionerOf(writeOf(env, 'role', role)?.resource)
  return { kind: 'provider', role, ...(practitioner && { practitioner }) }
}

const asResource = (fact: unknown): Resource | undefined => {
  const { text, deleted } = (fact as CurrentFact | null) ?? {}
  return text && !deleted ? (readJson(text) as Resource) : undefined
}

const auditOf = (env: RuleEnv, action: string, id: string, detail: AuditEntry['detail']): AuditEntry => ({
  key: env.newId(),
  action,
  type: TYPE.service,
  id,
  detail
})

/** Ids of roles; several providers are told as one list. */
const providers = (ids: readonly string[]): string | null => (ids.length > 0 ? ids.join(',') : null)

function rolesAround(write: RuleWrite, env: RuleEnv): { before: string[]; after: string[] } {
  const before = providersOf(write.current)
  return { before, after: linkedAfter('service', write.id, providersOf(write.resource), changesIn(env)) }
}

const ACTION = { create: 'SERVICE_CREATED', update: 'SERVICE_UPDATED', delete: 'SERVICE_DELETED' } as const

export const serviceAssignment: WriteRule = {
  key: 'service-assignment',
  when: () => true,
  facts(write, env) {
    const { after } = rolesAround(write, env)
    const others = unwritten(write, env, 'role')
    return [
      ...after.map(role => providerRequest(env, role)),
      ...others.map(id => ({ kind: 'current' as const, type: TYPE.role, id }))
    ]
  },
  decide(write, facts, env): Decision {
    const { before, after } = rolesAround(write, env)
    const found = facts.slice(0, after.length) as ProviderFact[]
    const others = unwritten(write, env, 'role')
    const changes = changesIn(env)
    const writes = others.flatMap((id, index): ResourceWrite[] => {
      const fact = facts[after.length + index]
      const role = asResource(fact)
      if (!role) return []
      const services = linkedAfter('role', id, servicesOf(role), changes)
      return [{ type: TYPE.role, id, resource: withServices(role, services), expected: (fact as CurrentFact).version }]
    })
    const detail = {
      ...(write.current && { old_provider_id: providers(before) }),
      ...(write.resource && { new_provider_id: providers(after) })
    }
    return {
      issues: write.resource ? serviceIssues(write, before, found, env) : [],
      ...(write.resource && { resource: withProviders(write.resource, after) }),
      writes,
      audit: [auditOf(env, ACTION[write.current ? write.interaction : 'create'], write.id, detail)]
    }
  }
}

function serviceIssues(
  write: RuleWrite,
  before: readonly string[],
  after: readonly ProviderFact[],
  env: RuleEnv
): Issue[] {
  const service = write.resource!
  const extensions = (service.extension as Extension[] | undefined) ?? []
  const at = (index: number): string => `HealthcareService.extension[${index}].value.reference`
  const issues = extensions.flatMap((each, index) =>
    each.url === SERVICE_PROVIDER && providerOf(each) === undefined
      ? [error('business-rule', 'Name the provider by its role: PractitionerRole/{id}', at(index), 'S6')]
      : []
  )
  const named = extensions.map(providerOf)
  for (const fact of after.filter(({ role }) => named.includes(role) && !before.includes(role)))
    issues.push(...providerIssues(fact, writeOf(env, 'role', fact.role)?.resource, at(named.indexOf(fact.role))))
  const { manyProviders } = env.tenant.services
  const last = extensions.findLastIndex(({ url }) => url === SERVICE_PROVIDER)
  return [...issues, ...oneProvider({ service, current: write.current, before, after, manyProviders }, at(last))]
}

export const roleAssignment: WriteRule = {
  key: 'role-assignment',
  when: ({ interaction }) => interaction !== 'delete',
  facts(write, env) {
    const services = unwritten(write, env, 'service')
    if (services.length === 0 && addedTo(write) === undefined) return []
    return [
      providerRequest(env, write.id),
      ...services.flatMap((id): FactRequest[] => [
        { kind: 'current', type: TYPE.service, id },
        { kind: 'providers-of', service: id }
      ])
    ]
  },
  decide(write, [self, ...facts], env): Decision {
    const changes = changesIn(env)
    const stated = servicesOf(write.resource)
    const at = (id: string): string => `PractitionerRole.healthcareService[${stated.indexOf(id)}].reference`
    const added = addedTo(write)
    const issues = added ? providerIssues(self as ProviderFact, write.resource, at(added)) : []
    const [writes, audit]: [ResourceWrite[], AuditEntry[]] = [[], []]
    for (const [index, id] of unwritten(write, env, 'service').entries()) {
      const [fact, assigned] = facts.slice(2 * index) as [CurrentFact | null, AssignedFact[]]
      const current = asResource(fact)
      if (!current) continue
      const before = providersOf(current)
      const after = linkedAfter('service', id, before, changes)
      const people = after.map(role => personOf(role, assigned, self as ProviderFact, env))
      const service = withProviders(current, after)
      const { manyProviders } = env.tenant.services
      issues.push(...oneProvider({ service, current, before, after: people, manyProviders }, at(id)))
      writes.push({ type: TYPE.service, id, resource: service, expected: fact!.version })
      const detail = { old_provider_id: providers(before), new_provider_id: providers(after) }
      audit.push(auditOf(env, 'SERVICE_UPDATED', id, detail))
    }
    const resource = withServices(write.resource!, linkedAfter('role', write.id, stated, changes))
    return { issues, resource, writes, audit }
  }
}

/** A service that a role says it provides from now on. */
const addedTo = ({ resource, current }: RuleWrite): string | undefined =>
  servicesOf(resource).find(id => !servicesOf(current).includes(id))

/** Who a provider of a service is: one who provides it already, the role that is written, or another one written beside. */
function personOf(role: string, assigned: readonly AssignedFact[], self: ProviderFact, env: RuleEnv): AssignedFact {
  const known = [...assigned, self].find(each => each.role === role)
  const practitioner = practitionerOf(writeOf(env, 'role', role)?.resource) ?? known?.practitioner ?? null
  return { role, practitioner, name: known?.name ?? null }
}
