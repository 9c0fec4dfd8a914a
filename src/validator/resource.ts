/** One resource: its type, its elements, its contained resources, the profiles that it claims. */
import { checkEntries } from './bundle.js'
import { checkContained, containedById } from './contained.js'
import { isObject, type Context, type JsonObject } from './context.js'
import { structural } from './issue.js'
import { didYouMean } from './suggest.js'
import { walkObject } from './walk.js'

const NO_RESOURCE = structural('type', 'structure', 'A resource is needed here: a JSON object with resourceType.')
const NO_TYPE = structural('type', 'structure', 'The resource does not say its resourceType.')

/** Walks the resource at the path, which stands by itself (root, Bundle entry) or is contained. */
export function walkResource(value: unknown, ctx: Context, profiles: readonly string[] = []): void {
  if (!isObject(value)) return ctx.report(NO_RESOURCE)
  const type = value.resourceType
  if (typeof type !== 'string') return ctx.report(NO_TYPE)
  const schema = ctx.engine.resourceTypes.has(type) ? ctx.engine.schemas.get(type) : undefined
  if (!schema) {
    const text = `There is no resource type ${ctx.quote(type, 'of this name,')}.${didYouMean(type, ctx.engine.resourceTypes, ctx)}`
    return ctx.report(structural('type', 'structure', text))
  }
  if (ctx.path.at(-2) === 'contained') return walkContained(value, () => walkObject(schema, value, undefined, ctx), ctx)
  const { scope, resource, depth, placeOfResource } = ctx
  const contained = containedById(value)
  const pointers = value.contained === undefined ? undefined : new Set<string>()
  ctx.scope = { resource: value, type, contained, pointers, badReferences: 0 }
  ctx.resource = value
  ctx.depth = ctx.path.length
  ctx.placeOfResource = undefined
  if (type === 'Bundle') ctx.bundles.push({ bundle: value })
  walkObject(schema, value, undefined, ctx)
  checkContained(value, schema, ctx)
  if (type === 'Bundle') checkEntries(value, ctx)
  ctx.engine.profiles.checkClaims(value, type, profiles, ctx)
  if (type === 'Bundle') ctx.bundles.pop()
  ctx.scope = scope
  ctx.resource = resource
  ctx.depth = depth
  ctx.placeOfResource = placeOfResource
}

/** A contained resource shares the scope of its container. Its profiles are checked once the container is walked. */
function walkContained(value: JsonObject, walk: () => void, ctx: Context): void {
  const { resource, depth, placeOfResource } = ctx
  ctx.resource = value
  ctx.depth = ctx.path.length
  ctx.placeOfResource = undefined
  walk()
  ctx.engine.profiles.checkClaims(value, value.resourceType as string, [], ctx)
  ctx.resource = resource
  ctx.depth = depth
  ctx.placeOfResource = placeOfResource
}
