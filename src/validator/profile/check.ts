/** Checks a value against the tree of a profile: what the profile adds to the type, which the walk has checked. */
import { isAfter } from '../calendar.js'
import { isObject, type Context, type JsonObject } from '../context.js'
import { checkInvariant } from '../invariants/index.js'
import { targetOf } from '../references.js'
import { checkBinding } from '../terminology/binding.js'
import { equals, misfit } from './match.js'
import type { Item, ProfileNode, TypeRef } from './node.js'
import { itemsOf } from './select.js'
import { checkCount, say } from './count.js'
import { checkSlices } from './slicing.js'

/** Checks the object at the path against the children and constraints of a node. */
export function checkObject(node: ProfileNode, value: JsonObject, ctx: Context): void {
  const { schema } = node
  for (const child of node.children.values()) {
    if (!child.element) continue
    const owner = schema ?? ctx.engine.schemas.get(value.resourceType as string)
    if (!owner) continue
    const items = itemsOf(value, child.element, owner)
    if (items.length === 0 && child.optional) continue
    ctx.path.push(child.name)
    checkItems(child, items, ctx)
    ctx.path.pop()
  }
  for (const invariant of node.invariants) checkInvariant(invariant, value, ctx)
}

function checkItems(node: ProfileNode, items: readonly Item[], ctx: Context): void {
  // when a slice is missed, that says it all
  if (items.length > 0 || !node.slices.some(slice => slice.min > 0)) checkCount(node, items, ctx)
  for (const item of items) checkItem(node, item, ctx)
  if (node.slices.length > 0) checkSlices(node, items, ctx, checkItem)
}

/** Checks one value; the path is at the element. */
function checkItem(node: ProfileNode, item: Item, ctx: Context): void {
  if (item.index !== undefined) ctx.path.push(item.index)
  if (node.allowed && !node.allowed.has(item.type)) reportType(node, item, ctx)
  else checkContent(node, item, ctx)
  if (item.index !== undefined) ctx.path.pop()
}

function checkContent(node: ProfileNode, item: Item, ctx: Context): void {
  const { value } = item
  if (value !== undefined) checkValue(node, item, ctx)
  if (isObject(value)) {
    checkObject(node, value, ctx)
    if (node.profiled) checkTypes(node.profiled, node, item, ctx)
  } else {
    for (const invariant of node.invariants) checkInvariant(invariant, value, ctx)
    if (node.children.size > 0 && isObject(item.companion))
      checkObject({ ...node, invariants: [] }, item.companion, ctx)
  }
}

function checkValue(node: ProfileNode, { value, type }: Item, ctx: Context): void {
  const { expected, maxLength, least, most } = node
  if (expected) checkExpected(node, value, ctx)
  for (const binding of node.bindings) {
    if (binding.type === type) {
      checkBinding(binding, value, ctx, { profile: node.profile, ...(node.slice && { slice: node.slice }) })
    }
  }
  if (maxLength !== undefined && typeof value === 'string' && isLonger(value, maxLength)) {
    ctx.report(say(node, 'length', 'too-long', `The text is longer than ${maxLength} characters.`))
  }
  if (least !== undefined && isMore(least, value))
    ctx.report(say(node, 'range', 'value', `The value is less than ${show(least)}.`))
  if (most !== undefined && isMore(value, most))
    ctx.report(say(node, 'range', 'value', `The value is more than ${show(most)}.`))
}

/** Characters are those of Unicode. */
const isLonger = (text: string, most: number): boolean => text.length > most && [...text].length > most

const show = (value: unknown): string => JSON.stringify(value)

function isMore(a: unknown, b: unknown): boolean {
  if (isObject(a) && isObject(b)) return a.code === b.code && isMore(a.value, b.value)
  if (typeof a === 'string' && typeof b === 'string') return isAfter(a, b)
  return typeof a === 'number' && typeof b === 'number' && a > b
}

function checkExpected(node: ProfileNode, value: unknown, ctx: Context): void {
  const { exact, value: expected } = node.expected!
  if (exact || typeof expected !== 'object') {
    const rule = exact ? 'fixed' : 'pattern'
    if (!equals(value, expected)) ctx.report(say(node, rule, 'value', `The value must be ${show(expected)}.`))
    return
  }
  const steps = misfit(value, expected)
  if (steps) ctx.reportAt(say(node, 'pattern', 'value', `The value must have at least ${show(expected)}.`), ...steps)
}

function reportType(node: ProfileNode, item: Item, ctx: Context): void {
  const text = `The type ${item.type} is not allowed here, only ${[...node.allowed!].join(' or ')}.`
  ctx.report(say(node, 'type', 'structure', text))
}

/** Profiles on the types of an element, and on the targets of a Reference. */
function checkTypes(types: TypeRef[], node: ProfileNode, item: Item, ctx: Context): void {
  for (const { code, profile, targetProfile, aggregation } of types) {
    if (code !== item.type && !node.element?.properties[0]?.resource) continue
    if (profile) ctx.engine.profiles.checkOneOf(profile, item.value as JsonObject, node.profile, ctx)
    if (aggregation) checkAggregation(aggregation, node, item.value as JsonObject, ctx)
    if (targetProfile) checkTarget(targetProfile, node, item.value as JsonObject, ctx)
  }
}

/** Whether what is referred to may be contained, in the Bundle, or elsewhere. */
function checkAggregation(allowed: readonly string[], node: ProfileNode, value: JsonObject, ctx: Context): void {
  const { reference } = value
  if (typeof reference !== 'string') return
  const isBundled = ctx.bundles.length > 0 && targetOf(value, ctx)?.resource !== undefined
  const kinds = reference.startsWith('#') ? ['contained'] : isBundled ? ['bundled', 'referenced'] : ['referenced']
  if (kinds.some(kind => allowed.includes(kind))) return
  const text = `What the reference points to is ${kinds[0]}, but must be ${allowed.join(' or ')}.`
  ctx.reportAt(say(node, 'aggregation', 'value', text), 'reference')
}

function checkTarget(profiles: string[], node: ProfileNode, reference: JsonObject, ctx: Context): void {
  const target = targetOf(reference, ctx)
  const types = profiles.map(profile => ctx.engine.profiles.typeOf(profile))
  if (!target || types.includes(undefined) || types.includes('Resource')) return
  if (!types.includes(target.type)) {
    const text = `The reference points to ${target.type}, but may only point to ${[...new Set(types)].join(' or ')}.`
    const place = reference.reference === undefined ? 'type' : 'reference'
    return ctx.reportAt(say(node, 'reference-target', 'value', text), place)
  }
  if (!target.resource || profiles.some(profile => ctx.engine.profiles.conforms(target.resource!, profile, ctx))) return
  const text = `The resource that the reference points to does not conform to ${profiles.join(' or ')}.`
  ctx.reportAt(say(node, 'reference-target', 'value', text), 'reference')
}
