/** The write rules of HealthcareService. */
import type { WriteRule } from '../../store/write-rule.js'
import { serviceAssignment } from '../assignment-rules.js'

export const healthcareServiceRules: readonly WriteRule[] = [serviceAssignment]
