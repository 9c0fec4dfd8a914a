/** Facilities as Organizations, read-only: laboratories, and the single sign-on providers that serve the tenant. */
import type { Organization } from 'fhir/r4.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { Row } from '../../mapping/spec.js'
import * as place from '../../search/places.js'
import type { ViewSource } from '../../search/registry.js'

const VIEW = 'tenant_facilities'
const TYPE = `${CANONICAL}/CodeSystem/facility-kind`

export const facilities: ViewSource = {
  kind: 'view',
  prefix: 'f-',
  table: VIEW,
  key: 'id',
  places: {
    name: [{ form: 'string', table: VIEW, key: 'id', folded: 'name_folded', raw: 'name' }],
    phonetic: [{ form: 'sound', table: VIEW, key: 'id', sound: 'name', whole: true }],
    type: [place.code(VIEW, 'id', 'kind', TYPE)],
    active: [place.flag(VIEW, 'active')]
  },
  toResource
}

function toResource(row: Row): Resource {
  const resource: Organization = {
    resourceType: 'Organization',
    id: `f-${String(row.id)}`,
    active: Boolean(row.active),
    type: [{ coding: [{ system: TYPE, code: row.kind as string }] }],
    name: row.name as string
  }
  return resource as unknown as Resource
}
