/** The ports on Postgres: stores bound to a tenant, and the doors that need none. */
import type { Registry } from '../../search/registry.js'
import type { Client, Store, Stores, SystemStore, TenantRow } from '../ports.js'
import type { AccessDoors, Trail } from '../access.js'
import { accessDoors } from './access-doors.js'
import { commit } from './commit.js'
import { computedStore, searchDoors } from './computed-store.js'
import { endHolds } from './holds.js'
import { facts } from './facts.js'
import { history } from './history.js'
import { match } from './match.js'
import { vread } from './read.js'
import type { Bound, Database } from './statement.js'
import { searchViolation, violation } from './violation.js'

/** `committed` is told of each commit that left work for the outbox. */
export function createStores(database: Database, registry: Registry, committed?: () => void): Stores {
  return {
    forTenant: (tenant, subject, epoch, caller) =>
      createStore(database, registry, { tenant, subject, caller, ...(epoch !== undefined && { epoch }) }, committed)
  }
}

function createStore(database: Database, registry: Registry, bound: Bound, committed?: () => void): Store {
  const computed = computedStore(database, bound, registry)
  return {
    vread: (type, id, version) => told(vread(database, bound, type, id, version)),
    history: request => told(history(database, bound, registry, request)),
    read: (type, id) => told(computed.read(type, id)),
    search: plan => told(computed.search(plan), searchViolation),
    match: (text, words, count) => told(match(searchDoors(database, bound, registry), text, words, count)),
    facts: requests => told(facts(database, bound, registry, requests)),
    schedules: request => told(computed.schedules(request), searchViolation),
    endHolds: () => told(endHolds(database, bound)),
    async commit(units) {
      const written = await commit(database, bound, registry, units)
      if (units.some(({ outbox }) => outbox.length > 0)) committed?.()
      return written
    }
  }
}

/** Errors of the database in words that a client can act on. */
const told = <T>(answer: Promise<T>, words = violation): Promise<T> =>
  answer.catch((error: unknown) => {
    throw words(error)
  })

interface ClientRow {
  id: string
  tenant: string
  scopes: string
  secret_hash: string | null
  jwks: unknown
  jwks_uri: string | null
  disabled: boolean
  revoked: number | null
}

/** `committed` is told when a user's change may have left work for the outbox. */
export function createSystemStore(owned: Database, committed?: () => void): SystemStore & AccessDoors & Trail {
  const database = telling(owned)
  const doors = accessDoors(database)
  return {
    ...doors,
    async changeUser(user, change) {
      await doors.changeUser(user, change)
      committed?.()
    },
    async client(id): Promise<Client | undefined> {
      const [row] = await database.system<ClientRow>({
        name: 'client',
        text: 'select * from app.client($1)',
        values: [id]
      })
      if (!row) return undefined
      const { secret_hash: secretHash, jwks_uri: jwksUri, ...rest } = row
      return { ...rest, secretHash, jwksUri }
    },
    async tenant(id) {
      const text = 'select name, country, time_zone as "timeZone", config from app.tenant_settings($1) where is_active'
      return (await database.system<TenantRow>({ name: 'tenant', text, values: [id] }))[0]
    },
    async tenantPosition(tenant, target) {
      const text = 'select app.tenant_position($1, $2) as position'
      const [row] = await database.system<{ position: 'self' | 'below' | 'none' }>({
        name: 'tenant-position',
        text,
        values: [tenant, target]
      })
      return row?.position ?? 'none'
    },
    async signingKeys() {
      const rows = await database.system<{ jwk: Record<string, unknown> }>({
        text: 'select k as jwk from app.signing_keys() k',
        values: []
      })
      return rows.map(({ jwk }) => jwk)
    },
    async addSigningKey(key) {
      await database.system({ text: 'select app.add_signing_key($1, $2)', values: [key.kid, JSON.stringify(key)] })
    }
  }
}

/** What the database refuses to take in, such as U+0000 in a name, is told to who sent it. */
const telling = (database: Database): Database => ({
  ...database,
  system: statement => told(database.system(statement))
})
