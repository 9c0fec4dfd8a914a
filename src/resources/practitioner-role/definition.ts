/** https://hl7.org/fhir/R4/practitionerrole.html */
import { CANONICAL, PLAN_NET } from '../../fhir/types.js'
import { absences, availableTimes, identifiers, period, references, telecoms } from '../../mapping/datatypes.js'
import { boolean, code, reference, texts } from '../../mapping/kinds.js'
import { concepts, extension, extensions, field, list, type TableSpec } from '../../mapping/spec.js'
import { dateParam, referenceParam, telecomParams, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import { INTERACTIONS, type ResourceDefinition } from '../../search/registry.js'
import { withMembershipActive } from './membership-active.js'

const KEY = 'practitioner_role_id'
const TABLE = 'practitioner_roles'
const EXTENSION = `${CANONICAL}/StructureDefinition`
const NETWORK = `${PLAN_NET}/network-reference`
const ASSIGNMENT = `${EXTENSION}/clinic-assignment`

export const practitionerRoleTable: TableSpec = {
  table: TABLE,
  joined: [{ table: 'memberships', by: 'membership_id', key: 'id' }],
  fields: [
    field('active', boolean, 'active'),
    ...period(),
    field('practitioner.reference', reference, 'practitioner'),
    field('organization.reference', reference, 'organization'),
    field(extension(`${EXTENSION}/membership-status`, 'valueCode'), code, 'status', { from: 'memberships' }),
    field(extension(`${EXTENSION}/is-provider`, 'valueBoolean'), boolean, 'is_provider', { from: 'memberships' }),
    field(extensions(`${EXTENSION}/prescriber-incomplete`, 'valueString'), texts, 'prescriber_lacks', {
      from: 'memberships'
    })
  ],
  lists: [
    identifiers('practitioner_role_identifiers', KEY),
    concepts('code', 'practitioner_role_codes', KEY),
    concepts('specialty', 'practitioner_role_specialties', KEY),
    list('location', 'practitioner_role_locations', KEY, [
      field('reference', reference, 'target'),
      ...period([...extension(ASSIGNMENT, 'period', 'valuePeriod')]),
      field(extension(ASSIGNMENT, 'primary', 'valueBoolean'), boolean, 'is_primary')
    ]),
    references('healthcareService', 'practitioner_role_services', KEY),
    telecoms('practitioner_role_telecoms', KEY),
    availableTimes('practitioner_role_available_times', KEY),
    absences('practitioner_role_absences', KEY),
    references('endpoint', 'practitioner_role_endpoints', KEY),
    references([{ extension: NETWORK }], 'practitioner_role_networks', KEY, ['valueReference'])
  ]
}

export const practitionerRole: ResourceDefinition = {
  type: 'PractitionerRole',
  interactions: INTERACTIONS,
  profiles: [
    'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitionerrole',
    `${PLAN_NET}/plannet-PractitionerRole`,
    'https://healthgorilla.com/fhir/StructureDefinition/hg-user',
    `${EXTENSION}/user-account`
  ],
  documentation: "What someone does where. A role with an account profile is a user's access to the tenant.",
  sources: [
    {
      kind: 'table',
      spec: practitionerRoleTable,
      derive: withMembershipActive,
      places: {
        identifier: place.identifier('practitioner_role_identifiers', KEY),
        active: [place.flag(TABLE, 'active')],
        date: [place.periods(TABLE, 'id')],
        period: [place.periods(TABLE, 'id')],
        practitioner: [place.link(TABLE, 'id', 'practitioner', 'practitioner')],
        organization: [place.link(TABLE, 'id', 'organization', 'organization')],
        location: [place.link('practitioner_role_locations', KEY, 'target')],
        service: [place.link('practitioner_role_services', KEY, 'target')],
        endpoint: [place.link('practitioner_role_endpoints', KEY, 'target')],
        network: [place.link('practitioner_role_networks', KEY, 'target')],
        role: place.concept('practitioner_role_codes', KEY),
        specialty: place.concept('practitioner_role_specialties', KEY),
        ...place.telecomPlaces('practitioner_role_telecoms', KEY)
      }
    }
  ],
  search: [
    tokenParam('identifier', 'PractitionerRole.identifier'),
    tokenParam('active', 'PractitionerRole.active'),
    dateParam('date', 'PractitionerRole.period'),
    dateParam('period', 'PractitionerRole.period'),
    referenceParam('practitioner', 'PractitionerRole.practitioner', ['Practitioner']),
    referenceParam('organization', 'PractitionerRole.organization', ['Organization']),
    referenceParam('location', 'PractitionerRole.location', ['Location']),
    referenceParam('service', 'PractitionerRole.healthcareService', ['HealthcareService']),
    referenceParam('endpoint', 'PractitionerRole.endpoint', ['Endpoint']),
    referenceParam('network', `PractitionerRole.extension.where(url='${NETWORK}').value`, ['Organization']),
    tokenParam('role', 'PractitionerRole.code'),
    tokenParam('specialty', 'PractitionerRole.specialty'),
    ...telecomParams('PractitionerRole.telecom')
  ]
}
