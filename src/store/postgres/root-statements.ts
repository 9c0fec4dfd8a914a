/** The statements that write the resources of one type: roots, their child rows, and what they show of joined tables. */
import { toRows } from '../../mapping/index.js'
import type { Row, Rows, TableSpec } from '../../mapping/spec.js'
import type { ResourceWrite, RowWrite } from '../ports.js'
import { insertRows, replaceLists, softDelete, updateRows, upsertRoots } from './write-text.js'
import type { Statement } from './statement.js'
import type { Insert } from './together.js'

export interface Group {
  type: string
  writes: ResourceWrite[]
  spec: TableSpec
}

/** A root as it stands. */
export interface RootState {
  id: string
  version: number
  deleted: boolean
  joined: Record<string, string | null>
}

/** In the order in which they are sent. */
export interface RootStatements {
  /** Those under new ids. */
  made: Insert[]
  stood: Statement[]
  children: (Statement | Insert)[]
  joined: Statement[]
}

/** What a joined row becomes is written with it where it is one of `inserts`. */
export function rootsOf(
  { spec, writes }: Group,
  states: ReadonlyMap<string, RootState>,
  inserts: readonly RowWrite[]
): RootStatements {
  const kept = writes.flatMap(write => (write.resource ? [{ write, rows: rowsOf(spec, write, states) }] : []))
  const gone = writes.filter(write => !write.resource).map(write => write.id)
  const [fresh, older] = [kept.filter(({ write }) => write.fresh), kept.filter(({ write }) => !write.fresh)]
  const root = ({ write, rows }: Kept): Row => ({ ...write.columns, ...rows.root, id: write.id })
  const lists = kept.map(({ write, rows }) => ({ id: write.id, lists: rows.lists }))
  return {
    made: fresh.length > 0 ? [{ ...insertRows(spec.table, fresh.map(root)), stage: 'roots' }] : [],
    stood: [
      ...(older.length > 0 ? [upsertRoots(spec.table, older.map(root))] : []),
      ...(gone.length > 0 ? [softDelete(spec.table, gone)] : [])
    ],
    children: replaceLists(spec, lists, [...older.map(({ write }) => write.id), ...gone]),
    joined: kept.flatMap(each => joinedRows(spec, each, states, inserts)).map(updateRows)
  }
}

interface Kept {
  write: ResourceWrite
  rows: Rows
}

function joinedRows(
  spec: TableSpec,
  { write, rows }: Kept,
  states: ReadonlyMap<string, RootState>,
  inserts: readonly RowWrite[]
): RowWrite[] {
  return Object.entries(rows.joined).flatMap(([table, row]) => {
    const { by, key } = spec.joined.find(each => each.table === table)!
    const id = joinedId(write, table, by, states)
    if (!row || !id || Object.keys(row).length === 0) return []
    const inserted = inserts.find(each => each.table === table && each.row[key] === id)
    if (inserted) Object.assign(inserted.row, row)
    return inserted ? [] : [{ table, mode: 'update' as const, key, row: { ...row, [key]: id } }]
  })
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
