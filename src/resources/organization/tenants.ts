/** Tenants as Organizations: the bound one and those below it (view tenant_tree). */
import type { Organization } from 'fhir/r4.js'
import { CANONICAL, SYSTEM, type Resource } from '../../fhir/types.js'
import type { Row } from '../../mapping/spec.js'
import * as place from '../../search/places.js'
import type { ViewSource } from '../../search/registry.js'

const VIEW = 'tenant_tree'
export const TENANT_PROFILE = `${CANONICAL}/StructureDefinition/tenant`
export const TENANT_TYPE = `${CANONICAL}/CodeSystem/tenant-type`

const PREFIX = 't-'
export const isTenantId = (id: string): boolean => id.startsWith(PREFIX)

export const tenants: ViewSource = {
  kind: 'view',
  prefix: PREFIX,
  updated: true,
  table: VIEW,
  key: 'id',
  places: {
    identifier: [place.code(VIEW, 'id', 'slug', SYSTEM.slug)],
    active: [place.flag(VIEW, 'is_active')],
    name: [{ form: 'string', table: VIEW, key: 'id', folded: 'name_folded', raw: 'name' }],
    phonetic: [{ form: 'sound', table: VIEW, key: 'id', sound: 'name', whole: true }],
    type: [place.code(VIEW, 'id', 'type', TENANT_TYPE)],
    partof: [{ form: 'reference', table: VIEW, key: 'id', id: 'part_of_id', fixedType: 'Organization' }],
    ...place.shownMeta(VIEW, 'id', { profiles: [TENANT_PROFILE] })
  },
  toResource
}

/** The parent is named only when it is one that the tenant may see. */
function toResource(row: Row): Resource {
  const resource: Organization = {
    resourceType: 'Organization',
    id: `t-${String(row.id)}`,
    meta: { profile: [TENANT_PROFILE] },
    ...(row.subscription_tier
      ? {
          extension: [
            { url: `${CANONICAL}/StructureDefinition/subscription-tier`, valueCode: row.subscription_tier as string }
          ]
        }
      : {}),
    identifier: [{ system: SYSTEM.slug, value: row.slug as string }],
    active: Boolean(row.is_active),
    ...(row.type ? { type: [{ coding: [{ system: TENANT_TYPE, code: row.type as string }] }] } : {}),
    name: row.name as string,
    ...(row.part_of_id ? { partOf: { reference: `Organization/${row.part_of_id as string}` } } : {})
  }
  return resource as unknown as Resource
}
