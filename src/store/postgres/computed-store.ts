/** What computed sources read, on a session: the pool's, or a transaction under way. */
import type { ComputedStore } from '../../search/computed.js'
import type { Registry } from '../../search/registry.js'
import { complete } from './assemble.js'
import { read } from './read.js'
import { schedules } from './schedules.js'
import { searchStore, type SearchDoors } from './search/search-store.js'
import type { Bound, Session, Statement, Transaction } from './statement.js'

export function computedStore(session: Session, bound: Bound, registry: Registry): ComputedStore {
  const doors = searchDoors(session, bound, registry)
  return {
    read: (type, id) => read(session, bound, registry, type, id),
    search: plan => searchStore(doors, registry, plan),
    schedules: request => schedules(doors, registry, request)
  }
}

export const searchDoors = (session: Session, bound: Bound, registry: Registry): SearchDoors => ({
  run: <R>(statement: Statement) => session.query<R>(bound, statement),
  complete: found => complete(session, bound, registry, found)
})

/** A transaction as a session: it is bound already. */
export const within = (trx: Transaction): Session => ({
  query: (_bound, statement) => trx.query(statement),
  execute: (_bound, statements) => trx.pipeline(statements)
})
