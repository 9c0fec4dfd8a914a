/**
 * Conditions of a plan as SQL tests on the rows of one source. Values in child tables, chains and _has are semi-joins
 * (`key in (select ...)`), so the planner may start from whichever side is smaller.
 */
import type { Place, PlaceOf } from '../../../search/definition.js'
import type { Condition, Modifier, Value } from '../../../search/plan.js'
import { placesIn } from '../../../search/registry.js'
import { alike, containedBranch } from './contained.js'
import { hierarchyTest } from './hierarchy.js'
import {
  keysOfView,
  openRoot,
  placeScope,
  placeWhere,
  referencePlaces,
  rowSources,
  selectFrom,
  tableOf,
  type Root,
  type RowSource,
  type Scope
} from './root.js'
import { and, among, column, name, or } from './sql-text.js'
import { presenceTest, typeTest, valueTest } from './value-test.js'

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>

/** One way to meet a condition: rows of `table` that pass `test`, tied to the root by the place's key. */
export interface Branch {
  place: Place
  table: string
  test: (alias: string) => string
}

/** True for rows of the root that meet the condition. */
export function conditionTest(scope: Scope, root: Root, condition: Condition): string {
  switch (condition.kind) {
    case 'param':
      return paramTest(scope, root, condition)
    case 'missing':
      return missingTest(scope, root, condition)
    case 'has':
      return hasTest(scope, root, condition)
    case 'either':
      return or(condition.of.map(where => and(conditionTests(scope, root, where))))
    case 'chain':
    case 'any':
      return anyOf(scope, root, linkBranches(scope, root, condition))
  }
}

export const conditionTests = (scope: Scope, root: Root, where: readonly Condition[]): string[] =>
  alike(root.source, where).map(group =>
    group.length === 1 ? conditionTest(scope, root, group[0]!) : `${root.key} in (${textKeys(scope, root, group)})`
  )

/** SQL of the keys of all roots that have the texts, which `alike` says are told of by one row. */
export function textKeys(scope: Scope, root: Root, texts: readonly Condition[]): string {
  const each = texts.flatMap(text =>
    text.kind === 'param'
      ? [
          placesIn(root.source, text.param.name).map(place =>
            valueBranch(scope, root.source, place, text.values, text.modifier)
          )
        ]
      : []
  )
  const [branches, ...others] = each
  if (others.length === 0) return keysText(scope, root, branches!)
  const all = (alias: string): string => and(each.flat().map(({ test }) => test(alias)))
  return keysText(scope, root, [{ ...branches![0]!, test: all }])
}

function paramTest(scope: Scope, root: Root, { param, modifier, values }: Of<'param'>): string {
  if (param.name === '_id') return idTest(scope, root, values, modifier)
  const branches = placesIn(root.source, param.name).map(place =>
    valueBranch(scope, root.source, place, values, modifier)
  )
  return modifier === 'not' ? noneOf(scope, root, branches) : anyOf(scope, root, branches)
}

function missingTest(scope: Scope, root: Root, { param, missing }: Of<'missing'>): string {
  if (param.name === '_id') return String(!missing)
  const branches = placesIn(root.source, param.name).map(place => ({
    place,
    table: place.table,
    test: (alias: string) => presenceTest(alias, place)
  }))
  return missing ? noneOf(scope, root, branches) : anyOf(scope, root, branches)
}

/** Ids with the source's prefix are its keys; the rest cannot be its rows. */
function idTest({ sql }: Scope, { source, key }: Root, values: readonly Value[], modifier?: Modifier): string {
  const ids = values.flatMap(value =>
    value.form === 'token' && value.code !== undefined && value.system == null ? value.code : []
  )
  const prefix = source.kind === 'view' ? source.prefix : ''
  const keys = ids.filter(id => id.startsWith(prefix)).map(id => id.slice(prefix.length))
  const test = or(among(sql, key, keys))
  return modifier === 'not' ? `not ${test}` : test
}

/** Rows of a place that have one of the values. */
export function valueBranch(
  scope: Scope,
  source: RowSource,
  place: Place,
  values: readonly Value[],
  modifier?: Modifier
): Branch {
  if (place.form === 'reference' && (modifier === 'above' || modifier === 'below')) {
    return { place, table: place.table, test: alias => hierarchyTest(scope, alias, place, values, modifier) }
  }
  if (place.form === 'string' && modifier === 'contains') return containedBranch(scope, source, place, values)
  return { place, table: place.table, test: alias => valueTest(scope.sql, alias, place, values, modifier) }
}

/** Some branch holds. */
function anyOf(scope: Scope, root: Root, branches: readonly Branch[]): string {
  const table = tableOf(root.source)
  if (branches.every(branch => branch.table === table)) {
    return or(branches.map(branch => ownTest(scope, root, branch)))
  }
  return `${root.key} in (${keysText(scope, root, branches)})`
}

