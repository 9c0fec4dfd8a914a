/** The doors for logging in and for what users may, as functions of schema `app`. */
import { v7 as newId } from 'uuid'
import type { AccessDoors, LoginAttempt, OwnMembership, OwnUser, Trail, UserAccess } from '../access.js'
import type { Database } from './statement.js'
import { insertRows } from './write-text.js'

export function accessDoors(database: Database): AccessDoors & Trail {
  /** First row of a door's answer. */
  const door = async <R>(name: string, casts: string, values: unknown[]): Promise<R | undefined> => {
    const text = `select * from app.${name}(${casts})`
    return (await database.system<R>({ name: `door-${name}`, text, values }))[0]
  }
  return {
    async beginLogin(login, address, most, lockout) {
      const values = [login, address, most, lockout]
      const row = await door<LoginRow>('begin_login', '$1, $2, $3, make_interval(secs => $4)', values)
      return attemptOf(row!)
    },
    endLogin: async (login, address) => void (await door('end_login', '$1, $2', [login, address])),
    async accessOf({ subject, session, epoch }, tenant): Promise<UserAccess | undefined> {
      const row = await door<AccessRow>('access_of', '$1, $2, $3, $4', [subject, session, epoch, tenant])
      return row && { admin: row.is_admin, disabled: row.disabled, ended: row.ended, role: row.membership_role }
    },
    async me(user) {
      return (await door<{ me: OwnUser | null }>('me', '$1', [user]))?.me ?? undefined
    },
    endSession: (session, expiresAt) => firstUse('session', session, expiresAt),
    useAssertion: (key, expiresAt) => firstUse('assertion', key, expiresAt),
    revoke: async (subject, epoch) => void (await door('revoke', '$1, $2', [subject, epoch])),
    changeUser: async (user, change) => void (await door('change_user', '$1, $2', [user, JSON.stringify(change)])),
    async acceptMembership(user, tenant) {
      const row = await door<{ accept_membership: OwnMembership['status'] | null }>('accept_membership', '$1, $2', [
        user,
        tenant
      ])
      return row?.accept_membership ?? undefined
    },
    async usersSignedOn(kind, facility, subject) {
      const text = 'select u as id from app.users_signed_on($1, $2, $3) u limit 2'
      const rows = await database.system<{ id: string }>({ text, values: [kind, facility, subject] })
      return rows.map(({ id }) => id)
    },
    async note(tenant, subject, { action, type, id, detail = {} }) {
      const row = { id: newId(), subject, action, entity_type: type, entity_id: id, detail }
      await database.execute({ tenant, subject: '' }, [insertRows('audit_logs', [row])])
    }
  }

  async function firstUse(of: 'session' | 'assertion', key: string, expiresAt: number): Promise<boolean> {
    const row = await door<Record<string, boolean>>(`first_use_of_${of}`, '$1, to_timestamp($2)', [key, expiresAt])
    return row?.[`first_use_of_${of}`] === true
  }
}

interface LoginRow {
  id: string | null
  password_hash: string | null
  disabled: boolean | null
  unverified: boolean | null
  wait: number
}

interface AccessRow {
  is_admin: boolean
  disabled: boolean
  ended: boolean
  membership_role: UserAccess['role']
}

function attemptOf({ id, password_hash: passwordHash, disabled, unverified, wait }: LoginRow): LoginAttempt {
  if (wait > 0) return { wait: Math.ceil(wait) }
  return {
    wait: 0,
    ...(id && { user: { id, passwordHash, disabled: disabled === true, unverified: unverified === true } })
  }
}
