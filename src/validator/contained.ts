/** Rules on contained resources, and the narrative that a resource should have. https://hl7.org/fhir/R4/domainresource.html#invs */
import { isObject, type Context, type JsonObject } from './context.js'
import type { Fault } from './issue.js'
import type { ObjectSchema } from './schema.js'

const invariant = (rule: string, text: string): Fault => ({ code: 'invariant', stage: 'rule', rule, text })

const NESTED = invariant('dom-2', 'A contained resource may not contain resources: move them up to the container.')
const UNREFERENCED = invariant(
  'dom-3',
  'Nothing in the resource refers to this contained resource: refer to it by # and its id, or leave it out.'
)
const VERSIONED = invariant('dom-4', 'A contained resource has no version of its own: leave this out.')
const LABELLED = invariant('dom-5', 'A contained resource has no security label: put it on the container.')
const NO_NARRATIVE: Fault = {
  ...invariant('dom-6', 'The resource should have a narrative (text.div).'),
  severity: 'warning'
}
const TWICE = invariant('contained-id', 'Another contained resource has the same id: give each its own.')

/** Contained resources of a container by id; the first of two with the same id. */
export function containedById(resource: JsonObject, depth = 0): ReadonlyMap<string, JsonObject> {
  const { contained } = resource
  if (contained === undefined || depth > 1) return NONE
  const byId = new Map<string, JsonObject>()
  // one that is not in an array is found all the same: that it is not in one is the one fault
  for (const item of Array.isArray(contained) ? contained : [contained]) {
    if (!isObject(item)) continue
    const id = idOf(item)
    if (id !== undefined && !byId.has(id)) byId.set(id, item)
    // where they must not be (dom-2), that is the one fault: what refers to them is not told too
    for (const [id, nested] of containedById(item, depth + 1)) if (!byId.has(id)) byId.set(id, nested)
  }
  return byId
}

/** The id with which pointers name a contained resource; that it must not begin with # itself is told by the walk. */
const idOf = ({ id }: JsonObject): string | undefined => (typeof id === 'string' ? id.replace(/^#/, '') : undefined)

const NONE: ReadonlyMap<string, JsonObject> = new Map()

/** dom-2 to dom-6 and distinct ids, after the walk has collected what points inside. */
export function checkContained(resource: JsonObject, schema: ObjectSchema, ctx: Context): void {
  if (schema.base !== 'DomainResource') return
  if (!isObject(resource.text) || !('div' in resource.text)) ctx.report(NO_NARRATIVE)
  if (!Array.isArray(resource.contained)) return
  let { badReferences } = ctx.scope // a reference at fault and the resource that it misses are one fault
  const seen = new Set<unknown>()
  resource.contained.forEach((item, index) => {
    if (!isObject(item)) return
    ctx.path.push('contained', index)
    if (item.id !== undefined && seen.has(item.id)) ctx.reportAt(TWICE, 'id')
    else if (!isReferenced(item, ctx) && badReferences-- <= 0) ctx.report(UNREFERENCED)
    seen.add(item.id)
    checkContents(item, ctx)
    ctx.path.length -= 2
  })
}

/** dom-3: something names it, or it names its container. */
const isReferenced = (item: JsonObject, ctx: Context): boolean =>
  ctx.scope.pointers?.has(`#${idOf(item) ?? ''}`) === true || refersToContainer(item)

function checkContents({ contained, meta }: JsonObject, ctx: Context): void {
  if (contained !== undefined) ctx.reportAt(NESTED, 'contained')
  if (!isObject(meta)) return
  if (meta.versionId !== undefined) ctx.reportAt(VERSIONED, 'meta', 'versionId')
  if (meta.lastUpdated !== undefined) ctx.reportAt(VERSIONED, 'meta', 'lastUpdated')
  if (meta.security !== undefined) ctx.reportAt(LABELLED, 'meta', 'security')
}

/** A contained resource that says `#` belongs to its container without being named by it. */
function refersToContainer(node: unknown, depth = 0): boolean {
  if (node === '#') return true
  if (typeof node !== 'object' || node === null || depth > 100) return false
  return Object.values(node).some(child => refersToContainer(child, depth + 1))
}
