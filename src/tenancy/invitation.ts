/** Taking up an invitation (P5): the one-time link verifies the address and sets a password. */
import { isPassword } from '../domain/credentials.js'
import type { InvitationDoors } from '../store/mail.js'

export interface InvitationParts {
  doors: InvitationDoors
  hashToken: (token: string) => string
  hash: (password: string) => Promise<string>
}

export interface OpenInvitation {
  tenantName: string
  /** Then a new one may be left out: only the address is verified. */
  hasPassword: boolean
}

/** Undefined when the link is unknown, used, or too old. Looking changes nothing: mail scanners look, too. */
export const openInvitation = (
  { doors, hashToken }: InvitationParts,
  token: string
): Promise<OpenInvitation | undefined> => doors.openInvitation(hashToken(token))

/** `weak`: the password is too short or too long. `gone`: see {@link openInvitation}. */
export async function redeemInvitation(
  parts: InvitationParts,
  token: string,
  password: string
): Promise<'done' | 'weak' | 'gone'> {
  const found = await openInvitation(parts, token)
  if (!found) return 'gone'
  const keeps = password === '' && found.hasPassword
  if (!keeps && !isPassword(password)) return 'weak'
  const hashed = keeps ? null : await parts.hash(password)
  return (await parts.doors.redeemInvitation(parts.hashToken(token), hashed)) ? 'done' : 'gone'
}

/** Whether another link can be sent in place of this one: see {@link inviteAgain}. */
export const isLate = ({ doors, hashToken }: InvitationParts, token: string): Promise<boolean> =>
  doors.isLate(hashToken(token))

/** Another link to the login's address, in place of one that is too old; false when there is nothing to send. */
export const inviteAgain = ({ doors, hashToken }: InvitationParts, token: string): Promise<boolean> =>
  doors.inviteAgain(hashToken(token))
