/** Tells the address that a login had of a change of the login (P21): whoever did not ask for it hears of it in time. */
import type { MailDoors, OutboxEntryDue } from '../store/mail.js'
import { htmlOf } from './html.js'
import type { Transport } from './transport.js'

export interface NoticeOptions {
  doors: Pick<MailDoors, 'notice'>
  transport: Pick<Transport, 'send'>
}

const PARTS: Readonly<Record<string, string>> = {
  email: 'e-mail address',
  password_hash: 'password',
  phone: 'phone number',
  username: 'user name'
}

export const sendNotice =
  ({ doors, transport }: NoticeOptions) =>
  async (entry: OutboxEntryDue): Promise<void> => {
    const mail = await doors.notice(entry)
    if (!mail) return
    const parts = mail.changed.map(part => PARTS[part] ?? part).join(' and ')
    const lines = [
      mail.name ? `Dear ${mail.name},` : 'Hello,',
      `The ${parts} of your account at ${mail.tenantName} was changed by ${mail.self ? 'yourself' : 'an administrator'}.`,
      `If you did not expect this, tell ${mail.tenantName} at once.`
    ]
    await transport.send({
      to: mail.email,
      subject: `Your login at ${mail.tenantName} was changed`.replace(/[\r\n]+/g, ' '),
      text: `${lines.join('\n\n')}\n`,
      html: htmlOf(lines),
      id: `login-changed.${entry.id}`
    })
  }
