/** Who provides which service: what writes of roles and of services, made together, say about the links between them (S6). */

export type Side = 'role' | 'service'

/** A write of one side: ids of the other side that it was linked with, and that it says it is linked with from now on. */
export interface Statement {
  side: Side
  id: string
  before: readonly string[]
  after: readonly string[]
}

export interface Link {
  role: string
  service: string
}

export interface Changes {
  added: readonly Link[]
  removed: readonly Link[]
}

/**
 * What differs from how it stands. Who repeats what stands does not contradict who changes it: in a transaction a service
 * that moves to another provider wins over a role that still names it.
 */
export function changesOf(statements: readonly Statement[]): Changes {
  const links = ({ side, id }: Statement, others: readonly string[], but: readonly string[]): Link[] =>
    [...new Set(others)]
      .filter(other => !but.includes(other))
      .map(other => (side === 'service' ? { service: id, role: other } : { service: other, role: id }))
  return {
    added: statements.flatMap(each => links(each, each.after, each.before)),
    removed: statements.flatMap(each => links(each, each.before, each.after))
  }
}

/** The other side's ids of one that is linked with `ids` (as it stands, or as it says), once the changes are made. */
export function linkedAfter(side: Side, id: string, ids: readonly string[], { added, removed }: Changes): string[] {
  const other = side === 'service' ? 'role' : 'service'
  const of = (links: readonly Link[]): string[] => links.filter(link => link[side] === id).map(link => link[other])
  const gone = of(removed)
  return [...new Set([...ids, ...of(added)])].filter(each => !gone.includes(each))
}

/** Ids of a side that changes concern, in their order. */
export const concerned = (side: Side, { added, removed }: Changes): string[] => [
  ...new Set([...removed, ...added].map(link => link[side]))
]
