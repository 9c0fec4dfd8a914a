/** Slices: which item belongs to which, how many, in which order. https://hl7.org/fhir/R4/profiling.html#slicing */
import type { Fault } from '../issue.js'
import { isObject, type Context } from '../context.js'
import { targetOf } from '../references.js'
import { checkCount, reportItem } from './count.js'
import type { Item, MatchScope, ProfileNode } from './node.js'

/** What is to be checked of an item of a slice. */
type CheckItem = (slice: ProfileNode, item: Item, ctx: Context) => void

/** The path is at the sliced element. */
export function checkSlices(node: ProfileNode, items: readonly Item[], ctx: Context, checkItem: CheckItem): void {
  const { slices, slicing } = node
  const scope = new RunScope(ctx)
  const belongings: number[] = []
  for (const item of items) belongings.push(slices.findIndex(slice => slice.belongs!(item, scope)))
  for (let index = 0; index < slices.length; index++) {
    const slice = slices[index]!
    if (slice.optional && !belongings.includes(index)) continue
    const own = items.filter((_, i) => belongings[i] === index)
    checkCount(slice, own, ctx)
    for (const item of own) checkItem(slice, item, ctx)
    if (slice.slices.length > 0) checkSlices(slice, own, ctx, checkItem)
  }
  if (slicing?.rules === 'closed') checkClosed(node, items, belongings, ctx)
  if (slicing?.rules === 'openAtEnd') checkOpenAtEnd(node, items, belongings, ctx)
  if (slicing?.ordered) checkOrder(node, items, belongings, ctx)
}

const fault = (node: ProfileNode, text: string): Fault => ({
  ...{ stage: 'rule', rule: 'slice', code: 'structure', text, profile: node.profile }
})

const names = (node: ProfileNode): string => node.slices.map(({ slice }) => slice).join(', ')

function checkClosed(node: ProfileNode, items: readonly Item[], belongings: number[], ctx: Context): void {
  items.forEach((item, i) => {
    if (belongings[i] !== -1) return
    const text = `This belongs to none of the slices that are allowed here: ${names(node)}.`
    reportItem(item, fault(node, text), ctx)
  })
}

function checkOpenAtEnd(node: ProfileNode, items: readonly Item[], belongings: number[], ctx: Context): void {
  const last = belongings.findLastIndex(slice => slice !== -1)
  const early = belongings.findIndex((slice, i) => slice === -1 && i < last)
  if (early < 0) return
  reportItem(items[early]!, fault(node, `What belongs to no slice must come after ${names(node)}.`), ctx)
}

function checkOrder(node: ProfileNode, items: readonly Item[], belongings: number[], ctx: Context): void {
  let highest = -1
  for (const [i, slice] of belongings.entries()) {
    if (slice === -1) continue
    if (slice < highest) {
      const text = `The slices must come in the order ${names(node)}.`
      return reportItem(items[i]!, { ...fault(node, text), slice: node.slices[slice]!.slice }, ctx)
    }
    highest = slice
  }
}

/** What discriminators ask of the run. */
class RunScope implements MatchScope {
  constructor(private readonly ctx: Context) {}

  resolve(reference: unknown) {
    return isObject(reference) ? targetOf(reference, this.ctx) : undefined
  }

  conforms({ value }: Item, profile: string): boolean {
    return isObject(value) && this.ctx.engine.profiles.conforms(value, profile, this.ctx)
  }
}
