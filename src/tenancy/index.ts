/** The plain JSON side: what users see of themselves, and how a tenant is set up. */
export {
  inviteAgain,
  isLate,
  openInvitation,
  redeemInvitation,
  type InvitationParts,
  type OpenInvitation
} from './invitation.js'
export { changeLogin, type SentLogin } from './login-change.js'
export { changeConfig, showConfig, type ShownConfig } from './configuration.js'
export { acceptMembership, changeMe, showMe, type MeParts, type OwnChange } from './me.js'
export { remember } from './remember.js'
export { settingsOf } from './settings.js'
export { appointmentStatistics, practitionerStatistics } from './statistics.js'
export type { TenancyStore, TenancyStores } from '../store/tenancy.js'
export { PASSWORD_FORM } from '../domain/credentials.js'
