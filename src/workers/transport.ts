/** Where mail goes: an SMTP server, or a folder of .eml files when there is none. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'

export interface Mail {
  to: string
  subject: string
  text: string
  html: string
  /** Stays the same when the mail is sent again. */
  id: string
}

export interface Transport {
  send(mail: Mail): Promise<void>
  close(): void
}

export interface MailConfig {
  /** smtp://user:password@host:port, or smtps:// */
  smtpUrl?: string
  from: string
  /** Folder of .eml files, without an SMTP server. */
  folder: string
}

/** Milliseconds; together far below the lease of an outbox entry. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 }

export function openTransport({ smtpUrl, from, folder }: MailConfig): Transport {
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'localhost'
  const message = ({ id, ...mail }: Mail) => ({ ...mail, from, messageId: `<${id}@${domain}>` })
  if (smtpUrl) {
    const smtp = createTransport({ url: smtpUrl, ...TIMEOUTS })
    return { send: async mail => void (await smtp.sendMail(message(mail))), close: () => smtp.close() }
  }
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' })
  return {
    async send(mail) {
      const { message: bytes } = await composer.sendMail(message(mail))
      await mkdir(folder, { recursive: true })
      // In one step: nobody sees half a mail, and a second attempt replaces the first.
      const draft = join(folder, `.${mail.id}.draft`)
      await writeFile(draft, bytes as Buffer)
      await rename(draft, join(folder, `${mail.id}.eml`))
    },
    close: () => undefined
  }
}
