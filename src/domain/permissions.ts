/** What the roles of users allow: the one table that the server, its CapabilityStatement and docs/access.md share. */

/** ADMIN belongs to a user, the others to a user's membership of a tenant. */
export type Role = 'STAFF' | 'CLINIC_ADMIN' | 'ADMIN'

export interface RolePermissions {
  role: Role
  /** SMART scopes and plain ones, blanks between. */
  scopes: string
  /** Types that a wildcard of `scopes` does not reach. */
  except: readonly string[]
  /** Which tenants, for people. */
  reach: string
}

const OWN = 'tenants of the membership and those below'

export const ROLES: Readonly<Record<Role, RolePermissions>> = {
  STAFF: {
    role: 'STAFF',
    scopes: 'user/*.rs user/Appointment.cruds user/Slot.cruds',
    except: ['AuditEvent'],
    reach: OWN
  },
  CLINIC_ADMIN: { role: 'CLINIC_ADMIN', scopes: 'user/*.cruds create_users', except: [], reach: OWN },
  ADMIN: { role: 'ADMIN', scopes: 'user/*.cruds create_users create_tenants', except: [], reach: 'every tenant' }
}

/** The table as Markdown. */
export function rolesTable(): string {
  const rows = Object.values(ROLES).map(
    ({ role, scopes, except, reach }) =>
      `| ${role} | \`${scopes}\` | ${except.map(type => `\`${type}\``).join(', ')} | ${reach} |`
  )
  return ['| role | scopes | but not | where |', '|---|---|---|---|', ...rows].join('\n')
}
