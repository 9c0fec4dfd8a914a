/** Writes units of work: all of them in one transaction, rows grouped by table, so 500 resources cost O(tables) statements. */
import { tableSource, type Registry } from '../../search/registry.js'
import { VersionMoved, type ResourceWrite, type RowWrite, type UnitOfWork, type Written } from '../ports.js'
import { settleClaims } from './claims.js'
import type { FactRow } from './facts.js'
import { checkPremises, premisesText } from './premise.js'
import { rootsOf, type Group, type RootState } from './root-statements.js'
import { targetsOf } from './targets.js'
import { together, type Insert } from './together.js'
import { violation } from './violation.js'
import { callDoor, inOneTable, insertRows, historyRows, updateRows } from './write-text.js'
import type { Bound, Database, Statement, Transaction } from './statement.js'

export async function commit(
  database: Database,
  bound: Bound,
  registry: Registry,
  units: readonly UnitOfWork[]
): Promise<Written[]> {
  const writes = units.reduce((sum, unit) => sum + unit.writes.length, 0)
  try {
    const work = async (trx: Transaction): Promise<Written[]> => {
      const written: Written[] = []
      for (const unit of units) {
        if ((unit.tenant ?? bound.tenant) !== bound.tenant || units.length > 1)
          await trx.rebind(unit.tenant ?? bound.tenant)
        written.push(...(await commitUnit(trx, bound, registry, unit, unit === units.at(-1))))
      }
      return written
    }
    return await database.transaction(bound, work, writes)
  } catch (error) {
    if (!GIVEN_UP.includes((error as { code?: string }).code ?? '')) throw violation(error)
    const { type = '', id = '' } = units.flatMap(({ audit }) => audit)[0] ?? {}
    throw new VersionMoved(`${type}/${id}`)
  }
}

/**
 * A serialization failure, also of a door whose row was at another version than it was told; and a deadlock. By a statement
 * or by the commit, nothing of it was done: it can be decided again.
 */
const GIVEN_UP = ['40001', '40P01']

/** The commit goes along with the `last` unit, unless there is something to look at before. */
async function commitUnit(
  trx: Transaction,
  bound: Bound,
  registry: Registry,
  unit: UnitOfWork,
  last: boolean
): Promise<Written[]> {
  const states = await lockRoots(trx, registry, unit, groupsOf(registry, unit.writes))
  const { writes, done } = await settleClaims(trx, bound, registry, unit)
  const groups = groupsOf(registry, writes)
  const inserts = unit.rows.filter(row => row.mode === 'insert').map(row => ({ ...row, row: { ...row.row } }))
  const updates = unit.rows.filter(row => row.mode === 'update')
  const history = groups.length > 0 ? [historyRows(groups, bound.subject)] : []
  const targets = targetsOf(registry, { ...unit, writes })
  const roots = groups.map(group => rootsOf(group, states, inserts))
  const statements = [
    ...targets.statements,
    ...together([
      ...insertsOf(inserts),
      ...roots.flatMap(({ made }) => made),
      ...roots.flatMap(({ stood }) => stood),
      ...roots.flatMap(({ children }) => children),
      ...roots.flatMap(({ joined }) => joined),
      ...updates.map(updateRows),
      ...unit.rows.filter(row => row.mode === 'call').map(callDoor),
      ...trail(unit, bound)
    ])
  ]
  const ends = last && done.length === 0 && targets.statements.length === 0
  const rest = ends ? trx.finish([...statements, ...history]) : trx.pipeline([...statements, ...history])
  rest.catch(() => undefined) // what failed first is told
  await Promise.all(done)
  const answers = await rest
  targets.check(answers)
  const rows = answers.slice(statements.length).flat() as HistoryRow[]
  return groups.flatMap(({ type }, n) =>
    writtenOf(
      type,
      rows.filter(row => row.n === n),
      states
    )
  )
}

const groupsOf = (registry: Registry, all: readonly ResourceWrite[]): Group[] =>
  [...inOneTable(all, write => write.type)].map(([type, writes]) => {
    return { type, writes, spec: tableSource(registry.get(type)!)!.spec }
  })

