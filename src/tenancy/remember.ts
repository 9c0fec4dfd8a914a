/** Settings of tenants are looked up once, until the database says that one changed. */
import type { TenantSettings } from '../store/ports.js'

/** More tenants than these are looked up again. */
const MOST = 10_000

export interface Remembered {
  find: (id: string) => Promise<TenantSettings | undefined>
  /** Forgets a tenant; without an id, all of them. */
  forget(id?: string): void
}

/** Callers at once share one look-up; one that failed, or that a change overtook, is not remembered. */
export function remember(look: (id: string) => Promise<TenantSettings | undefined>): Remembered {
  const known = new Map<string, Promise<TenantSettings | undefined>>()
  return {
    find(id) {
      const found = known.get(id)
      if (found) return found
      if (known.size >= MOST) known.clear()
      const looking = look(id)
      known.set(id, looking)
      const drop = () => known.get(id) === looking && known.delete(id)
      looking.then(settings => settings ?? drop(), drop)
      return looking
    },
    forget: id => (id === undefined ? known.clear() : void known.delete(id))
  }
}
