/**
 * What a unit of work refers to must still be there when it is committed: a share lock on the row of each target, which
 * the lock of a delete waits for, and the other way round. https://hl7.org/fhir/R4/http.html#delete
 */
import { tableSource, type Registry } from '../../search/registry.js'
import { VersionMoved, type UnitOfWork } from '../ports.js'
import { inOneTable } from './write-text.js'
import type { Statement } from './statement.js'

export interface Targets {
  statements: Statement[]
  /** Throws VersionMoved when one is gone, by the answers to the statements. */
  check(answers: readonly unknown[][]): void
}

/** One statement a type; targets that the unit itself writes are locked already. */
export function targetsOf(registry: Registry, { targets = [], writes }: UnitOfWork): Targets {
  const own = new Set(writes.map(({ type, id }) => `${type}/${id}`))
  const foreign = targets.filter(({ type, id }) => !own.has(`${type}/${id}`))
  const groups = [...inOneTable(foreign, ({ type }) => type)].map(([type, each]) => ({
    type,
    ids: [...new Set(each.map(({ id }) => id))].sort()
  }))
  return {
    statements: groups.map(({ type, ids }) => holdText(tableSource(registry.get(type)!)!.spec.table, ids)),
    check(answers) {
      groups.forEach(({ type, ids }, index) => {
        const found = new Set((answers[index] as { id: string }[]).map(({ id }) => id))
        const gone = ids.find(id => !found.has(id))
        if (gone !== undefined) throw new VersionMoved(`${type}/${gone}`)
      })
    }
  }
}

/** Behind the wait for a delete the row is looked at again: then it is none of these. */
const holdText = (table: string, ids: readonly string[]): Statement => ({
  name: `hold-${table}`,
  text: `select r.id from ${table} r where r.tenant_id = app.tenant_id() and r.id = any($1::text[]) and r.deleted_at is null
    order by r.id for key share`,
  values: [ids]
})
