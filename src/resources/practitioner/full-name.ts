/** The official name's text of a member is membership_profiles.full_name (2-domain, Names): SQL that changes it wins. */
import type { HumanName } from 'fhir/r4.js'
import { displayName, officialName } from '../../domain/names.js'
import type { Resource } from '../../fhir/types.js'
import type { Rows } from '../../mapping/spec.js'

/** Shows the profile's full name where it is not the one that the name's own parts say. */
export function withFullName(resource: Resource, rows: Rows): Resource {
  const fullName = rows.joined.membership_profiles?.full_name as string | undefined
  if (!fullName) return resource
  const names = (resource.name as HumanName[] | undefined) ?? []
  const official = officialName(names)
  if (official && displayName(official) === fullName) return resource
  const renamed: HumanName = { ...(official?.use && { use: official.use }), text: fullName }
  return { ...resource, name: official ? names.map(name => (name === official ? renamed : name)) : [renamed] }
}
