/** About how many match: exactly while they are few, else as the planner's statistics say. https://hl7.org/fhir/R4/search.html#total */
import { ofEachType, type SearchPlan } from '../../../search/plan.js'
import type { Registry } from '../../../search/registry.js'
import { candidates, countText } from './candidates.js'
import { and, type SqlText } from './sql-text.js'

/** So many are counted. */
export const FEW = 1000

type Run = <R>(text: (sql: SqlText) => string) => Promise<R[]>

/** One statement, two when more than {@link FEW} match. */
export async function estimate(run: Run, registry: Registry, plan: SearchPlan): Promise<number> {
  const [few] = await run<{ total: number | string }>(sql => countText(sql, registry, plan, FEW + 1))
  const counted = Number(few?.total ?? 0)
  if (counted <= FEW) return counted
  const [row] = await run<Explained>(sql => `explain (format json) ${matchingText(sql, registry, plan)}`)
  return Math.max(counted, Math.round(row!['QUERY PLAN'][0].Plan['Plan Rows']))
}

interface Explained {
  'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }]
}

const matchingText = (sql: SqlText, registry: Registry, plan: SearchPlan): string =>
  ofEachType(plan)
    .flatMap(each => candidates({ sql, registry }, each))
    .map(({ root, tests }) => `select ${root.id} from ${root.from} where ${and([...root.scope, ...tests])}`)
    .join(' union all ')
