/** Persons of the national provider file, read-only: `Practitioner/npi-{npi}`. */
import type { Address, Practitioner } from 'fhir/r4.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import { npiIdentifier, directoryAddress } from '../../mapping/directory.js'
import type { Row } from '../../mapping/spec.js'
import { soughtByIdentifier } from '../../search/by-identifier.js'
import type { ViewSource } from '../../search/registry.js'

const GENDER: Record<string, Practitioner['gender']> = { M: 'male', F: 'female' }

export const directoryPractitioners: ViewSource = {
  kind: 'view',
  prefix: 'npi-',
  table: 'npi_practitioners',
  key: 'npi',
  places: {
    identifier: [{ form: 'token', table: 'npi_practitioners', key: 'npi', value: 'npi', fixedSystem: SYSTEM.npi }],
    active: [{ form: 'boolean', table: 'npi_practitioners', key: 'npi', value: 'active' }]
  },
  usedWhen: soughtByIdentifier(SYSTEM.npi, /^\d{10}$/),
  shadowedBy: {
    root: 'practitioners',
    table: 'practitioner_identifiers',
    key: 'practitioner_id',
    column: 'value',
    own: 'npi',
    where: { system: SYSTEM.npi }
  },
  toResource
}

function toResource(row: Row): Resource {
  const text =
    [row.prefix, row.given, row.middle, row.family].filter(Boolean).join(' ') +
    (row.suffix ? `, ${row.suffix as string}` : '')
  const given = [row.given, row.middle].filter((part): part is string => Boolean(part))
  const addresses = [directoryAddress(row, 'practice'), directoryAddress(row, 'mailing')].filter(
    (each): each is Address => !!each
  )
  const gender = GENDER[String(row.sex)]
  const resource: Practitioner = {
    resourceType: 'Practitioner',
    id: `npi-${String(row.npi)}`,
    meta: {
      profile: [
        'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner',
        'https://healthgorilla.com/fhir/StructureDefinition/hg-practitioner'
      ]
    },
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${escape(text)}</div>` },
    identifier: [npiIdentifier(String(row.npi))],
    active: Boolean(row.active),
    name: [
      {
        use: 'official',
        text,
        family: row.family as string,
        ...(given.length > 0 && { given }),
        ...(row.prefix ? { prefix: [row.prefix as string] } : {}),
        ...(row.suffix ? { suffix: [row.suffix as string] } : {})
      }
    ],
    ...(row.phone ? { telecom: [{ system: 'phone', value: row.phone as string, use: 'work' }] } : {}),
    ...(addresses.length > 0 && { address: addresses }),
    ...(gender && { gender })
  }
  return resource as unknown as Resource
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
