/**
 * Runs a plan: a page of matches in one round trip, one more for each level of includes, for an exact total and to ask
 * what a search by texts would cost.
 */
import { fhirError } from '../../../fhir/errors.js'
import {
  ofEachType,
  type Condition,
  type Cursor,
  type Include,
  type SearchPlan,
  type ValueForm
} from '../../../search/plan.js'
import type { Registry, ViewSource } from '../../../search/registry.js'
import type { SearchPage, StoredDocument } from '../../ports.js'
import type { Statement } from '../statement.js'
import { countText } from './candidates.js'
import { chooseWay } from './dense.js'
import { estimate } from './estimate.js'
import { includeText, type Frontier } from './include-text.js'
import { pageText, type FoundRow } from './page.js'
import { remembered } from './remembered.js'
import { SqlText } from './sql-text.js'

/** A resource that was found; `text` null: its document must be assembled from the rows. */
export type Found = Omit<StoredDocument, 'text'> & { text: string | null }

/** What a search needs of the store that it runs in. */
export interface SearchDoors {
  /** One statement under the bound tenant. */
  run<R>(statement: Statement): Promise<R[]>
  /** Documents for what was found, in the same order. */
  complete(found: readonly Found[]): Promise<StoredDocument[]>
}

/** More included resources than this are refused: the client should search for them by themselves. */
const MAX_INCLUDED = 5000

/** The plan's cursor must be opened (`after`). Throws FhirError 400 `too-costly` when the includes are too many. */
export async function searchStore(
  doors: SearchDoors,
  registry: Registry,
  plan: SearchPlan,
  choose = chooseWay
): Promise<SearchPage> {
  if (plan.count === 0) return { matches: [], included: [], total: await count(doors, registry, plan) }
  const rows = await pageRows(doors, registry, plan, choose)
  const { page, next, previous } = cutPage(plan, rows)
  const total = await totalOf(doors, registry, plan, page.length, next)
  const included = await includedRows(doors, registry, plan, page)
  const documents = await documentsOf(doors, registry, [...page, ...included])
  return {
    matches: documents.slice(0, page.length),
    keys: page.map(({ keys }) => keys),
    included: documents.slice(page.length),
    ...(total !== undefined && { total }),
    ...(next && { next }),
    ...(previous && { previous })
  }
}

async function pageRows(doors: SearchDoors, registry: Registry, plan: SearchPlan, choose: typeof chooseWay) {
  const known = remembered(registry, plan, each => statementOf(sql => pageText(sql, registry, each)))
  if (known) return doors.run<FoundRow>(known)
  const way = await choose(text => run(doors, text), registry, plan)
  return run<FoundRow>(doors, sql => pageText(sql, registry, plan, way), replan(plan))
}

async function run<R>(doors: SearchDoors, text: (sql: SqlText) => string | undefined, anew = false): Promise<R[]> {
  const made = statementOf(text)
  return made === undefined ? [] : doors.run<R>({ ...made, ...(anew && { replan: true }) })
}

function statementOf(text: (sql: SqlText) => string | undefined): Statement | undefined {
  const sql = new SqlText()
  const made = text(sql)
  return made === undefined ? undefined : sql.statement(made)
}

/**
 * Whether conditions go by ranges of texts or times: few rows or most of them, as the values are. A time beside a
 * reference is no such range: what is referred to is the way to the rows, whatever the time.
 */
const replan = (plan: SearchPlan): boolean =>
  ofEachType(plan).some(({ where }) => {
    const ranges = where.flatMap(rangesOf)
    return ranges.some(form => form !== 'date') || (ranges.length > 0 && !where.some(isNamed))
  })

type Range = Exclude<ValueForm, Exact> | 'missing'
type Exact = (typeof EXACT)[number]
const EXACT = ['token', 'reference', 'foreign'] as const
const isExact = (form: ValueForm): form is Exact => EXACT.some(each => each === form)

function rangesOf(condition: Condition): Range[] {
  if (condition.kind === 'missing') return ['missing']
  if (condition.kind === 'either') return condition.of.flat().flatMap(rangesOf)
  if (condition.kind === 'any') return condition.of.flatMap(rangesOf)
  if (condition.kind !== 'param') return condition.where.flatMap(rangesOf)
  return condition.values.flatMap(({ form }) => (isExact(form) ? [] : form))
}

