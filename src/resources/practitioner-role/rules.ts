/** The write rules of PractitionerRole, in the order in which they decide. */
import { credentialIssues } from '../../fhir/credentials.js'
import type { WriteRule } from '../../store/write-rule.js'
import { autoSchedule } from './auto-schedule.js'
import { changeAccount, endAccount } from './change-account.js'
import { createAccount } from './create-account.js'

/** Behind the creation of an account, which takes them out. */
const noCredentials: WriteRule = {
  key: 'credentials',
  when: ({ resource }) => resource !== undefined,
  decide: ({ resource }) => ({ issues: credentialIssues(resource, 'PractitionerRole') })
}

export const practitionerRoleRules: readonly WriteRule[] = [
  createAccount,
  changeAccount,
  endAccount,
  noCredentials,
  autoSchedule
]
