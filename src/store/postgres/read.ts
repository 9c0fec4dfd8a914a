/** One resource by its id, in one round trip. https://hl7.org/fhir/R4/http.html#read */
import { sourceOf, tableSource, type Registry, type TableSource, type ViewSource } from '../../search/registry.js'
import type { StoredDocument } from '../ports.js'
import { complete, documentText } from './assemble.js'
import type { Bound, Session } from './statement.js'
import type { Row } from '../../mapping/spec.js'

interface TableRow {
  version: number
  updated_at: string
  deleted: boolean
  document: string | null
}

export async function read(
  database: Session,
  bound: Bound,
  registry: Registry,
  type: string,
  id: string
): Promise<StoredDocument | undefined> {
  const definition = registry.get(type)
  const owner = definition && sourceOf(definition, id)
  // What is computed may have a row as well: a Slot that somebody sits in.
  const source = owner?.kind === 'computed' ? tableSource(definition!) : owner
  if (source?.kind === 'table') return readTable(database, bound, registry, source, type, id)
  if (source?.kind === 'view') return readView(database, bound, source, type, id)
  return undefined
}

/** One stored version. https://hl7.org/fhir/R4/http.html#vread */
export async function vread(
  database: Session,
  bound: Bound,
  type: string,
  id: string,
  version: number
): Promise<StoredDocument | undefined> {
  const [row] = await database.query<TableRow>(bound, {
    name: 'vread',
    text: `select h.version, h.at as updated_at, h.deleted, h.document from resource_history h
      where h.tenant_id = app.tenant_id() and h.type = $1 and h.id = $2 and h.version = $3`,
    values: [type, id, version]
  })
  if (!row || (row.document === null && !row.deleted)) return undefined
  return { type, id, version, updatedAt: row.updated_at, deleted: row.deleted, text: row.document ?? '' }
}

async function readTable(
  database: Session,
  bound: Bound,
  registry: Registry,
  { spec }: TableSource,
  type: string,
  id: string
): Promise<StoredDocument | undefined> {
  const [row] = await database.query<TableRow>(bound, {
    name: `read-${spec.table}`,
    text: `select r.version, r.updated_at, r.deleted_at is not null as deleted, h.document from ${spec.table} r
      left join resource_history h on h.tenant_id = r.tenant_id and h.type = $1 and h.id = r.id and h.version = r.version
      where r.tenant_id = app.tenant_id() and r.id = $2`,
    values: [type, id]
  })
  if (!row) return undefined
  const { version, updated_at: updatedAt, deleted, document: text } = row
  const [document] = await complete(database, bound, registry, [{ type, id, version, updatedAt, deleted, text }])
  return document
}

async function readView(
  database: Session,
  bound: Bound,
  source: ViewSource,
  type: string,
  id: string
): Promise<StoredDocument | undefined> {
  const [found] = await database.query<{ row: Row; updated_at: string }>(bound, {
    name: `read-${source.table}`,
    text: `select to_json(v) as row, v.updated_at from ${source.table} v where v.${source.key} = $1`,
    values: [id.slice(source.prefix.length)]
  })
  if (!found) return undefined
  const version = Number(found.row.version)
  const updatedAt = found.updated_at
  const text = documentText(source.toResource(found.row), version, updatedAt)
  return { type, id, version, updatedAt, deleted: false, text }
}
