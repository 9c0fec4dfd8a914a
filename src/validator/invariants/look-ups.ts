/**
 * The FHIRPath functions that look outside of the element, as far as that can be done here: within the document, and in
 * the definitions. What cannot be found out throws Undecided. https://hl7.org/fhir/R4/fhirpath.html#functions
 */
import type { Context } from '../context.js'
import { isObject, type JsonObject } from '../json.js'
import { targetOf } from '../references.js'
import { codesIn, membership } from '../terminology/index.js'

/** Ends the evaluation of a constraint that cannot be decided. */
class Undecided extends Error {}

/** Every `resolve()` is asked for its type only, which a literal reference says. */
const asksForTypeOnly = (expression: string): boolean =>
  [...expression.matchAll(/resolve\(\)/g)].every(({ index }) =>
    /^resolve\(\)\s*(?:is\s|\.\s*is\s*\()/.test(expression.slice(index))
  )

/** For the `userInvocationTable` of the fhirpath package. `run` gives the run that a constraint is evaluated in. */
export function lookUps(expression: string, run: () => Context) {
  const typeIsEnough = asksForTypeOnly(expression)
  const resolve = (nodes: unknown[]) => nodes.map(node => resolved(node, typeIsEnough, run()))
  return {
    resolve: { fn: resolve, arity: { 0: [] }, internalStructures: true },
    memberOf: { fn: (values: unknown[], url: string) => memberOf(values, url, run()), arity: { 1: ['String'] } },
    conformsTo: { fn: (values: unknown[], url: string) => conformsTo(values, url, run()), arity: { 1: ['String'] } }
  }
}

/** A value as the fhirpath package carries it: the type of what is made of it is found out from it. */
interface ResourceNode {
  ctx: unknown
  data: unknown
  constructor: { makeResNode?: (ctx: unknown, resource: JsonObject, ...rest: null[]) => unknown }
}

function resolved(value: unknown, typeIsEnough: boolean, ctx: Context): unknown {
  const node = value as ResourceNode | null
  const make = node?.constructor.makeResNode
  if (!node || !make) throw new Undecided()
  const target = targetOf(isObject(node.data) ? node.data : { reference: node.data }, ctx)
  const resource = target?.resource ?? (target && typeIsEnough ? { resourceType: target.type } : undefined)
  if (!resource) throw new Undecided()
  return make(node.ctx, resource, null, null, null, null)
}

function memberOf(values: unknown[], url: string, ctx: Context): boolean[] {
  if (values.length === 0) return []
  const set = ctx.engine.terminology.valueSet(url)
  if (!set || values.length > 1) throw new Undecided()
  const found = codesIn(values[0]).map(([system, code]) => membership(set, system, code))
  if (found.includes('in')) return [true]
  if (found.includes('unknown')) throw new Undecided()
  return [false]
}

function conformsTo(values: unknown[], url: string, ctx: Context): boolean[] {
  if (values.length === 0) return []
  const [value] = values
  if (!isObject(value) || values.length > 1 || ctx.engine.profiles.typeOf(url) === undefined) throw new Undecided()
  return [ctx.engine.profiles.conforms(value, url, ctx)]
}
