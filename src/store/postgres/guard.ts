/** Searches of conditional writes, run again within the commit behind the lock of their criteria. */
import type { Registry } from '../../search/registry.js'
import { VersionMoved, type Guard } from '../ports.js'
import { pageText } from './search/page.js'
import { SqlText } from './search/sql-text.js'
import type { Statement } from './statement.js'

export function guardText(registry: Registry, { plan }: Guard): Statement {
  const sql = new SqlText()
  return sql.statement(`select p.id from (${pageText(sql, registry, plan)}) p`)
}

/** Throws VersionMoved when something else matches now. */
export function checkGuard({ plan, key, ids }: Guard, rows: readonly { id: string }[]): void {
  const found = new Set(rows.map(({ id }) => id))
  if (found.size !== ids.length || ids.some(id => !found.has(id))) throw new VersionMoved(plan.type, key, 0)
}
