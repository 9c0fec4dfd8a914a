/** The write rules of PractitionerRole, in the order in which they decide. */
import type { WriteRule } from '../../store/write-rule.js'
import { roleAssignment } from '../assignment-rules.js'
import { autoSchedule } from './auto-schedule.js'
import { changeAccount } from './change-account.js'
import { createAccount } from './create-account.js'
import { endAccount } from './end-account.js'

export const practitionerRoleRules: readonly WriteRule[] = [
  createAccount,
  changeAccount,
  endAccount,
  roleAssignment,
  autoSchedule
]
