/** The doors of mail and of invitations, as functions of schema `app`. */
import type { InvitationDoors, MailDoors } from '../mail.js'
import type { Database } from './statement.js'

interface Due {
  tenant_id: string
  id: string
  kind: string
  attempts: number
}

interface Notice {
  email: string
  name: string | null
  tenant_name: string
  changed: string
  self: boolean
}

export function mailDoors(database: Database): MailDoors & InvitationDoors {
  const door = <R>(text: string, values: unknown[]): Promise<R[]> => database.system<R>({ text, values })
  const told = async (text: string, tokenHash: string): Promise<boolean> =>
    (await door<{ done: boolean }>(text, [tokenHash]))[0]?.done ?? false
  return {
    async claim(most, lease) {
      const rows = await door<Due>('select * from app.claim_outbox($1, make_interval(secs => $2))', [most, lease])
      return rows.map(({ tenant_id: tenant, id, kind, attempts }) => ({ tenant, id, kind, attempts }))
    },
    settle: async ({ tenant, id }) => void (await door('select app.settle_outbox($1, $2)', [tenant, id])),
    postpone: async ({ tenant, id }, failure, seconds = undefined) =>
      void (await door('select app.postpone_outbox($1, $2, $3, make_interval(secs => $4))', [
        tenant,
        id,
        failure.slice(0, 500),
        seconds ?? null
      ])),
    async invite({ tenant, id }, tokenHash, days) {
      const [row] = await door<{ email: string; name: string | null; tenant_name: string }>(
        'select * from app.invite($1, $2, $3, $4)',
        [tenant, id, tokenHash, days]
      )
      return row && { email: row.email, name: row.name, tenantName: row.tenant_name }
    },
    async notice({ tenant, id }) {
      const [row] = await door<Notice>('select * from app.notice($1, $2)', [tenant, id])
      return row && { ...row, changed: row.changed.split(', '), tenantName: row.tenant_name }
    },
    async openInvitation(tokenHash) {
      const [row] = await door<{ tenant_name: string; has_password: boolean }>(
        'select * from app.open_invitation($1)',
        [tokenHash]
      )
      return row && { tenantName: row.tenant_name, hasPassword: row.has_password }
    },
    async redeemInvitation(tokenHash, passwordHash) {
      const [row] = await door<{ done: boolean }>('select app.redeem_invitation($1, $2) as done', [
        tokenHash,
        passwordHash
      ])
      return row?.done ?? false
    },
    isLate: tokenHash => told('select app.is_late($1) as done', tokenHash),
    inviteAgain: tokenHash => told('select app.invite_again($1) as done', tokenHash)
  }
}
