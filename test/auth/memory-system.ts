/** A SystemStore in memory: clients, a tree of tenants, signing keys. Several Auths over one share their keys. */
import { hashSecret } from '../../src/auth/index.js'
import type { AccessDoors, Trail } from '../../src/store/access.js'
import type { Client, SystemStore } from '../../src/store/ports.js'

export interface MemorySystem extends SystemStore, AccessDoors, Trail {
  clients: Map<string, Client>
  keys: Record<string, unknown>[]
  /** Child -> parent. */
  parents: Map<string, string>
}

/** Settings of Auth that these tests do not look at. */
export const SESSIONS = { sessionTtl: 3600, loginAttempts: 5, loginLockout: 60, trustedIssuers: [] }

export function memorySystem(): MemorySystem {
  const used = new Set<string>()
  const clients = new Map<string, Client>()
  const keys: Record<string, unknown>[] = []
  const parents = new Map<string, string>()
  return {
    clients,
    keys,
    parents,
    client: async id => clients.get(id),
    tenant: async () => undefined,
    tenantPosition: async (tenant, target) => {
      if (tenant === target) return 'self'
      for (let at = parents.get(target); at; at = parents.get(at)) if (at === tenant) return 'below'
      return 'none'
    },
    ...noUsers,
    useAssertion: async key => !used.has(key) && used.add(key).has(key),
    signingKeys: async () => [...keys],
    addSigningKey: async key => {
      keys.unshift(key)
    }
  }
}

const absent = async (): Promise<never> => {
  throw new Error('There are no users in memory: test with a database')
}

const noUsers: Omit<AccessDoors & Trail, 'useAssertion'> = {
  beginLogin: absent,
  endLogin: absent,
  accessOf: async () => undefined,
  me: async () => undefined,
  endSession: absent,
  revoke: absent,
  changeUser: absent,
  acceptMembership: absent,
  usersSignedOn: async () => [],
  note: async () => undefined
}

/** Adds a client of tenant `demo`. */
export async function addClient(
  system: MemorySystem,
  { secret, ...client }: Partial<Client> & { id: string; secret?: string }
): Promise<void> {
  const secretHash = secret ? await hashSecret(secret) : null
  system.clients.set(client.id, {
    tenant: 'demo',
    scopes: 'system/*.cruds create_users',
    jwks: null,
    jwksUri: null,
    disabled: false,
    secretHash,
    revoked: null,
    ...client
  })
}

/** A clock that tests move. */
export function testClock(start = '2026-03-02T10:00:00Z') {
  let now = Date.parse(start)
  return Object.assign(() => new Date(now), { forward: (seconds: number) => void (now += seconds * 1000) })
}
