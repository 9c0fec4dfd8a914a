/** A SystemStore in memory: clients, a tree of tenants, signing keys. Several Auths over one share their keys. */
import { hashSecret } from '../../src/auth/index.js'
import type { Client, SystemStore } from '../../src/store/ports.js'

export interface MemorySystem extends SystemStore {
  clients: Map<string, Client>
  keys: Record<string, unknown>[]
  /** Child -> parent. */
  parents: Map<string, string>
}

export function memorySystem(): MemorySystem {
  const clients = new Map<string, Client>()
  const keys: Record<string, unknown>[] = []
  const parents = new Map<string, string>()
  return {
    clients,
    keys,
    parents,
    client: async id => clients.get(id),
    tenantSettings: async () => undefined,
    tenantPosition: async (tenant, target) => {
      if (tenant === target) return 'self'
      for (let at = parents.get(target); at; at = parents.get(at)) if (at === tenant) return 'below'
      return 'none'
    },
    signingKeys: async () => [...keys],
    addSigningKey: async key => {
      keys.unshift(key)
    }
  }
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
    disabled: false,
    secretHash,
    ...client
  })
}

/** A clock that tests move. */
export function testClock(start = '2026-03-02T10:00:00Z') {
  let now = Date.parse(start)
  return Object.assign(() => new Date(now), { forward: (seconds: number) => void (now += seconds * 1000) })
}
