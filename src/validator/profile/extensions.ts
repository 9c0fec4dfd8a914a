/** Extensions against their definitions: value, parts, and the places where they may stand. https://hl7.org/fhir/R4/extensibility.html */
import type { StructureDefinition } from 'fhir/r4.js'
import type { Context, Engine, JsonObject } from '../context.js'
import { hasChoice } from '../invariants/reading.js'
import type { Fault } from '../issue.js'
import { declaredPath } from '../path.js'
import { schemaOf, type ElementSchema, type Property, type Schemas } from '../schema.js'
import { createUrlHints, didYouMean } from '../suggest.js'
import { walkObject } from '../walk.js'
import { checkObject } from './check.js'
import { extensionUrls } from './discriminator.js'
import type { ProfileNode } from './node.js'
import type { ProfileLibrary } from './index.js'

interface Known {
  definition: StructureDefinition
  tree: ProfileNode
  isModifier: boolean
  /** Urls of the parts of a complex extension; empty when they are not all known. */
  parts: ReadonlySet<string>
  /** Elements, and types of resources, where it was found to be allowed. */
  allowed: Set<ElementSchema | string>
}

const fault = (rule: string, text: string, profile?: string): Fault => ({
  ...{ stage: 'rule', rule, code: 'extension', text },
  ...(profile && { profile })
})
const EXT_1: Fault = {
  ...{ stage: 'rule', rule: 'ext-1', code: 'invariant' },
  text: 'An extension has either a value or extensions of its own, not both and not neither.'
}
const RELATIVE = fault('extension-url', 'The url of an extension must be absolute.')

export function createExtensions(
  find: (canonical: string) => StructureDefinition | undefined,
  known: () => Iterable<string>,
  profiles: ProfileLibrary,
  schemas: Schemas
): Engine['walkExtension'] {
  const cache = new Map<string, Known | undefined>()
  const hintFor = createUrlHints(known)

  function lookUp(url: string): Known | undefined {
    const cached = cache.get(url)
    if (cached !== undefined || cache.has(url)) return cached
    const definition = find(url)
    const tree = definition?.type === 'Extension' ? profiles.tree(url) : undefined
    const entry = tree && {
      definition: definition!,
      tree,
      isModifier: isModifier(definition!),
      parts: partsOf(tree),
      allowed: new Set<ElementSchema | string>()
    }
    if (entry || cache.size < 10_000) cache.set(url, entry)
    return entry
  }

  function walk(property: Property, node: JsonObject, owner: ElementSchema | undefined, ctx: Context): void {
    ctx.secrecy++
    walkObject(schemaOf(property), node, property.element, ctx)
    if (hasValue(node) === hasParts(node) && !isEmpty(node)) ctx.report(EXT_1, { constraint: 'value' })
    if (typeof node.url === 'string' && node.url !== '') checkUrl(node.url, property, node, owner, ctx)
    ctx.secrecy--
  }

  function checkUrl(
    url: string,
    property: Property,
    node: JsonObject,
    owner: ElementSchema | undefined,
    ctx: Context
  ): void {
    const nested = owner !== undefined && owner.properties[0]!.type === 'Extension'
    if (!url.includes(':')) {
      if (!nested) ctx.reportAt(RELATIVE, 'url')
      return
    }
    const entry = lookUp(url)
    if (!entry) return nested ? undefined : reportUnknown(url, property, ctx)
    if (!isAllowed(entry, owner, ctx)) {
      const places = (entry.definition.context ?? []).map(({ expression }) => expression).join(', ')
      ctx.report(fault('extension-context', `The extension ${url} may not stand here, only on ${places}.`, url))
    } else if (!nested && (property.element.name === 'modifierExtension') !== entry.isModifier) {
      const [is, home] = entry.isModifier ? ['is a modifier', 'modifierExtension'] : ['is not a modifier', 'extension']
      ctx.report(fault('extension-modifier', `The extension ${url} ${is}: it belongs into ${home}.`, url))
    }
    if (entry.tree.max === 1 && !nested) checkAlone(url, ctx)
    checkObject(entry.tree, node, ctx)
    checkParts(entry, node, ctx)
  }

  function reportUnknown(url: string, property: Property, ctx: Context): void {
    const modifier = property.element.name === 'modifierExtension'
    const text = modifier
      ? `The modifier extension ${url} is not known here, so the element cannot be understood.`
      : `The extension ${url} is not known here: it is kept, but was not checked.`
    ctx.reportAt(
      { ...fault('extension-unknown', `${text}${hintFor(url, ctx)}`), severity: modifier ? 'error' : 'warning' },
      'url'
    )
  }

  function isAllowed(entry: Known, owner: ElementSchema | undefined, ctx: Context): boolean {
    const { context } = entry.definition
    const place = owner ?? String(ctx.resource.resourceType)
    if (!context?.length || entry.allowed.has(place)) return true
    const places = owner ? placesOf(owner, ctx, schemas) : resourcePlaces(ctx)
    const allowed = context.some(({ type, expression }) => {
      if (type === 'fhirpath' || expression === 'Element') return true
      return places.has(expression) || places.has(expression.replace(/\[x\]$/, ''))
    })
    // what is allowed by the path to an element is not always allowed on the element
    if (allowed && (!owner || context.some(({ expression }) => expression === owner.path))) entry.allowed.add(place)
    return allowed
  }

  return walk
}

