/** One page of matches with their documents, as one statement. */
import { ofEachType, type SearchPlan } from '../../../search/plan.js'
import { tableSource, type Registry } from '../../../search/registry.js'
import { candidates, ofTable, type Candidates } from './candidates.js'
import type { Way } from './dense.js'
import { beyond, orderBy, terms } from './order.js'
import type { Scope } from './root.js'
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
export function pageText(sql: SqlText, registry: Registry, plan: SearchPlan, way?: Way): string | undefined {
  const severalTypes = plan.beside !== undefined
  const branches = ofEachType(plan).flatMap(each =>
    candidates({ sql, registry }, each, way?.lookedUp).map(found => branch(sql, each, found, { severalTypes }))
  )
  if (branches.length === 0) return undefined
  const walk = way?.walk && walkText({ sql, registry }, plan, way.walk)
  const texts = branches.map(({ text, ofTable }) => (walk && ofTable ? unlessWalked(text) : text))
  const order = orderBy(branches[0]!.ordered, (_, index) => `k${index}`)
  const rows =
    texts.length === 1
      ? texts[0]!
      : `${texts.map(text => `(${text})`).join(' union all ')} ${order} limit ${plan.count + 1}`
  const keys = plan.sort.map((_, index) => `p.k${index}::text`).join(', ')
  return `with ${walk ?? ''}p as (${rows})
select p.type, p.prefix, p.id, p.version, p.updated_at, p.shown, h.document, array[${keys}]::text[] as keys from p
${documentJoin('p')} ${orderBy(branches[0]!.ordered, (_, index) => `p.k${index}`)}`
}

interface Shape {
  severalTypes: boolean
  /** So many rows at most are passed to the look-ups, the first in the order of the page. */
  passed?: number
}

/** A page of one source, and `met`: its rows that meet all but what is looked up, in no order. */
function branch(sql: SqlText, plan: SearchPlan, { root, tests, lookUps }: Candidates, { severalTypes, passed }: Shape) {
  const ordered = terms(sql, root, plan.sort, plan.after?.backward === true, severalTypes ? plan.type : undefined)
  const position = plan.after ? [beyond(sql, ordered, plan.after)] : []
  const keys = ordered.map(({ expression }, index) => `${expression} as k${index}`)
  const order = orderBy(ordered, term => term.expression)
  const met = `from ${root.from} where ${and([...root.scope, ...tests, ...position])}`
  // OFFSET 0 and LIMIT keep the look-ups from what does not meet the rest.
  const fence = passed === undefined ? 'offset 0' : `${order} limit ${passed}`
  const from =
    lookUps.length > 0 ? `from (select ${root.alias}.* ${met} ${fence}) ${root.alias} where ${and(lookUps)}` : met
  const text = `select ${foundColumns(plan.type, root)}, ${keys.join(', ')} ${from} ${order} limit ${plan.count + 1}`
  return { ordered, text, met, ofTable: root.source.kind === 'table' }
}

/** The first rows of the table, passed in order: `walked`, and whether that is all that the page needs or that there is. */
function walkText(scope: Scope, plan: SearchPlan, { rows, lookedUp }: NonNullable<Way['walk']>): string {
  const found = ofTable(scope, plan, tableSource(scope.registry.get(plan.type)!)!, lookedUp)
  const { text, met } = branch(scope.sql, plan, found, { severalTypes: false, passed: rows })
  return `walked as materialized (${text}), enough as materialized (
select case when (select count(*) from walked) > ${plan.count} then true
  else (select count(*) from (select ${met} limit ${rows}) passed) < ${rows} end as yes),
`
}

/** `text` is run only when the walk was not enough. */
const unlessWalked = (text: string): string =>
  `select * from walked where (select yes from enough) union all
select * from (${text}) unwalked where not (select yes from enough)`

/** Columns of FoundRow that a root gives by itself. Views have no decimals, whose digits JSON would lose. */
export function foundColumns(type: string, { source, alias, id }: Candidates['root']): string {
  const shown = source.kind === 'view' ? `to_json(${alias})` : 'null::json'
  const prefix = source.kind === 'view' ? source.prefix : ''
  return `${literal(type)} as type, ${literal(prefix)} as prefix, ${id} as id, ${alias}.version, ${alias}.updated_at, ${shown} as shown`
}

/** The stored document of the version that a row is at; for rows of views, which have none, the index is not asked. */
export const documentJoin = (alias: string): string =>
  `left join resource_history h on h.tenant_id = app.tenant_id() and h.type = ${alias}.type
  and h.id = case when ${alias}.shown is null then ${alias}.id end and h.version = ${alias}.version`
