/** https://hl7.org/fhir/R4/practitioner.html */
import { CANONICAL, PLAN_NET } from '../../fhir/types.js'
import { addresses, closures, identifiers, names, telecoms } from '../../mapping/datatypes.js'
import { boolean, code, concept, date, dateTime, dateTimeEnd, text } from '../../mapping/kinds.js'
import { concepts, extension, field, list, type TableSpec } from '../../mapping/spec.js'
import { addressParams, stringParam, telecomParams, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'
import { directoryPractitioners } from './directory.js'
import { withFullName } from './full-name.js'

const KEY = 'practitioner_id'

export const practitionerTable: TableSpec = {
  table: 'practitioners',
  joined: [{ table: 'membership_profiles', by: 'membership_id', key: 'membership_id' }],
  fields: [
    field('active', boolean, 'active'),
    field('gender', code, 'gender'),
    field('birthDate', date, 'birth_date'),
    field(extension(`${CANONICAL}/StructureDefinition/practitioner-status`, 'valueCode'), code, 'status'),
    field(
      extension(`${CANONICAL}/StructureDefinition/prescriber-type`, 'valueCodeableConcept'),
      concept,
      'prescriber_type'
    )
  ],
  lists: [
    identifiers('practitioner_identifiers', KEY),
    names('practitioner_names', KEY),
    telecoms('practitioner_telecoms', KEY),
    addresses('practitioner_addresses', KEY),
    closures('practitioner_closures', KEY),
    concepts('communication', 'practitioner_communications', KEY),
    list('qualification', 'practitioner_qualifications', KEY, [
      field('code', concept, 'code'),
      field('period.start', dateTime, 'period_start'),
      field('period.end', dateTimeEnd, 'period_end'),
      field('issuer.display', text, 'issuer')
    ])
  ]
}

export const practitioner: ResourceDefinition = {
  type: 'Practitioner',
  interactions: INTERACTIONS,
  profiles: [
    'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner',
    `${PLAN_NET}/plannet-Practitioner`
  ],
  documentation:
    "The tenant's own practitioners. `identifier` with an NPI also finds the national directory, for who is not of the tenant.",
  sources: [
    {
      kind: 'table',
      spec: practitionerTable,
      derive: withFullName,
      places: {
        identifier: place.identifier('practitioner_identifiers', KEY),
        active: [place.flag('practitioners', 'active')],
        gender: [place.code('practitioners', 'id', 'gender', 'http://hl7.org/fhir/administrative-gender')],
        communication: place.concept('practitioner_communications', KEY),
        name: [place.words('practitioner_name_words', KEY)],
        family: [place.words('practitioner_name_words', KEY, 'family')],
        given: [place.words('practitioner_name_words', KEY, 'given')],
        phonetic: [place.sounds('practitioner_name_words', KEY)],
        ...place.addressPlaces('practitioner_address_words', KEY, {
          table: 'practitioner_addresses',
          key: KEY,
          column: 'use'
        }),
        ...place.telecomPlaces('practitioner_telecoms', KEY)
      }
    },
    directoryPractitioners
  ],
  search: [
    tokenParam('identifier', 'Practitioner.identifier'),
    tokenParam('active', 'Practitioner.active'),
    tokenParam('gender', 'Practitioner.gender'),
    tokenParam('communication', 'Practitioner.communication'),
    stringParam('name', 'Practitioner.name'),
    stringParam('family', 'Practitioner.name.family'),
    stringParam('given', 'Practitioner.name.given'),
    stringParam('phonetic', 'Practitioner.name'),
    ...addressParams('Practitioner.address'),
    ...telecomParams('Practitioner.telecom')
  ]
}