/** Where the definition allows one, a second with the same url is too many. The path is at the extension. */
function checkAlone(url: string, ctx: Context): void {
  const index = ctx.path.at(-1)
  if (typeof index !== 'number' || index === 0) return
  const siblings = ctx.valueAt(ctx.path.length - 1)
  if (!Array.isArray(siblings)) return
  for (let i = 0; i < index; i++) {
    if ((siblings as (JsonObject | null)[])[i]?.url !== url) continue
    return ctx.report(fault('cardinality', `The extension ${url} may stand here once only.`, url))
  }
}

const hasParts = (node: JsonObject): boolean => node.extension !== undefined || node._extension !== undefined
const hasValue = (node: JsonObject): boolean => node.valueString !== undefined || hasChoice(node, 'value')
function isEmpty(node: JsonObject): boolean {
  for (const _ in node) return false
  return true
}

function partsOf(tree: ProfileNode): Set<string> {
  const urls = (tree.children.get('extension')?.slices ?? []).map(extensionUrls)
  return new Set(urls.some(each => each.length === 0) ? [] : urls.flat())
}

/** Parts of a complex extension are those of its definition. */
function checkParts({ parts, definition }: Known, node: JsonObject, ctx: Context): void {
  if (parts.size === 0 || !Array.isArray(node.extension)) return
  ;(node.extension as JsonObject[]).forEach((part, index) => {
    const url = part?.url
    if (typeof url !== 'string' || parts.has(url) || url.includes(':')) return
    const text = `The extension ${definition.url} has no part "${url}".${didYouMean(url, parts, ctx)}`
    ctx.reportAt(fault('extension-part', text, definition.url), 'extension', index, 'url')
  })
}

const isModifier = (definition: StructureDefinition): boolean =>
  [...(definition.differential?.element ?? []), ...(definition.snapshot?.element ?? [])].some(
    ({ path, isModifier }) => path === 'Extension' && isModifier === true
  )

const resourcePlaces = (ctx: Context): Set<string> =>
  new Set([String(ctx.resource.resourceType), 'DomainResource', 'Resource'])

/** Specialised primitives, and the types that they specialise. */
const BASES: Readonly<Record<string, string>> = {
  ...{ code: 'string', id: 'string', markdown: 'string', url: 'uri', canonical: 'uri', oid: 'uri', uuid: 'uri' },
  ...{
    positiveInt: 'integer',
    unsignedInt: 'integer',
    Age: 'Quantity',
    Duration: 'Quantity',
    Distance: 'Quantity',
    Count: 'Quantity'
  }
}

/** All names that a definition's context may call the element by. */
function placesOf(owner: ElementSchema, ctx: Context, schemas: Schemas): Set<string> {
  const places = new Set([owner.path])
  for (const { type, schema } of owner.properties) {
    places.add(type).add(BASES[type] ?? type)
    if (schema) places.add(schema.name) // content defined elsewhere: CodeSystem.concept.concept is CodeSystem.concept
    const base = schemas.get(type)?.base
    if (base) places.add(base)
  }
  const steps = ctx.path.slice(ctx.depth)
  while (steps.length > 0 && !/xtension$/.test(String(steps.pop())));
  places.add(`${String(ctx.resource.resourceType)}.${declaredPath(steps)}`)
  for (const url of ctx.extensionUrls) places.add(url)
  return places
}
