/** Documents from rows: what is read where no document of the current version is stored, since foreign SQL moved it on. */
import { writeJson } from '../../fhir/digits.js'
import type { Resource } from '../../fhir/types.js'
import { toResource } from '../../mapping/index.js'
import type { Row, Rows, TableSpec } from '../../mapping/spec.js'
import { tableSource, type Registry } from '../../search/registry.js'
import type { StoredDocument } from '../ports.js'
import type { Bound, Session, Statement } from './statement.js'

/** What was found by a statement; `text` null: there is no document of that version. */
export type Found = Omit<StoredDocument, 'text'> & { text: string | null }

interface Assembled {
  id: string
  version: number
  updated_at: string
  root: Row
  joined: Rows['joined']
  lists: Rows['lists']
}

/** The documents of what was found, in the same order; those made from rows are stored for the next reader. */
export async function complete(
  database: Session,
  bound: Bound,
  registry: Registry,
  found: readonly Found[]
): Promise<StoredDocument[]> {
  const made = new Map<string, StoredDocument>()
  const missing = found.filter(each => each.text === null && !each.deleted)
  for (const type of new Set(missing.map(each => each.type))) {
    const ids = missing.filter(each => each.type === type).map(each => each.id)
    for (const document of await assemble(database, bound, registry, type, ids))
      made.set(`${type}/${document.id}`, document)
  }
  if (made.size > 0) await database.execute(bound, [keepDocuments([...made.values()])])
  return found.map(each => made.get(`${each.type}/${each.id}`) ?? { ...each, text: each.text ?? '' })
}

async function assemble(
  database: Session,
  bound: Bound,
  registry: Registry,
  type: string,
  ids: readonly string[]
): Promise<StoredDocument[]> {
  const source = tableSource(registry.get(type)!)!
  const rows = await database.query<Assembled>(bound, { text: assembleText(source.spec), values: [ids] })
  return rows.map(({ id, version, updated_at, root, joined, lists }) => {
    const parts: Rows = { root, joined, lists }
    const plain = toResource(source.spec, type, id, parts)
    const resource = source.derive?.(plain, parts) ?? plain
    return {
      type,
      id,
      version,
      updatedAt: updated_at,
      deleted: false,
      text: documentText(resource, version, updated_at)
    }
  })
}

/** Root, joined rows and child rows of many resources of a type, as JSON, in one statement. */
function assembleText({ table, lists, joined }: TableSpec): string {
  const joins = joined.map(
    ({ table: other, by, key }) =>
      `'${other}', (select to_jsonb(j) from ${other} j where j.tenant_id = r.tenant_id and j.${key} = r.${by})`
  )
  const children = lists.map(
    list =>
      `'${list.table}', (select coalesce(jsonb_agg(to_jsonb(c) order by c.position), '[]') from ${list.table} c
        where c.tenant_id = r.tenant_id and c.${list.key} = r.id)`
  )
  return `select r.id, r.version, r.updated_at, to_jsonb(r) as root, jsonb_build_object(${joins.join(', ')}) as joined,
      jsonb_build_object(${children.join(', ')}) as lists
    from ${table} r where r.tenant_id = app.tenant_id() and r.id = any($1::text[]) and r.deleted_at is null`
}

const keepDocuments = (documents: readonly StoredDocument[]): Statement => ({
  name: 'keep-documents',
  text: `insert into resource_history (tenant_id, type, id, version, document, at)
    select app.tenant_id(), d.type, d.id, d.version, d.text, d."updatedAt"
    from json_to_recordset($1) as d(type text, id text, version bigint, text text, "updatedAt" timestamptz)
    on conflict (tenant_id, type, id, version) do update set document = excluded.document
    where resource_history.document is null`,
  values: [JSON.stringify(documents)]
})

/** The JSON text of a version: `meta` with versionId and lastUpdated. */
export function documentText(resource: Resource, version: number, updatedAt: string): string {
  const [head, tail] = documentHalves(resource)
  return `${head}"versionId":"${version}","lastUpdated":"${updatedAt}"${tail}`
}

/** A document's text before and behind versionId and lastUpdated, which the database knows first. */
export function documentHalves({ resourceType, id, meta, ...elements }: Resource): [string, string] {
  const { versionId: _v, lastUpdated: _l, ...kept } = meta ?? {}
  const more = writeJson(kept).slice(1, -1)
  const body = writeJson(elements).slice(1)
  const rest = body === '}' ? '}' : `,${body}`
  return [
    `{"resourceType":${JSON.stringify(resourceType)},"id":${JSON.stringify(id)},"meta":{`,
    `${more && `,${more}`}}${rest}`
  ]
}
