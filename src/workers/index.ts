/** What is done behind commits: mail. */
import type { MailDoors } from '../store/mail.js'
import { sendInvitation } from './invitation.js'
import { sendNotice } from './notice.js'
import { startOutbox, type Outbox, type OutboxOptions } from './outbox.js'
import { openTransport, type MailConfig } from './transport.js'

export { hashToken } from './invitation.js'
export type { MailConfig } from './transport.js'

export interface MailOptions extends MailConfig, Pick<OutboxOptions, 'failed'> {
  doors: MailDoors
  key: string
  origin: string
}

/** Sends what is due, and what becomes due, until it is stopped. */
export function startMail({ doors, key, origin, failed, ...config }: MailOptions): Outbox {
  const transport = openTransport(config)
  const parts = { doors, transport, key, origin }
  const outbox = startOutbox({
    doors,
    failed,
    handlers: {
      invitation: sendInvitation('invitation', parts),
      verification: sendInvitation('verification', parts),
      'login-changed': sendNotice(parts)
    }
  })
  return { wake: outbox.wake, stop: () => outbox.stop().finally(() => transport.close()) }
}
