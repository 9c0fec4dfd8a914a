/** The write rules of all types. */
import type { WriteRules } from '../store/write-rule.js'
import { healthcareServiceRules } from './healthcare-service/rules.js'
import { identifierDigits } from './identifier-digits.js'
import { appointmentRules } from './appointment/rules.js'
import { practitionerRules } from './practitioner/rules.js'
import { practitionerRoleRules } from './practitioner-role/rules.js'
import { slotRules } from './slot/rules.js'

export const rules: WriteRules = new Map([
  ['HealthcareService', [...healthcareServiceRules, identifierDigits]],
  ['Location', [identifierDigits]],
  ['Organization', [identifierDigits]],
  ['Practitioner', [...practitionerRules, identifierDigits]],
  ['PractitionerRole', [identifierDigits, ...practitionerRoleRules]],
  ['Schedule', [identifierDigits]],
  ['Slot', slotRules],
  ['Appointment', appointmentRules]
])
