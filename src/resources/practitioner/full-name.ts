/** The official name's text of a member is membership_profiles.full_name (2-domain, Names): SQL that changes it wins. */
import type { HumanName } from 'fhir/r4.js'
import type { Resource } from '../../fhir/types.js'
import type { Rows } from '../../mapping/spec.js'

/** The name that counts as official: `use` official, else the first. */
export const officialName = (names: readonly HumanName[] = []): HumanName | undefined =>
  names.find(name => name.use === 'official') ?? names[0]

/** A name as one line: its text, else prefix, given, family, suffix. */
export const displayName = (name: HumanName): string =>
  name.text ??
  [...(name.prefix ?? []), ...(name.given ?? []), name.family, ...(name.suffix ?? [])].filter(Boolean).join(' ')

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
