/** Which sources take part in a search, and the rows of each that match. */
import { ofEachType, type Condition, type SearchPlan } from '../../../search/plan.js'
import type { Registry, TableSource, UsedCondition, ViewSource } from '../../../search/registry.js'
import { conditionTests } from './condition.js'
import { lookUpTest, type Text } from './look-up.js'
import { openRoot, rowSources, type Root, type Scope } from './root.js'
import { and, column, name, type SqlText } from './sql-text.js'

/** A source's rows that match the plan: `root` in FROM, `tests` beside its scope, then `lookUps` for each that passed. */
export interface Candidates {
  root: Root
  tests: string[]
  lookUps: string[]
}

/**
 * The tenant's table always; a view when its rule says so, and then without what it is shadowed by, or when an _id names
 * it: an id means that very record.
 */
export function candidates(scope: Scope, plan: SearchPlan, lookedUp?: readonly Text[]): Candidates[] {
  return rowSources(scope.registry.get(plan.type)).flatMap(source => {
    if (source.kind === 'table') return ofTable(scope, plan, source, lookedUp)
    if (plan.stored && !(source.updated && namesIds(plan, source))) return []
    const chosen = source.usedWhen?.(usedConditions(plan)) ?? true
    if (!chosen && !namesIds(plan, source)) return []
    const root = openRoot(scope.sql, source)
    const shadow = chosen ? shadowTests(scope.sql, source, root) : []
    return [{ root, tests: [...conditionTests(scope, root, plan.where), ...shadow], lookUps: [] }]
  })
}

/** The rows of the type's table. */
export function ofTable(
  scope: Scope,
  plan: SearchPlan,
  table: TableSource,
  lookedUp: readonly Text[] = []
): Candidates {
  const root = openRoot(scope.sql, table)
  const rest = plan.where.filter(condition => !lookedUp.some(text => text === condition))
  const lookUps = lookedUp.map(text => lookUpTest(scope, root, text))
  return { root, tests: conditionTests(scope, root, rest), lookUps }
}

function usedConditions(plan: SearchPlan): UsedCondition[] {
  return plan.where.flatMap(condition =>
    condition.kind === 'param' && condition.modifier === undefined
      ? [{ name: condition.param.name, values: condition.values }]
      : []
  )
}

const namesIds = (plan: SearchPlan, { prefix }: ViewSource): boolean =>
  plan.where.some(
    condition =>
      isIdCondition(condition) && condition.values.some(value => 'code' in value && value.code?.startsWith(prefix))
  )

const isIdCondition = (condition: Condition): condition is Extract<Condition, { kind: 'param' }> =>
  condition.kind === 'param' && condition.param.name === '_id' && condition.modifier === undefined

/** No live row of the tenant stands in for this one, whatever else is asked of either. */
function shadowTests(sql: SqlText, { shadowedBy }: ViewSource, { alias }: Root): string[] {
  if (!shadowedBy) return []
  const [child, root] = [sql.alias(), sql.alias()]
  const same = Object.entries(shadowedBy.where).map(([key, value]) => `${column(child, key)} = ${sql.value(value)}`)
  const tests = [
    `${child}.tenant_id = app.tenant_id()`,
    ...same,
    `${column(child, shadowedBy.column)} = ${column(alias, shadowedBy.own)}`,
    `${root}.tenant_id = ${child}.tenant_id`,
    `${root}.id = ${column(child, shadowedBy.key)}`,
    `${root}.deleted_at is null`
  ]
  return [
    `not exists (select from ${name(shadowedBy.table)} ${child}, ${name(shadowedBy.root)} ${root} where ${and(tests)})`
  ]
}

/** How many resources match, whatever the page; of each source at most `most`. */
export function countText(sql: SqlText, registry: Registry, plan: SearchPlan, most?: number): string {
  const counts = ofEachType(plan)
    .flatMap(each => candidates({ sql, registry }, each))
    .map(({ root, tests }) => {
      const from = `${root.from} where ${and([...root.scope, ...tests])}`
      return most === undefined
        ? `(select count(*) from ${from})`
        : `(select count(*) from (select from ${from} limit ${most}) few)`
    })
  return `select ${counts.join(' + ') || '0'} as total`
}
