/** How many items an element of a profile has. */
import type { Context } from '../context.js'
import type { Fault } from '../issue.js'
import type { Item, ProfileNode } from './node.js'

/** A fault of the element that a node is about. */
export const say = (node: ProfileNode, rule: string, code: string, text: string): Fault => ({
  ...{ stage: 'rule', rule, code, text, profile: node.profile },
  ...(node.slice && { slice: node.slice })
})

/** Reports a fault of one item; the path is at the element. */
export function reportItem(item: Item, fault: Fault, ctx: Context): void {
  if (item.index === undefined) ctx.report(fault)
  else ctx.reportAt(fault, item.index)
}

export function checkCount(node: ProfileNode, items: readonly Item[], ctx: Context): void {
  if (items.length >= node.min && items.length <= node.max) return
  const rule = node.slice ? 'slice' : 'cardinality'
  const what = node.slice ? ` of the slice ${node.slice}` : ''
  if (items.length > node.max) {
    const text = node.max === 0 ? 'The element is not allowed here.' : `At most ${node.max}${what} may be here.`
    return reportItem(items[node.max]!, say(node, rule, 'structure', text), ctx)
  }
  const found = `At least ${node.min}${what} must be here, there is ${items.length || 'none'}.`
  const text = node.min === 1 && !node.slice ? 'The element is required.' : found
  ctx.report(say(node, rule, 'required', `${text}${hint(node)}`))
}

/** What an item of a missing slice looks like. */
function hint(node: ProfileNode): string {
  const url = node.children.get('url')?.expected?.value ?? node.types?.[0]?.profile?.[0]
  if (node.name === 'extension' && typeof url === 'string') return ` It is the extension ${url}.`
  return node.expected && node.slice ? ` It looks like ${JSON.stringify(node.expected.value).slice(0, 200)}.` : ''
}