interface HistoryRow {
  n: number
  id: string
  version: number
  at: string
  document: string
  deleted: boolean
}

const writtenOf = (type: string, rows: readonly HistoryRow[], states: ReadonlyMap<string, RootState>): Written[] =>
  rows.map(({ id, version, at, document, deleted }) => {
    const before = states.get(`${type}/${id}`)
    return { type, id, version, updatedAt: at, text: document, deleted, created: !before || before.deleted }
  })

/**
 * Takes the locks, and the roots that may stand already; refuses those that moved on since the decision. All in one
 * order, so that no two wait for each other. A root that is made under an id of the client's own has no row to lock yet.
 */
async function lockRoots(
  trx: Transaction,
  registry: Registry,
  unit: UnitOfWork,
  groups: readonly Group[]
): Promise<Map<string, RootState>> {
  const made = unit.writes.filter(({ fresh, expected }) => !fresh && expected === 0)
  const { premises = [] } = unit
  const held = premises.map(({ of }) => `premise ${of}`)
  const keys = [...unit.locks, ...held, ...made.map(({ type, id }) => `${type}/${id}`)]
  const locks = keys.length > 0 ? [locksText(keys)] : []
  const known = groups
    .filter(({ writes }) => writes.some(write => !write.fresh))
    .sort((one, other) => (one.type < other.type ? -1 : 1))
  const states = new Map<string, RootState>()
  if (locks.length + known.length > 0) {
    const answers = await trx.pipeline([...locks, ...known.map(rootsText), ...premisesText(registry, premises)])
    if (premises.length > 0) checkPremises(premises, answers.at(-1) as FactRow[])
    known.forEach(({ type }, index) => {
      for (const state of answers[locks.length + index] as RootState[]) states.set(`${type}/${state.id}`, state)
    })
  }
  for (const { type, id, expected } of unit.writes) {
    const found = states.get(`${type}/${id}`)?.version ?? 0
    if (found !== expected) throw new VersionMoved(`${type}/${id}`)
  }
  return states
}

/** A thousand locks for all keys, since the server's memory for locks is small: who shares one waits a moment. */
const locksText = (keys: readonly string[]): Statement => ({
  name: 'lock',
  text: `select count(pg_advisory_xact_lock(k)) from (
    select distinct hashtextextended(app.tenant_id() || key, 0) % 1000 as k from unnest($1::text[]) key order by k) sorted`,
  values: [keys]
})

/** A delete waits for those who refer to the row in this moment (targets.ts), a change does not. */
function rootsText({ spec, writes }: Group): Statement {
  const ends = writes.some(({ resource }) => !resource)
  const joined = spec.joined.map(({ table, by }) => `'${table}', r.${by}`).join(', ')
  return {
    name: `${ends ? 'end' : 'lock'}-${spec.table}`,
    text: `select r.id, r.version, r.deleted_at is not null as deleted, jsonb_build_object(${joined}) as joined from ${spec.table} r
      where r.tenant_id = app.tenant_id() and r.id = any($1::text[]) order by r.id for ${ends ? '' : 'no key '}update`,
    values: [writes.filter(write => !write.fresh).map(write => write.id)]
  }
}

const insertsOf = (inserts: readonly RowWrite[]): Insert[] =>
  [...inOneTable(inserts, row => row.table)].map(([table, rows]) => {
    const all = rows.map(({ row }) => row)
    return { ...insertRows(table, all), stage: 'rows' }
  })

/** What happened, and what is to be done after the commit. */
function trail({ audit, outbox }: UnitOfWork, { subject }: Bound): Insert[] {
  const entries = audit.map(({ id: entity_id, type: entity_type, action, detail = {}, key }) => ({
    id: key,
    subject,
    action,
    entity_type,
    entity_id,
    detail
  }))
  const work = outbox.map(({ key: id, kind, payload }) => ({ id, kind, payload }))
  return [
    ...(entries.length > 0 ? [insertRows('audit_logs', entries)] : []),
    ...(work.length > 0 ? [insertRows('outbox', work)] : [])
  ].map(each => ({ ...each, stage: 'children' }))
}
