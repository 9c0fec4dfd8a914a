/** One page of matches with their documents, as one statement. */
import { ofEachType, type SearchPlan } from '../../../search/plan.js'
import type { Registry } from '../../../search/registry.js'
import { candidates, type Candidates } from './candidates.js'
import { beyond, orderBy, terms } from './order.js'
import { and, literal, type SqlText } from './sql-text.js'

/** Columns of a row that was found; a table's row has a document, a view's row is `shown`. */
export interface FoundRow {
  type: string
  /** Prefix of the view source that the row is of; '' for the type's table. */
  prefix: string
  id: string
  version: number
  updated_at: string
  /** Document of the current version, for rows of a table; null when foreign SQL moved the version on. */
  document: string | null
  /** The row as JSON, for rows of a view. */
  shown: Record<string, unknown> | null
  /** Values of the sort keys as text. */
  keys: (string | null)[]
}

/** The statement's text: at most count + 1 rows, in the order of reading (turned round for a backward page). */
export function pageText(sql: SqlText, registry: Registry, plan: SearchPlan): string | undefined {
  const branches = ofEachType(plan).flatMap(each =>
    candidates({ sql, registry }, each).map(found => branch(sql, each, found, plan.beside !== undefined))
  )
  if (branches.length === 0) return undefined
  const order = orderBy(branches[0]!.ordered, (_, index) => `k${index}`)
  const limit = `limit ${plan.count + 1}`
  const rows =
    branches.length === 1
      ? branches[0]!.text
      : `${branches.map(({ text }) => `(${text})`).join(' union all ')} ${order} ${limit}`
  const keys = plan.sort.map((_, index) => `p.k${index}::text`).join(', ')
  return `with p as (${rows})
select p.type, p.prefix, p.id, p.version, p.updated_at, p.shown, h.document, array[${keys}]::text[] as keys from p
${documentJoin('p')} ${orderBy(branches[0]!.ordered, (_, index) => `p.k${index}`)}`
}

function branch(sql: SqlText, plan: SearchPlan, { root, tests }: Candidates, oneOfSeveral: boolean) {
  const ordered = terms(sql, root, plan.sort, plan.after?.backward === true, oneOfSeveral ? plan.type : undefined)
  const position = plan.after ? [beyond(sql, ordered, plan.after)] : []
  const keys = ordered.map(({ expression }, index) => `${expression} as k${index}`)
  const text = `select ${foundColumns(plan.type, root)}, ${keys.join(', ')} from ${root.from}
where ${and([...root.scope, ...tests, ...position])} ${orderBy(ordered, term => term.expression)} limit ${plan.count + 1}`
  return { ordered, text }
}

/** Columns of FoundRow that a root gives by itself. */
export function foundColumns(type: string, { source, alias, id }: Candidates['root']): string {
  const shown = source.kind === 'view' ? `to_jsonb(${alias})` : 'null::jsonb'
  const version =
    source.kind === 'view' ? `coalesce((to_jsonb(${alias}) ->> 'version')::bigint, 1)` : `${alias}.version`
  const prefix = source.kind === 'view' ? source.prefix : ''
  return `${literal(type)} as type, ${literal(prefix)} as prefix, ${id} as id, ${version} as version, ${alias}.updated_at, ${shown} as shown`
}

/** The stored document of the version that a row is at. */
export const documentJoin = (alias: string): string =>
  `left join resource_history h on h.tenant_id = app.tenant_id() and h.type = ${alias}.type and h.id = ${alias}.id and h.version = ${alias}.version`