const isNamed = (condition: Condition): boolean =>
  condition.kind === 'param'
    ? condition.modifier === undefined &&
      condition.values.every(({ form }) => form === 'reference' || form === 'foreign')
    : condition.kind === 'chain' && condition.where.some(isNamed)

async function count(doors: SearchDoors, registry: Registry, plan: SearchPlan): Promise<number> {
  if (plan.total === 'estimate') return estimate(text => run(doors, text, true), registry, plan)
  const [row] = await run<{ total: number | string }>(doors, sql => countText(sql, registry, plan), replan(plan))
  return Number(row?.total ?? 0)
}

/** One page that begins at the first and has nothing behind it knows the total by itself. */
async function totalOf(doors: SearchDoors, registry: Registry, plan: SearchPlan, length: number, next?: Cursor) {
  if (plan.total === 'none') return undefined
  if (!plan.after && !next) return length
  return plan.total === 'auto' ? undefined : count(doors, registry, plan)
}

/** The rows in the order of the plan, and the positions around them. */
function cutPage(plan: SearchPlan, rows: readonly FoundRow[]): { page: FoundRow[]; next?: Cursor; previous?: Cursor } {
  const backward = plan.after?.backward === true
  const more = rows.length > plan.count
  const kept = rows.slice(0, plan.count)
  const page = backward ? kept.reverse() : kept
  const [first, last] = [page[0], page.at(-1)]
  const hasNext = backward || more
  const hasPrevious = backward ? more : plan.after !== undefined
  return {
    page,
    ...(last && hasNext && { next: positionOf(plan, last) }),
    ...(first && hasPrevious && { previous: { ...positionOf(plan, first), backward: true } })
  }
}

const positionOf = ({ beside }: SearchPlan, { keys, id, type }: FoundRow): Cursor => ({
  ...{ sort: keys, id },
  ...(beside && { type })
})

const identity = ({ type, id }: FoundRow): string => `${type}/${id}`

/** Includes of the matches; those with :iterate go on from what was included, until nothing new comes. */
async function includedRows(
  doors: SearchDoors,
  registry: Registry,
  plan: SearchPlan,
  page: readonly FoundRow[]
): Promise<FoundRow[]> {
  const seen = new Set(page.map(identity))
  const included: FoundRow[] = []
  let level = page
  let includes: readonly Include[] = plan.includes
  while (includes.length > 0 && level.length > 0) {
    const limit = seen.size + MAX_INCLUDED
    const rows = await run<FoundRow>(doors, sql => includeText(sql, registry, includes, frontier(level), limit))
    level = rows.filter(row => !seen.has(identity(row)) && seen.add(identity(row)))
    included.push(...level)
    if (included.length > MAX_INCLUDED || rows.length === limit) throw tooMany()
    includes = plan.includes.filter(include => include.iterate)
  }
  return included
}

const tooMany = () =>
  fhirError(
    'too-costly',
    `The includes would bring more than ${MAX_INCLUDED} resources: ask for a smaller _count or search for them by themselves`,
    {
      expression: '_include'
    }
  )

function frontier(rows: readonly FoundRow[]): Frontier {
  const ids = new Map<string, string[]>()
  for (const { type, id } of rows) {
    const known = ids.get(type)
    if (known) known.push(id)
    else ids.set(type, [id])
  }
  return ids
}

/** Rows of views are shown by their source; the others have a document or are completed. */
async function documentsOf(
  doors: SearchDoors,
  registry: Registry,
  rows: readonly FoundRow[]
): Promise<StoredDocument[]> {
  return doors.complete(
    rows.map(row => ({
      type: row.type,
      id: row.id,
      version: Number(row.version),
      updatedAt: row.updated_at,
      deleted: false,
      text: row.shown === null ? row.document : shownText(registry, row)
    }))
  )
}

function shownText(registry: Registry, row: FoundRow): string {
  const source = registry
    .get(row.type)
    ?.sources.find((each): each is ViewSource => each.kind === 'view' && each.prefix === row.prefix)
  const resource = source!.toResource(row.shown ?? {})
  const meta = { ...resource.meta, versionId: String(row.version), lastUpdated: row.updated_at }
  return JSON.stringify(Object.assign(resource, { id: row.id, meta }))
}
