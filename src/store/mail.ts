/** What sending mail after a commit needs of the store, and what the link in it: doors over all tenants. */

/** Work to do after a commit, claimed for a while. */
export interface OutboxEntryDue {
  tenant: string
  id: string
  kind: string
  /** How often it was claimed, this time included. */
  attempts: number
}

export interface InvitationMail {
  email: string
  name: string | null
  tenantName: string
}

export interface NoticeMail extends InvitationMail {
  /** Parts of the login. */
  changed: string[]
  /** Whether the user changed them. */
  self: boolean
}

export interface MailDoors {
  /** Claims what is due: who dies with it leaves it to others after `lease` seconds. */
  claim(most: number, lease: number): Promise<OutboxEntryDue[]>
  /** Done. */
  settle(entry: OutboxEntryDue): Promise<void>
  /** Failed: due again after so many seconds, or given up without. */
  postpone(entry: OutboxEntryDue, failure: string, seconds: number | undefined): Promise<void>
  /** Whom to invite, by a link whose token has this hash; undefined when there is nothing left to do. */
  invite(entry: OutboxEntryDue, tokenHash: string, days: number): Promise<InvitationMail | undefined>
  /** Whom to tell that the login changed: at the address that it had; undefined when there is nobody to tell any more. */
  notice(entry: OutboxEntryDue): Promise<NoticeMail | undefined>
}

export interface InvitationDoors {
  /** Undefined when there is none, it was used, or it has expired. */
  openInvitation(tokenHash: string): Promise<{ tenantName: string; hasPassword: boolean } | undefined>
  /** Verifies the address and sets the password, once; false when there was nothing to redeem. */
  redeemInvitation(tokenHash: string, passwordHash: string | null): Promise<boolean>
  /** Whether the link has expired while its address is still to be proved. */
  isLate(tokenHash: string): Promise<boolean>
  /** Has another link sent in place of one that is late, once; false when there was none. */
  inviteAgain(tokenHash: string): Promise<boolean>
}
