/** P18: PUT and PATCH of a tenant change its row; `active` false ends the access of all who work in it or below. */
import { error, type Issue } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { RuleEnv, WriteRule } from '../../store/write-rule.js'
import { notByUpdate } from './create-tenant.js'
import { cellsOf, isTenant, parentOf, unkept, type TenantCells } from './tenant-row.js'
import { isTenantId, TENANT_PROFILE } from './tenants.js'

export const changeTenant: WriteRule = {
  key: 'tenant-change',
  when: ({ interaction, id }) => interaction === 'update' && isTenantId(id),
  // Held to the profile, whether or not it was sent along.
  prepare: ({ resource }) => ({ resource: isTenant(resource) ? resource! : claiming(resource!), issues: [] }),
  decide: ({ id, resource, current }, _facts, env) => {
    if (!current) return { issues: [notByUpdate()] }
    const [before, after] = [cellsOf(current), cellsOf(resource!)]
    const changed = (Object.keys(after) as (keyof TenantCells)[]).filter(name => before[name] !== after[name])
    const issues = [...unkept(resource!), ...staysIssues(current, resource!), ...refusals(id, changed, env)]
    if (issues.length > 0) return { issues }
    const row = { tenant: id.slice(2), expected: current.meta?.versionId, ...after }
    return {
      shownAs: id,
      rows: [{ table: 'change_tenant', mode: 'call', row }],
      audit: [
        {
          key: env.newId(),
          action: actionOf(before, after),
          type: 'Organization',
          id,
          detail: { changed: changed.map(name => ELEMENTS[name]).join(', ') }
        }
      ]
    }
  }
}

const claiming = (resource: Resource): Resource => ({
  ...resource,
  meta: { ...resource.meta, profile: [...(resource.meta?.profile ?? []), TENANT_PROFILE] }
})

const ELEMENTS: Record<keyof TenantCells, string> = {
  slug: 'identifier',
  name: 'name',
  type: 'type',
  tier: 'subscription-tier',
  live: 'active'
}

function actionOf(before: TenantCells, after: TenantCells): string {
  if (before.live === after.live) return 'TENANT_UPDATED'
  return after.live ? 'TENANT_REACTIVATED' : 'TENANT_DEACTIVATED'
}

/** Where a tenant stands decides who reaches it. */
const staysIssues = (current: Resource, resource: Resource): Issue[] =>
  parentOf(current) === parentOf(resource) && !current.partOf === !resource.partOf
    ? []
    : [error('business-rule', 'A tenant stays part of the one it was made below', 'Organization.partOf', 'P18')]

/** The name is its own administrators' to change; the rest is for those who make tenants, and ending it for one above. */
function refusals(id: string, changed: readonly (keyof TenantCells)[], env: RuleEnv): Issue[] {
  const beyond = changed.filter(name => name !== 'name')
  if (beyond.length > 0 && !env.has('create_tenants')) {
    const text = `Changing ${beyond.map(name => ELEMENTS[name]).join(', ')} of a tenant needs the scope create_tenants`
    return [error('forbidden', text, undefined, 'P18')]
  }
  if (!changed.includes('live') || id !== `t-${env.caller}`) return []
  const text = 'A tenant is deactivated from the one above it: work in that one'
  return [error('business-rule', text, 'Organization.active', 'P18')]
}
