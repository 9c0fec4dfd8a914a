/** Texts that can be met in two ways: their rows gathered by an index, or looked up for one root after the other. */
import type { Condition } from '../../../search/plan.js'
import { placesIn } from '../../../search/registry.js'
import { branchTest, ownTest, tiedTo, valueBranch } from './condition.js'
import { tableOf, type Root, type RowSource, type Scope } from './root.js'
import { or } from './sql-text.js'

export type Text = Extract<Condition, { kind: 'param' }>

/**
 * A text in a table beside the root, or one that a view gathers. Texts in a column of the root's own table are left to
 * the planner.
 */
export const isText = (source: RowSource, condition: Condition): condition is Text =>
  condition.kind === 'param' &&
  (condition.modifier === undefined || condition.modifier === 'contains') &&
  placesIn(source, condition.param.name).some(
    place =>
      place.form === 'string' &&
      (place.table !== tableOf(source) || (condition.modifier === 'contains' && place.view !== undefined))
  )

/** True for a root that has the text. OFFSET 0 keeps it a look-up: the planner would make a gathering of it. */
export function lookUpTest(scope: Scope, root: Root, { param, values, modifier }: Text): string {
  const tests = placesIn(root.source, param.name).map(place => {
    const branch = { ...valueBranch(scope, root.source, place, values, modifier), table: place.table }
    if (place.table === tableOf(root.source)) return ownTest(scope, root, branch)
    const alias = scope.sql.alias()
    return `exists (select ${tiedTo(root, branch, alias)} and ${branchTest(scope, root, branch, alias)} offset 0)`
  })
  return or(tests)
}
