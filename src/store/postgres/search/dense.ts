/**
 * Texts that match a large part of a tenant. Gathered, a text costs each row that it matches; looked up root by root in
 * the order of the page, it costs the roots that are passed until the page is full. The planner cannot choose between the
 * two, since a view under row-level security is planned by itself; its estimates can tell. Bounds: docs/search.md.
 */
import type { SearchPlan } from '../../../search/plan.js'
import { tableSource, type Registry } from '../../../search/registry.js'
import { conditionTests, textKeys } from './condition.js'
import { alike } from './contained.js'
import { isText, type Text } from './look-up.js'
import { openRoot, selectFrom } from './root.js'
import type { SqlText } from './sql-text.js'

/** How a page comes about; without one, all texts are gathered. */
export interface Way {
  /** Texts that are looked up for each root that meets the other conditions. */
  lookedUp: readonly Text[]
  /** First so many roots are passed in the order of the page, and all texts looked up; `lookedUp` is for when that is too few. */
  walk?: { rows: number; lookedUp: readonly Text[] }
}

/**
 * What the planner expects: roots of the tenant, roots that meet the conditions that are no texts, rows of the texts that
 * are gathered together.
 */
export interface Expected {
  roots: number
  others: number
  texts: readonly { texts: readonly Text[]; rows: number }[]
}

/** Looking texts up for one root costs as much as gathering so many rows. */
const LOOK_UP = 5
/** A name begins with a text as a whole and by its parts: so many rows of it are about one root. */
const PARTS = 2
/** A walk may go this much further than it is expected to: matches do not lie evenly. */
const SLACK = 4
/** Texts of fewer rows are always gathered, and those of at most so many times the rows of the rarest one. */
const FEW = 1000
const BESIDE = 10

type Run = <R>(text: (sql: SqlText) => string) => Promise<R[]>

/** One statement, planned and not run; none when the search has no such text. */
export async function chooseWay(run: Run, registry: Registry, plan: SearchPlan): Promise<Way | undefined> {
  const definition = registry.get(plan.type)
  const source = definition && tableSource(definition)
  if (plan.beside || !source) return undefined
  const texts = alike(
    source,
    plan.where.filter(condition => isText(source, condition))
  )
  if (texts.length === 0) return undefined
  const others = plan.where.filter(condition => !isText(source, condition))
  const [row] = await run<Explained>(sql => {
    const [scope, root] = [{ sql, registry }, openRoot(sql, source)]
    const counted = [
      selectFrom(root, '1', []),
      ...(others.length > 0 ? [selectFrom(root, '1', conditionTests(scope, root, others))] : []),
      ...texts.flat().map(text => textKeys(scope, root, [text]))
    ]
    return `explain (format json) select ${counted.map(each => `array(${each})`).join(', ')}`
  })
  const rows = row!['QUERY PLAN'][0].Plan.Plans.map(each => each['Plan Rows'])
  const roots = rows[0]!
  const ofTexts = rows.slice(others.length > 0 ? 2 : 1)
  return wayOf(plan, {
    roots,
    others: rows[others.length > 0 ? 1 : 0]!,
    // Not what the planner says of all of them: to it, rows without texts narrow each by so much.
    texts: texts.map(each => ({ texts: each, rows: roots * together(each.map(() => ofTexts.shift()! / roots)) }))
  })
}

interface Explained {
  'QUERY PLAN': [{ Plan: { Plans: { 'Plan Rows': number }[] } }]
}

/** The cheapest way as far as these numbers tell. */
export function wayOf(plan: SearchPlan, { roots, others, texts }: Expected): Way | undefined {
  const all = texts.flatMap(each => each.texts)
  const fewest = Math.min(...texts.map(({ rows }) => rows))
  if (others * LOOK_UP < fewest) return { lookedUp: all }
  const dense = texts.filter(({ rows }) => rows > FEW && rows > BESIDE * fewest).flatMap(each => each.texts)
  const share = together(texts.map(each => rootsOf(each) / roots))
  const passed = Math.ceil((plan.count + 1) / share)
  const walked = plan.sort.every(({ param }) => param.name === '_id' || param.name === '_lastUpdated')
  if (walked && passed * LOOK_UP < fewest) return { lookedUp: dense, walk: { rows: SLACK * passed, lookedUp: all } }
  return dense.length > 0 ? { lookedUp: dense } : undefined
}

const rootsOf = ({ texts, rows }: Expected['texts'][number]): number =>
  texts[0]!.modifier === 'contains' ? rows : rows / PARTS

/**
 * The share of roots that have all texts: each rarer one is believed to narrow the others by less, since texts of one name
 * go together. With all of them believed in full, no walk would seem to end.
 */
const together = (shares: readonly number[]): number =>
  shares.toSorted((one, other) => one - other).reduce((all, share, at) => all * Math.min(1, share) ** (1 / 2 ** at), 1)
