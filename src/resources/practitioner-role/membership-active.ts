/** `active` of an account role is that of its membership (2-domain, P13): approved and not disabled. */
import type { Resource } from '../../fhir/types.js'
import type { Rows } from '../../mapping/spec.js'

export function withMembershipActive(resource: Resource, rows: Rows): Resource {
  const membership = rows.joined.memberships
  if (!membership) return resource
  return { ...resource, active: membership.status === 'approved' && !membership.disabled_at }
}
