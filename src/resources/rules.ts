/** The write rules of all types. */
import type { WriteRules } from '../store/write-rule.js'
import { healthcareServiceRules } from './healthcare-service/rules.js'
import { identifierDigits } from './identifier-digits.js'
import { appointmentRules } from './appointment/rules.js'
import { locationRules } from './location/rules.js'
import { practitionerRules } from './practitioner/rules.js'
import { practitionerRoleRules } from './practitioner-role/rules.js'
import { scheduleRules } from './schedule/rules.js'
import { slotRules } from './slot/rules.js'

export const rules: WriteRules = new Map([
  ['Appointment', appointmentRules],
  ['HealthcareService', [...healthcareServiceRules, identifierDigits]],
  ['Location', [...locationRules, identifierDigits]],
  ['Organization', [identifierDigits]],
  ['Practitioner', [...practitionerRules, identifierDigits]],
  ['PractitionerRole', [identifierDigits, ...practitionerRoleRules]],
  ['Schedule', [...scheduleRules, identifierDigits]],
  ['Slot', slotRules]
])
