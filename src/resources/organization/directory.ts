/** Organizations of the national provider file, read-only: `Organization/npi-{npi}`. */
import type { Address, Organization } from 'fhir/r4.js'
import { DIRECTORY, SYSTEM, type Resource } from '../../fhir/types.js'
import {
  directoryAddress,
  directoryTaxonomies,
  directoryTelecoms,
  npiIdentifier,
  taxonomyConcept
} from '../../mapping/directory.js'
import type { Row } from '../../mapping/spec.js'
import { soughtByIdentifier } from '../../search/by-identifier.js'
import * as place from '../../search/places.js'
import type { ViewSource } from '../../search/registry.js'

const VIEW = 'npi_organizations'
const PROFILES = ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization']

export const directoryOrganizations: ViewSource = {
  kind: 'view',
  prefix: 'npi-',
  table: VIEW,
  key: 'npi',
  places: {
    ...place.directoryPlaces(VIEW, { name: ['organization_name'] }),
    ...place.shownMeta(VIEW, 'npi', { profiles: PROFILES, when: 'organization_name' }, DIRECTORY)
  },
  usedWhen: soughtByIdentifier(SYSTEM.npi, /^\d{10}$/, DIRECTORY),
  shadowedBy: {
    root: 'organizations',
    table: 'organization_identifiers',
    key: 'organization_id',
    column: 'value',
    own: 'npi',
    where: { system: SYSTEM.npi }
  },
  toResource
}

function toResource(row: Row): Resource {
  const address = [directoryAddress(row, 'practice'), directoryAddress(row, 'mailing')].filter(
    (each): each is Address => !!each
  )
  const telecom = directoryTelecoms(row)
  const type = directoryTaxonomies(row).map(taxonomyConcept)
  const alias = ((row.other_names as { name?: string }[] | undefined) ?? []).flatMap(({ name }) => name ?? [])
  const resource: Organization = {
    resourceType: 'Organization',
    id: `npi-${String(row.npi)}`,
    // A number that was deactivated may have lost its name in the file, and so cannot be what the profile asks for.
    meta: { source: DIRECTORY, ...(row.organization_name ? { profile: PROFILES } : {}) },
    identifier: [npiIdentifier(String(row.npi))],
    active: Boolean(row.active),
    ...(type.length > 0 && { type }),
    ...(row.organization_name ? { name: row.organization_name as string } : {}),
    ...(alias.length > 0 && { alias }),
    ...(telecom.length > 0 && { telecom }),
    ...(address.length > 0 && { address })
  }
  return resource as unknown as Resource
}
