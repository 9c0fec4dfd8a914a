/** Writes units of work: all of them in one transaction, rows grouped by table, so 500 resources cost O(tables) statements. */
import { toRows } from '../../mapping/index.js'
import type { Row, Rows, TableSpec } from '../../mapping/spec.js'
import { tableSource, type Registry } from '../../search/registry.js'
import { VersionMoved, type ResourceWrite, type RowWrite, type UnitOfWork, type Written } from '../ports.js'
import { settleClaims } from './claims.js'
import type { FactRow } from './facts.js'
import { checkGuards, guardsText } from './guard.js'
import { checkPremises, premisesText } from './premise.js'
import { targetsOf } from './targets.js'
import { violation } from './violation.js'
import {
  callDoor,
  inOneTable,
  insertRows,
  historyRows,
  replaceLists,
  softDelete,
  updateRows,
  upsertRoots
} from './write-text.js'
import type { Bound, Database, Statement, Transaction } from './statement.js'

interface RootState {
  id: string
  version: number
  deleted: boolean
  joined: Record<string, string | null>
}

export async function commit(
  database: Database,
  bound: Bound,
  registry: Registry,
  units: readonly UnitOfWork[]
): Promise<Written[]> {
  try {
    return await database.transaction(bound, async trx => {
      const written: Written[] = []
      for (const unit of units) {
        if ((unit.tenant ?? bound.tenant) !== bound.tenant || units.length > 1)
          await trx.rebind(unit.tenant ?? bound.tenant)
        written.push(...(await commitUnit(trx, bound, registry, unit)))
      }
      return written
    })
  } catch (error) {
    if ((error as { code?: string }).code !== SERIALIZATION_FAILURE) throw violation(error)
    const { type = '', id = '' } = units.flatMap(({ audit }) => audit)[0] ?? {}
    throw new VersionMoved(type, id, 0)
  }
}

/** A door raises it, whose row was at another version than it was told. */
const SERIALIZATION_FAILURE = '40001'

async function commitUnit(trx: Transaction, bound: Bound, registry: Registry, unit: UnitOfWork): Promise<Written[]> {
  const states = await lockRoots(trx, registry, unit, groupsOf(registry, unit.writes))
  const { writes, done } = await settleClaims(trx, bound, registry, unit)
  const groups = groupsOf(registry, writes)
  const inserts = unit.rows.filter(row => row.mode === 'insert')
  const updates = unit.rows.filter(row => row.mode === 'update')
  const history = groups.map(({ type, writes, spec }) => historyRows(type, spec.table, writes, bound.subject))
  const targets = targetsOf(registry, { ...unit, writes })
  const statements = [
    ...targets.statements,
    ...[...inOneTable(inserts, row => row.table)].map(([table, rows]) =>
      insertRows(
        table,
        rows.map(({ row }) => row)
      )
    ),
    ...groups.flatMap(group => rootStatements(group.spec, group.writes, states)),
    ...updates.map(updateRows),
    ...unit.rows.filter(row => row.mode === 'call').map(callDoor),
    ...trail(unit, bound)
  ]
  const rest = trx.pipeline([...statements, ...history])
  rest.catch(() => undefined) // what failed first is told
  await Promise.all(done)
  const answers = await rest
  targets.check(answers)
  return answers
    .slice(statements.length)
    .flatMap((rows, index) => writtenOf(groups[index]!.type, rows as HistoryRow[], states))
}

const groupsOf = (registry: Registry, all: readonly ResourceWrite[]): Group[] =>
  [...inOneTable(all, write => write.type)].map(([type, writes]) => {
    return { type, writes, spec: tableSource(registry.get(type)!)!.spec }
  })

interface HistoryRow {
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

interface Group {
  type: string
  writes: ResourceWrite[]
  spec: TableSpec
}

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
  const { guards = [], premises = [] } = unit
  const held = [...guards.map(({ key }) => key), ...premises.map(({ of }) => `premise ${of}`)]
  const keys = [...unit.locks, ...held, ...made.map(({ type, id }) => `${type}/${id}`)]
  const locks = keys.length > 0 ? [locksText(keys)] : []
  const known = groups
    .filter(({ writes }) => writes.some(write => !write.fresh))
    .sort((one, other) => (one.type < other.type ? -1 : 1))
  const states = new Map<string, RootState>()
  if (locks.length + known.length > 0) {
    const answers = await trx.pipeline([
      ...locks,
      ...known.map(rootsText),
      ...guardsText(registry, guards),
      ...premisesText(registry, premises)
    ])
    if (guards.length > 0) checkGuards(guards, answers[locks.length + known.length] as FactRow[])
    if (premises.length > 0) checkPremises(premises, answers.at(-1) as FactRow[])
    known.forEach(({ type }, index) => {
      for (const state of answers[locks.length + index] as RootState[]) states.set(`${type}/${state.id}`, state)
    })
  }
  for (const { type, id, expected } of unit.writes) {
    const found = states.get(`${type}/${id}`)?.version ?? 0
    if (found !== expected) throw new VersionMoved(type, id, found)
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

function rootStatements(
  spec: TableSpec,
  writes: readonly ResourceWrite[],
  states: ReadonlyMap<string, RootState>
): Statement[] {
  const kept = writes.flatMap(write => (write.resource ? [{ write, rows: rowsOf(spec, write, states) }] : []))
  const gone = writes.filter(write => !write.resource).map(write => write.id)
  const joined: RowWrite[] = kept.flatMap(({ write, rows }) =>
    Object.entries(rows.joined).flatMap(([table, row]) => {
      const { by, key } = spec.joined.find(each => each.table === table)!
      const id = joinedId(write, table, by, states)
      return row && id && Object.keys(row).length > 0
        ? [{ table, mode: 'update' as const, key, row: { ...row, [key]: id } }]
        : []
    })
  )
  const roots = kept.map(({ write, rows }): Row => ({ ...write.columns, ...rows.root, id: write.id }))
  const older = new Set(kept.filter(({ write }) => !write.fresh).map(({ write }) => write.id))
  return [
    ...(roots.length > 0 ? [upsertRoots(spec.table, roots)] : []),
    ...(gone.length > 0 ? [softDelete(spec.table, gone)] : []),
    ...replaceLists(
      spec,
      kept.map(({ write, rows }) => ({ id: write.id, lists: rows.lists })),
      [...older, ...gone]
    ),
    ...joined.map(updateRows)
  ]
}

const joinedId = (
  write: ResourceWrite,
  table: string,
  by: string,
  states: ReadonlyMap<string, RootState>
): string | null =>
  ((write.columns?.[by] as string | undefined) ?? states.get(`${write.type}/${write.id}`)?.joined[table]) || null

function rowsOf(spec: TableSpec, write: ResourceWrite, states: ReadonlyMap<string, RootState>): Rows {
  const joined = spec.joined.filter(({ table, by }) => joinedId(write, table, by, states)).map(({ table }) => table)
  return toRows(spec, write.resource!, joined)
}

/** What happened, and what is to be done after the commit. */
function trail({ audit, outbox }: UnitOfWork, { subject }: Bound): Statement[] {
  const entries = audit.map(({ id: entity_id, type: entity_type, action, detail = {}, key }) => ({
    id: key,
    subject,
    action,
    entity_type,
    entity_id,
    detail
  }))
  return [
    ...(entries.length > 0 ? [insertRows('audit_logs', entries)] : []),
    ...(outbox.length > 0
      ? [
          insertRows(
            'outbox',
            outbox.map(({ key: id, kind, payload }) => ({ id, kind, payload }))
          )
        ]
      : [])
  ]
}
