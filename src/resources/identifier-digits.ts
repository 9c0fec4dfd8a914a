/** P17: check digits of identifiers, of the resource itself and of what it contains, as severely as the tenant says. */
import type { Identifier } from 'fhir/r4.js'
import { identifierFault } from '../domain/identifiers/index.js'
import { error, warning, type Issue } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { RuleEnv, WriteRule } from '../store/write-rule.js'

export const identifierDigits: WriteRule = {
  key: 'identifier-digits',
  when: ({ resource }) => resource !== undefined,
  decide: ({ resource, type }, _facts, { tenant }) => ({ issues: issuesOf(resource!, type, tenant.identifiers) })
}

function issuesOf(resource: Resource, path: string, severities: RuleEnv['tenant']['identifiers']): Issue[] {
  const identifiers = (resource.identifier as Identifier[] | undefined) ?? []
  const own = identifiers.flatMap(({ system, value }, index) => {
    const fault = system !== undefined && value !== undefined && identifierFault(system, value, severities)
    if (!fault) return []
    const tell = fault.severity === 'error' ? error : warning
    return [tell('business-rule', fault.reason, `${path}.identifier[${index}].value`, 'P17')]
  })
  const contained = (resource.contained ?? []).flatMap((each, index) =>
    issuesOf(each, `${path}.contained[${index}]`, severities)
  )
  return [...own, ...contained]
}
