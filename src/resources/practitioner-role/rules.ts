/** The write rules of PractitionerRole, in the order in which they decide. */
import type { WriteRule } from '../../store/write-rule.js'
import { roleAssignment } from '../assignment-rules.js'
import { autoSchedule, endSchedule } from './auto-schedule.js'
import { changeAccount } from './change-account.js'
import { createAccount } from './create-account.js'
import { disableAccount } from './disable-account.js'
import { endAccount } from './end-account.js'
import { eraseRole } from './erase-role.js'
import { roleHours } from './hours.js'
import { otherPractitioner } from './new-practitioner.js'

export const practitionerRoleRules: readonly WriteRule[] = [
  createAccount,
  changeAccount,
  endAccount,
  disableAccount,
  eraseRole,
  roleAssignment,
  otherPractitioner,
  roleHours,
  autoSchedule,
  endSchedule
]
