/** The audit trail, read-only: rows of audit_logs, with the names that there are by now. https://hl7.org/fhir/R4/auditevent.html */
import type { AuditEvent, AuditEventAgent, AuditEventEntity } from 'fhir/r4.js'
import { CANONICAL, SYSTEM, type Resource } from '../../fhir/types.js'
import type { Row } from '../../mapping/spec.js'
import { dateParam, referenceParam, tokenParam } from '../../search/params.js'
import * as place from '../../search/places.js'
import type { ResourceDefinition } from '../../search/registry.js'

const VIEW = 'audit_events'
const ACTION = `${CANONICAL}/CodeSystem/audit-action`
const TYPES = 'http://hl7.org/fhir/resource-types'
const REST = {
  system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  code: 'rest',
  display: 'RESTful Operation'
}
const LOGIN = { system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110114', display: 'User Authentication' }
/** What entries are about, beside users. */
const ENTITIES = [
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'OrganizationAffiliation',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Schedule',
  'Slot',
  'Appointment'
]

export const auditEvent: ResourceDefinition = {
  type: 'AuditEvent',
  interactions: ['read', 'search-type'],
  profiles: [],
  documentation:
    'Who did what: written with each change, login and refusal, changed by nobody. For CLINIC_ADMIN, and clients with the scope. ' +
    '`subtype` is what happened (`USER_CREATED`); `agent` finds users and clients by their ids, too.',
  sources: [
    {
      kind: 'view',
      prefix: '',
      table: VIEW,
      key: 'id',
      places: {
        date: [place.instants(VIEW, 'id', 'recorded')],
        action: [place.code(VIEW, 'id', 'action', 'http://hl7.org/fhir/audit-event-action')],
        outcome: [place.code(VIEW, 'id', 'outcome', 'http://terminology.hl7.org/CodeSystem/audit-event-outcome')],
        subtype: [place.code(VIEW, 'id', 'subtype', ACTION)],
        type: [place.token(VIEW, 'id', 'type_code', 'type_system')],
        'entity-type': [place.code(VIEW, 'id', 'entity_type', TYPES)],
        entity: [place.literalLink(VIEW, 'id', 'entity')],
        agent: [
          {
            form: 'reference',
            table: VIEW,
            key: 'id',
            id: 'agent_practitioner',
            fixedType: 'Practitioner',
            identifier: { system: 'agent_system', value: 'subject' },
            // Users and clients are no resources.
            alone: 'subject'
          }
        ]
      },
      toResource
    }
  ],
  search: [
    dateParam('date', 'AuditEvent.recorded'),
    tokenParam('action', 'AuditEvent.action'),
    tokenParam('outcome', 'AuditEvent.outcome'),
    tokenParam('type', 'AuditEvent.type'),
    tokenParam('subtype', 'AuditEvent.subtype'),
    tokenParam('entity-type', 'AuditEvent.entity.what.type'),
    referenceParam('entity', 'AuditEvent.entity.what', ENTITIES),
    referenceParam('agent', 'AuditEvent.agent.who', ['Practitioner'])
  ]
}

function toResource(row: Row): Resource {
  const resource: AuditEvent = {
    resourceType: 'AuditEvent',
    id: String(row.id),
    type: row.type_code === LOGIN.code ? LOGIN : REST,
    subtype: [{ system: ACTION, code: String(row.subtype) }],
    action: row.action as NonNullable<AuditEvent['action']>,
    recorded: new Date(String(row.recorded)).toISOString(),
    outcome: row.outcome as NonNullable<AuditEvent['outcome']>,
    agent: [agent(row)],
    source: { observer: { display: 'Locum' } },
    entity: [entity(row)]
  }
  return resource as unknown as Resource
}

/** The user by their practitioner where there is one; the id is always told. */
function agent({
  agent_practitioner: practitioner,
  agent_system: system,
  subject,
  agent_name: name
}: Row): AuditEventAgent {
  return {
    who: {
      ...(practitioner ? { reference: `Practitioner/${practitioner as string}` } : {}),
      identifier: { system: String(system), value: String(subject) },
      ...(name ? { display: name as string } : {})
    },
    ...(name ? { name: name as string } : {}),
    requestor: true
  }
}

function entity({ entity_type: type, entity_id: id, detail }: Row): AuditEventEntity {
  const details = Object.entries((detail ?? {}) as Record<string, unknown>).map(([name, value]) => ({
    type: name,
    valueString: typeof value === 'string' ? value : JSON.stringify(value)
  }))
  const what =
    type === 'User'
      ? { identifier: { system: SYSTEM.userId, value: String(id) } }
      : { ...(id ? { reference: `${type as string}/${id as string}` } : {}), type: type as string }
  return { what, ...(details.length > 0 && { detail: details }) }
}
