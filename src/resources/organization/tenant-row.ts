/** A tenant as an Organization, taken apart: what its row keeps, and what is wrong with the rest (P18). */
import type { CodeableConcept, Extension, Identifier, Reference } from 'fhir/r4.js'
import { error, type Issue } from '../../fhir/errors.js'
import { CANONICAL, SYSTEM, type Resource } from '../../fhir/types.js'
import { TENANT_PROFILE, TENANT_TYPE } from './tenants.js'

const TIER = `${CANONICAL}/StructureDefinition/subscription-tier`
const KEPT = ['resourceType', 'id', 'meta', 'extension', 'identifier', 'active', 'type', 'name', 'partOf']

export interface TenantCells {
  slug: string
  name: string
  type: string | null
  tier: string | null
  live: boolean
}

export const isTenant = (resource?: Resource): boolean =>
  resource?.meta?.profile?.some(url => url.split('|')[0] === TENANT_PROFILE) ?? false

/** Id of the tenant above, without `t-`. */
export const parentOf = ({ partOf }: Resource): string | undefined =>
  /^Organization\/t-(.+)$/.exec((partOf as Reference | undefined)?.reference ?? '')?.[1]

/** Of a resource that meets the tenant profile. */
export function cellsOf(resource: Resource): TenantCells {
  const extension = (resource.extension as Extension[] | undefined) ?? []
  return {
    slug: (resource.identifier as Identifier[]).find(({ system }) => system === SYSTEM.slug)!.value!,
    name: resource.name as string,
    type: typeCodes(resource)[0] ?? null,
    tier: extension.find(({ url }) => url === TIER)?.valueCode ?? null,
    live: resource.active !== false
  }
}

const typeCodes = ({ type }: Resource): string[] =>
  ((type as CodeableConcept[] | undefined) ?? []).flatMap(({ coding = [] }) =>
    coding.flatMap(({ system, code }) => (system === TENANT_TYPE && code ? [code] : []))
  )

/** What cannot be kept is refused. */
export function unkept(resource: Resource): Issue[] {
  const refuse = (what: string, place: string): Issue =>
    error('business-rule', `A tenant does not keep ${what}: leave it out`, place, 'P18')
  const identifiers = (resource.identifier as Identifier[] | undefined) ?? []
  const extensions = (resource.extension as Extension[] | undefined) ?? []
  return [
    ...Object.keys(resource)
      .filter(key => !KEPT.includes(key))
      .map(key => refuse(key, `Organization.${key}`)),
    ...identifiers.flatMap(({ system }, index) =>
      system === SYSTEM.slug ? [] : [refuse('other identifiers than its slug', `Organization.identifier[${index}]`)]
    ),
    ...extensions.flatMap(({ url }, index) =>
      url === TIER ? [] : [refuse('this extension', `Organization.extension[${index}]`)]
    ),
    ...(resource.type && typeCodes(resource).length !== 1
      ? [error('business-rule', `A tenant has one type, with system ${TENANT_TYPE}`, 'Organization.type', 'P18')]
      : [])
  ]
}
