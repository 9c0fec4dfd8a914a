/** The write rules of all types. */
import type { WriteRules } from '../store/write-rule.js'
import { keepBooked, tellStranded, tellStrandedBy } from './appointments-ahead.js'
import { healthcareServiceRules } from './healthcare-service/rules.js'
import { identifierDigits } from './identifier-digits.js'
import { appointmentRules } from './appointment/rules.js'
import { locationRules } from './location/rules.js'
import { changeTenant } from './organization/change-tenant.js'
import { createTenant } from './organization/create-tenant.js'
import { practitionerRules } from './practitioner/rules.js'
import { practitionerRoleRules } from './practitioner-role/rules.js'
import { otherActors } from './schedule/other-actors.js'
import { scheduleRules } from './schedule/rules.js'
import { slotRules } from './slot/rules.js'

export const rules: WriteRules = new Map([
  ['Appointment', appointmentRules],
  ['HealthcareService', [...healthcareServiceRules, keepBooked, tellStranded, identifierDigits]],
  ['Location', [...locationRules, tellStranded, identifierDigits]],
  ['Organization', [createTenant, changeTenant, identifierDigits]],
  ['Practitioner', [...practitionerRules, tellStranded, tellStrandedBy('erase'), identifierDigits]],
  [
    'PractitionerRole',
    [identifierDigits, keepBooked, ...practitionerRoleRules, tellStranded, tellStrandedBy('disable')]
  ],
  ['Schedule', [otherActors, ...scheduleRules, keepBooked, tellStranded, identifierDigits]],
  ['Slot', slotRules]
])
