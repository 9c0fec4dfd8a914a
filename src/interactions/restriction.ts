/**
 * Scopes with search parameters (`system/Slot.rs?status=free`): what does not match is as if it were not there.
 * https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters
 */
import { fhirError, FhirError } from '../fhir/errors.js'
import { isOneOf } from '../search/params.js'
import { bare, type Condition, type SearchPlan } from '../search/plan.js'
import { sourceOf } from '../search/registry.js'
import type { Premise, StoredDocument } from '../store/ports.js'
import type { Action, Context } from './context.js'
import { MAX_COUNT, parse, run } from './plan.js'
import { notPermitted } from './refuse.js'

/** Throws FhirError 403 when not even some resources of the type are allowed. */
export function permit(context: Context, type: string, action: Action): void {
  if (!allows(context, type, action)) throw notPermitted(type, action)
}

/** Whether the token allows the action on all resources of the type, or on some. */
export const allows = (context: Context, type: string, action: Action): boolean =>
  context.may(type, action) || isRestricted(context, type, action)

export const isRestricted = (context: Context, type: string, action: Action): boolean =>
  context.restrictions(type, action).length > 0

/** The plan for what the token allows: of the type itself, and of all that chains and `_has` look into. Throws 403. */
export function restricted(context: Context, plan: SearchPlan): SearchPlan {
  const { type, where, beside } = plan
  return {
    ...plan,
    where: within(context, type, where),
    ...(beside && { beside: beside.map(each => ({ ...each, where: within(context, each.type, each.where) })) })
  }
}

function within(context: Context, type: string, where: readonly Condition[]): Condition[] {
  permit(context, type, 's')
  return [...where.map(condition => inside(context, condition)), ...conditionsOf(context, type, 's')]
}

function inside(context: Context, condition: Condition): Condition {
  switch (condition.kind) {
    case 'chain':
      return { ...condition, where: within(context, condition.target, condition.where) }
    case 'has':
      return { ...condition, where: within(context, condition.source, condition.where) }
    case 'any':
      return { ...condition, of: condition.of.map(each => inside(context, each)) }
    default:
      return condition
  }
}

/** What a resource must meet to be allowed; nothing without a restriction. */
export function conditionsOf(context: Context, type: string, action: Action): Condition[] {
  const of = context.restrictions(type, action).map(query => read(context, type, query))
  return of.length > 1 ? [{ kind: 'either', type, of }] : of.flat()
}

/** Only what can be enforced in full counts: the rest of a restriction must not let more through. */
function read(context: Context, type: string, query: string): Condition[] {
  try {
    const { where } = parse(context, type, query, true)
    if (where.length > 0) return where
  } catch (error) {
    if (!(error instanceof FhirError)) throw error
  }
  throw fhirError(
    'forbidden',
    `The scope's restriction ${type}?${query} is no search that works here: register another`
  )
}

/** Those of the ids that the token allows the action on. */
async function allowed(
  context: Context,
  type: string,
  ids: readonly string[],
  action: Action
): Promise<Map<string, StoredDocument>> {
  const conditions = conditionsOf(context, type, action)
  const found = new Map<string, StoredDocument>()
  for (let at = 0; at < ids.length; at += MAX_COUNT) {
    const some = ids.slice(at, at + MAX_COUNT)
    const where = [isOneOf(type, some), ...conditions]
    const { matches } = await run(context, bare(type, where, some.length))
    for (const match of matches) found.set(match.id, match)
  }
  return found
}

/** The resource, when the token allows the action on it; only to be asked under a restriction. */
export async function allowedOne(context: Context, type: string, id: string, action: Action) {
  return (await allowed(context, type, [id], action)).get(id)
}

/** A write of a resource that is named. */
export interface Change {
  letter: 'c' | 'u' | 'd'
  type: string
  id: string
}

/**
 * Throws FhirError 403 for a change of what does not match, as it stands, the restrictions on changes of its kind and on
 * reading. What is not there yet can be put there when changes are not restricted themselves. What matches must still do so
 * when it is written: the searches for that.
 */
export async function refuseOutside(context: Context, changes: readonly Change[]): Promise<Premise[]> {
  const premises: Premise[] = []
  for (const [letter, action] of CHECKED) {
    const of = changes.filter(each => each.letter === letter && isRestricted(context, each.type, action))
    for (const type of new Set(of.map(each => each.type))) {
      const ids = of.flatMap(each => (each.type === type ? each.id : []))
      const found = await allowed(context, type, ids, action)
      for (const id of ids)
        if (!found.has(id) && (action === letter || (await context.store.read(type, id))))
          throw notPermitted(type, letter)
      premises.push(...premiseOf(context, type, [...found.keys()], action))
    }
  }
  return premises
}

/** Throws FhirError 403 when an update by criteria finds nothing to change, and only some resources may be changed. */
export function refuseMaking(context: Context, type: string): void {
  if (isRestricted(context, type, 'u') && !context.may(type, 'c')) throw notPermitted(type, 'u')
}

/** For what lies in the type's table: the row is locked, and so its match stands until the commit. */
function premiseOf(context: Context, type: string, all: readonly string[], action: Action): Premise[] {
  const definition = context.registry.get(type)!
  const ids = all.filter(id => sourceOf(definition, id)?.kind === 'table')
  if (ids.length === 0) return []
  const where = [isOneOf(type, ids), ...conditionsOf(context, type, action)]
  const plan = { ...bare(type, where, ids.length), stored: true }
  const answers = [ids.map(id => ({ id }))]
  return [{ of: `${type}/${[...ids].sort().join()}`, requests: [{ kind: 'matches', plan }], answers }]
}

const CHECKED = [
  ['u', 'u'],
  ['d', 'd'],
  ['u', 'r'],
  ['d', 'r']
] as const

/** The documents without those that the token does not allow to read. What is gone matches nothing, and so is left out. */
export async function readable(context: Context, documents: readonly StoredDocument[]): Promise<StoredDocument[]> {
  const types = [...new Set(documents.map(({ type }) => type))].filter(type => isRestricted(context, type, 'r'))
  const kept = new Map<string, Map<string, StoredDocument>>()
  for (const type of types) {
    const ids = new Set(documents.flatMap(each => (each.type === type ? each.id : [])))
    kept.set(type, await allowed(context, type, [...ids], 'r'))
  }
  return documents.filter(({ type, id }) => kept.get(type)?.has(id) ?? context.may(type, 'r'))
}
