/** P18: an Organization that claims the tenant profile is a tenant, made below the caller's own. */
import { error, type Issue } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { cellsOf, isTenant, parentOf, unkept } from './tenant-row.js'
import { isTenantId } from './tenants.js'

export const createTenant: WriteRule = {
  key: 'tenant-create',
  when: ({ interaction, resource, id }) => interaction !== 'delete' && isTenant(resource) && !isTenantId(id),
  decide: ({ interaction, resource }, _facts, env) => {
    if (!env.has('create_tenants'))
      return { issues: [error('forbidden', 'Creating tenants needs the scope create_tenants', undefined, 'P18')] }
    const issues = [
      ...(interaction === 'create' ? [] : [notByUpdate()]),
      ...unkept(resource!),
      ...parentIssues(resource!)
    ]
    if (issues.length > 0) return { issues }
    const id = env.newId()
    const row = { tenant: id, parent: parentOf(resource!) ?? env.caller, ...cellsOf(resource!) }
    return {
      shownAs: `t-${id}`,
      rows: [{ table: 'create_tenant', mode: 'call', row }],
      audit: [{ key: env.newId(), action: 'TENANT_CREATED', type: 'Organization', id: `t-${id}` }]
    }
  }
}

const parentIssues = (resource: Resource): Issue[] =>
  resource.partOf && !parentOf(resource)
    ? [error('business-rule', 'A tenant is part of a tenant: Organization/t-...', 'Organization.partOf', 'P18')]
    : []

export const notByUpdate = (): Issue =>
  error('business-rule', 'A tenant is made by POST, not by PUT: the server chooses its id', 'Organization.id', 'P18')
