/** The types that this server serves: one line each. */
import type { Registry } from '../search/registry.js'
import { appointment } from './appointment/definition.js'
import { auditEvent } from './audit-event/definition.js'
import { endpoint } from './endpoint/definition.js'
import { healthcareService } from './healthcare-service/definition.js'
import { location } from './location/definition.js'
import { organization } from './organization/definition.js'
import { organizationAffiliation } from './organization-affiliation/definition.js'
import { practitioner } from './practitioner/definition.js'
import { practitionerRole } from './practitioner-role/definition.js'
import { schedule } from './schedule/definition.js'
import { slot } from './slot/definition.js'

export const registry: Registry = new Map(
  [
    practitioner,
    practitionerRole,
    organization,
    organizationAffiliation,
    location,
    healthcareService,
    endpoint,
    schedule,
    slot,
    appointment,
    auditEvent
  ].map(definition => [definition.type, definition])
)
