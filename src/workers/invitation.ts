/** Mails with a one-time link that verifies the address and sets a password: to new users (P5), and to new addresses of known ones. */
import { createHash, createHmac } from 'node:crypto'
import type { MailDoors, OutboxEntryDue } from '../store/mail.js'
import { htmlOf } from './html.js'
import type { Transport } from './transport.js'

export interface InvitationOptions {
  doors: Pick<MailDoors, 'invite'>
  transport: Pick<Transport, 'send'>
  /** The secret that links are made of: the same in all processes. */
  key: string
  /** Where callers find the server: the link is this and `/invitation/{token}`. */
  origin: string
}

/** Days that a link lives. */
const DAYS = 7

/** What is stored of a token. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** A second attempt must carry the same link: the first mail may have arrived all the same. So it follows from the entry. */
const tokenOf = (key: string, { tenant, id }: OutboxEntryDue): string =>
  createHmac('sha256', key).update(`invitation ${tenant} ${id}`).digest('base64url')

/** By kind of entry. */
const WORDS = {
  invitation: {
    subject: (tenant: string) => `Your account at ${tenant}`,
    line: (tenant: string) =>
      `${tenant} has made an account for you. Follow this link to verify your address and to choose a password:`
  },
  verification: {
    subject: (tenant: string) => `Verify your address for ${tenant}`,
    line: (tenant: string) =>
      `This is the new address of your account at ${tenant}. Follow this link to verify it; your password stays as it is:`
  }
}

export const sendInvitation =
  (kind: keyof typeof WORDS, { doors, transport, key, origin }: InvitationOptions) =>
  async (entry: OutboxEntryDue): Promise<void> => {
    const token = tokenOf(key, entry)
    const mail = await doors.invite(entry, hashToken(token), DAYS)
    if (!mail) return
    const subject = WORDS[kind].subject(mail.tenantName).replace(/[\r\n]+/g, ' ')
    const lines = [
      mail.name ? `Dear ${mail.name},` : 'Welcome,',
      WORDS[kind].line(mail.tenantName),
      `${origin}/invitation/${token}`,
      `The link works once, for ${DAYS} days. If you did not expect this mail, leave it: nothing happens without you.`
    ]
    const text = `${lines.join('\n\n')}\n`
    await transport.send({ to: mail.email, subject, text, html: htmlOf(lines, origin), id: `${kind}.${entry.id}` })
  }
