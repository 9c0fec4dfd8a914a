/** Persons of the national provider file, read-only: `Practitioner/npi-{npi}`. */
import type { Address, HumanName, Practitioner, PractitionerQualification } from 'fhir/r4.js'
import { escapeXml } from '../../fhir/escape.js'
import { DIRECTORY, SYSTEM, type Resource } from '../../fhir/types.js'
import {
  directoryAddress,
  directoryTaxonomies,
  directoryTelecoms,
  npiIdentifier,
  taxonomyConcept,
  type DirectoryTaxonomy
} from '../../mapping/directory.js'
import type { Row } from '../../mapping/spec.js'
import { soughtByIdentifier } from '../../search/by-identifier.js'
import * as place from '../../search/places.js'
import type { ViewSource } from '../../search/registry.js'

const GENDER: Record<string, Practitioner['gender']> = { M: 'male', F: 'female', X: 'other', U: 'unknown' }
const VIEW = 'npi_practitioners'
const PROFILES = [
  'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner',
  'https://healthgorilla.com/fhir/StructureDefinition/hg-practitioner'
]
const number = (system: 'phone' | 'fax') => place.code(VIEW, 'npi', system, system)

export const directoryPractitioners: ViewSource = {
  kind: 'view',
  prefix: 'npi-',
  table: VIEW,
  key: 'npi',
  places: {
    ...place.directoryPlaces(VIEW, {
      name: ['family', 'given', 'middle'],
      family: ['family'],
      given: ['given', 'middle']
    }),
    gender: [
      {
        ...place.code(VIEW, 'npi', 'sex', 'http://hl7.org/fhir/administrative-gender'),
        codes: { male: 'M', female: 'F', other: 'X', unknown: 'U' }
      }
    ],
    telecom: [number('phone'), number('fax')],
    phone: [number('phone')],
    ...place.shownMeta(VIEW, 'npi', { profiles: PROFILES, when: 'family' }, DIRECTORY)
  },
  usedWhen: soughtByIdentifier(SYSTEM.npi, /^\d{10}$/, DIRECTORY),
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
  const names = namesOf(row)
  const addresses = [directoryAddress(row, 'practice'), directoryAddress(row, 'mailing')].filter(
    (each): each is Address => !!each
  )
  const telecom = directoryTelecoms(row)
  const gender = GENDER[String(row.sex)]
  const qualification = directoryTaxonomies(row).map(qualificationOf)
  const text = names[0]?.text ?? String(row.npi)
  const resource: Practitioner = {
    resourceType: 'Practitioner',
    id: `npi-${String(row.npi)}`,
    // A number that was deactivated may have lost its name in the file, and so cannot be what the profiles ask for.
    meta: { source: DIRECTORY, ...(names.length > 0 && { profile: PROFILES }) },
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${escapeXml(text)}</div>` },
    identifier: [npiIdentifier(String(row.npi))],
    active: Boolean(row.active),
    ...(names.length > 0 && { name: names }),
    ...(telecom.length > 0 && { telecom }),
    ...(addresses.length > 0 && { address: addresses }),
    ...(gender && { gender }),
    ...(qualification.length > 0 && { qualification })
  }
  return resource as unknown as Resource
}

/** The parts of a name as they are in the row, or in an entry of its column `other_names`. */
type NameRow = Partial<
  Record<'family' | 'given' | 'middle' | 'prefix' | 'suffix' | 'credential' | 'type', string | null>
>

/** Codes of `Provider Other Last Name Type Code`: former, professional; 5 is any other. */
const OTHER_USE: Record<string, HumanName['use']> = { '1': 'old', '2': 'usual' }

function namesOf(row: Row): HumanName[] {
  const official = nameOf(row, 'official')
  const others = ((row.other_names as NameRow[] | undefined) ?? []).map(each =>
    nameOf(each, OTHER_USE[each.type ?? ''])
  )
  return [official, ...others].filter(each => each !== undefined)
}

function nameOf(row: NameRow, use: HumanName['use']): HumanName | undefined {
  const filled = (...parts: (string | null | undefined)[]): string[] => parts.filter((part): part is string => !!part)
  if (!row.family) return undefined
  const [prefix, given, suffix] = [
    filled(row.prefix),
    filled(row.given, row.middle),
    filled(row.suffix, row.credential)
  ]
  return {
    ...(use && { use }),
    text: [[...prefix, ...given, row.family].join(' '), ...suffix].join(', '),
    family: row.family,
    ...(given.length > 0 && { given }),
    ...(prefix.length > 0 && { prefix }),
    ...(suffix.length > 0 && { suffix })
  }
}

function qualificationOf(taxonomy: DirectoryTaxonomy): PractitionerQualification {
  const { license, state } = taxonomy
  return {
    ...(license && { identifier: [{ value: license, ...(state && { assigner: { display: state } }) }] }),
    code: taxonomyConcept(taxonomy)
  }
}
