/** Holds that ran out: looked for with each read that could show them, ended only when there are any. */
import type { Bound, Database } from './statement.js'

export async function endHolds(database: Database, bound: Bound): Promise<boolean> {
  const [row] = await database.query<{ over: boolean }>(bound, {
    name: 'holds-over',
    text: `select exists (select from appointments a where a.tenant_id = app.tenant_id() and a.status = 'pending'
        and a.deleted_at is null and a.held_until <= now())
      or exists (select from slots w where w.tenant_id = app.tenant_id() and w.lapses_at <= now()) as over`,
    values: []
  })
  if (!row?.over) return false
  await database.execute(bound, [{ name: 'end-holds', text: 'select app.end_holds()', values: [] }])
  return true
}