/** Keys of the roots for which some branch holds, as often as rows say so. */
function keysText(scope: Scope, root: Root, branches: readonly Branch[]): string {
  const selects = branches.map(branch => {
    const alias = scope.sql.alias()
    const select = `select ${column(alias, branch.place.key)} from ${name(branch.table)} ${alias} where ${branchTest(scope, root, branch, alias)}`
    return branch.table === branch.place.table ? select : apart(select)
  })
  return selects.join(' union all ')
}

/**
 * A select that is planned by itself. Merged into the outer statement, the tenant's test of a search view would be made
 * one with the policy's, and LIKE would have to wait behind it as under row-level security.
 */
const apart = (select: string): string => `(${select} offset 0)`

/** No branch holds. */
function noneOf(scope: Scope, root: Root, branches: readonly Branch[]): string {
  const table = tableOf(root.source)
  const tests = branches.map(branch => {
    if (branch.table === table) return `${ownTest(scope, root, branch)} is not true`
    const alias = scope.sql.alias()
    return `not exists (select ${tiedTo(root, branch, alias)} and ${branchTest(scope, root, branch, alias)})`
  })
  return and(tests)
}

/** FROM and WHERE of a branch's rows that are the root's. */
export const tiedTo = (root: Root, { place, table }: Branch, alias: string): string =>
  `from ${name(table)} ${alias} where ${column(alias, place.key)} = ${root.key}`

export const branchTest = (scope: Scope, root: Root, { place, test }: Branch, alias: string): string =>
  and([...placeScope(scope.sql, root.source, place, alias), test(alias)])

/** A branch on the root's own row, where the tenant is told already. */
export const ownTest = ({ sql }: Scope, root: Root, { place, test }: Branch): string =>
  `(${and([...placeWhere(sql, place, root.alias), test(root.alias)])})`

/** A chain, or the chains of an `any`, as branches on the reference's places. */
function linkBranches(scope: Scope, root: Root, condition: Of<'chain' | 'any'>): Branch[] {
  const chains = condition.kind === 'any' ? condition.of.filter(each => each.kind === 'chain') : [condition]
  return chains.flatMap(chain =>
    referencePlaces(root, chain.param.name, chain.target).map(place => ({
      place,
      table: place.table,
      test: (alias: string) => {
        const sets = targetIds(scope, root, place, chain)
        const leads = sets.length > 0 ? `${column(alias, place.id)} in (${sets.join(' union all ')})` : 'false'
        return and([...typeTest(alias, place, chain.target)!, leads])
      }
    }))
  )
}

/**
 * Ids of the target's resources that meet the chain. Of a shared directory only those that this place refers to are
 * looked at: it may be a thousand times larger than the tenant.
 */
function targetIds(scope: Scope, root: Root, place: PlaceOf<'reference'>, { target, where }: Of<'chain'>): string[] {
  const { sql } = scope
  return rowSources(scope.registry.get(target)).map(source => {
    const found = openRoot(sql, source)
    const tests = conditionTests(scope, found, where)
    if (source.kind === 'table') return selectFrom(found, found.id, tests)
    const alias = sql.alias()
    const referred = `select ${column(alias, place.id)} from ${name(place.table)} ${alias} where ${and(placeScope(sql, root.source, place, alias))}`
    return selectFrom(found, found.id, [...tests, `${found.key} in (${keysOfView(sql, source, referred)})`])
  })
}

/** https://hl7.org/fhir/R4/search.html#has */
function hasTest(scope: Scope, root: Root, { type, source, param, where, settled = [] }: Of<'has'>): string {
  const selects = rowSources(scope.registry.get(source)).flatMap(each => {
    const from = openRoot(scope.sql, each)
    return referencePlaces(from, param.name, type).map(place => referredIds(scope, from, place, type, where))
  })
  if (settled.length > 0) selects.push(`select unnest(${scope.sql.value(settled)}::text[]) collate "C"`)
  if (selects.length === 0) return 'false'
  const ids = selects.join(' union all ')
  return `${root.key} in (${root.source.kind === 'view' ? keysOfView(scope.sql, root.source, ids) : ids})`
}

/** Ids of `type` that `place` refers to in those resources of the source that meet `where`. */
function referredIds(
  scope: Scope,
  from: Root,
  place: PlaceOf<'reference'>,
  type: string,
  where: readonly Condition[]
): string {
  const { sql } = scope
  const tests = conditionTests(scope, from, where)
  const alias = place.table === tableOf(from.source) ? from.alias : sql.alias()
  const own = [...placeScope(sql, from.source, place, alias), ...typeTest(alias, place, type)!]
  if (alias === from.alias) return selectFrom(from, column(alias, place.id), [...own, ...tests])
  const holders = `${column(alias, place.key)} in (${selectFrom(from, from.key, tests)})`
  return `select ${column(alias, place.id)} from ${name(place.table)} ${alias} where ${and([...own, holders])}`
}
