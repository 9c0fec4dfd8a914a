/** References: where they may point, and whether what they name within the document is there. https://hl7.org/fhir/R4/references.html */
import { isObject, type Context, type JsonObject } from './context.js'
import type { Fault } from './issue.js'
import { PRIMITIVES } from './primitives.js'

const LITERAL =
  /^(?:(?:https?):\/\/[^\s?#]*\/)?([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$/

/** A search that a transaction replaces by what it finds. https://hl7.org/fhir/R4/http.html#trules */
const CONDITIONAL = /^([A-Z][A-Za-z]+)\?./

/** What a literal reference is found to point to. */
export interface Target {
  type: string
  /** The resource, when it is part of the document. */
  resource?: JsonObject
}

const rule = (rule: string, code: string, text: string): Fault => ({ stage: 'rule', rule, code, text })

function report(fault: Fault, ctx: Context): undefined {
  ctx.scope.badReferences++
  ctx.reportAt(fault, 'reference')
}

/** Checks the Reference at the path against the types that it may point to (any, when undefined). */
export function checkReference(node: JsonObject, targets: ReadonlySet<string> | undefined, ctx: Context): void {
  const { reference, type } = node
  const target = typeof reference === 'string' ? locate(reference, ctx) : undefined
  if (typeof type === 'string') checkType(type, target, ctx)
  if (target && targets && !targets.has(target.type)) {
    const text = `The reference points to ${article(target.type)}, but may only point to ${[...targets].join(' or ')}.`
    return report(rule('reference-target', 'value', text), ctx)
  }
  if (!target && targets && typeof type === 'string' && isKnownType(type, ctx) && !targets.has(type)) {
    const text = `The reference is said to be to ${article(type)}, but may only be to ${[...targets].join(' or ')}.`
    ctx.reportAt(rule('reference-target', 'value', text), 'type')
  }
}

/** `Reference.type`: a resource type, the one that the reference points to. */
function checkType(type: string, target: Target | undefined, ctx: Context): void {
  if (target && target.type !== type && isKnownType(type, ctx)) {
    const text = `The type is ${type}, but the reference points to ${article(target.type)}.`
    ctx.reportAt(rule('reference-target', 'value', text), 'type')
  } else if (!isKnownType(type, ctx) && /^[A-Za-z]*$/.test(type)) {
    ctx.reportAt(rule('reference-target', 'value', `There is no resource type "${type}".`), 'type')
  }
}

/** What a Reference points to, as far as it is known here, with the resource; reports nothing. */
export function targetOf({ reference, type }: JsonObject, ctx: Context): Target | undefined {
  if (typeof reference !== 'string') return typeof type === 'string' && isKnownType(type, ctx) ? { type } : undefined
  let target: Target | undefined
  ctx.isClean(() => (target = locate(reference, ctx)))
  return (target && !target.resource && findInBundles(reference, ctx)) || target
}

const isKnownType = (type: string, ctx: Context): boolean => ctx.engine.resourceTypes.has(type)

/**
 * Finds what a reference points to; reports one that points inside the resource at nothing. A literal reference says the
 * type: which entry of a Bundle it names is not looked for.
 */
function locate(reference: string, ctx: Context): Target | undefined {
  if (reference.charCodeAt(0) === 35) return locateInside(reference, ctx)
  const type = relativeType(reference, ctx) ?? LITERAL.exec(reference)?.[1]
  if (type !== undefined && isKnownType(type, ctx)) return { type }
  const inBundle = findInBundles(reference, ctx)
  if (inBundle) return inBundle
  const named = type ?? CONDITIONAL.exec(reference)?.[1]
  if (named !== undefined) return locateLiteral(named, reference, ctx)
  if (reference.startsWith('urn:uuid:') || reference.startsWith('urn:oid:')) return unresolved(reference, ctx)
  if (reference.length > 0 && !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(reference) && !reference.includes('?')) {
    const text = 'A relative reference is of the form Type/id, such as Practitioner/123.'
    report(rule('reference-form', 'value', text), ctx)
  }
  return undefined
}

/** The type of a plain `Type/id`, which is what most references are. */
function relativeType(reference: string, ctx: Context): string | undefined {
  const slash = reference.indexOf('/')
  if (slash < 0 || !isId(reference, slash + 1)) return undefined
  const type = reference.slice(0, slash)
  return isKnownType(type, ctx) ? type : undefined
}

/** The `Type/id` that a http url of a known type ends with, as type and id. */
export function namedBy(url: string, ctx: Context): { type: string; id: string } | undefined {
  const last = url.lastIndexOf('/')
  const before = url.lastIndexOf('/', last - 1)
  if (before < 7 || !isId(url, last + 1) || !/^https?:\/\//.test(url)) return undefined
  const type = url.slice(before + 1, last)
  return isKnownType(type, ctx) ? { type, id: url.slice(last + 1) } : undefined
}

/** True when the rest of the text is an id. */
function isId(text: string, from: number): boolean {
  if (text.length === from || text.length > from + 64) return false
  for (let i = from; i < text.length; i++) if (!isIdCharacter(text.charCodeAt(i))) return false
  return true
}

const isIdCharacter = (char: number): boolean =>
  (char >= 97 && char <= 122) || (char >= 48 && char <= 57) || (char >= 65 && char <= 90) || char === 45 || char === 46

/** Types of Bundles that stand by themselves. */
const CLOSED = new Set<unknown>(['document', 'message', 'transaction', 'batch'])

/** A temporary identity means something within a Bundle only. */
function unresolved(reference: string, ctx: Context): undefined {
  const wrong = PRIMITIVES.uri!(reference)
  if (wrong && !/\s/.test(reference)) return report(rule('reference-form', 'value', wrong.text), ctx)
  const around = ctx.bundles.at(-1)
  if (!around || reference.includes('#')) return undefined
  const text = `No entry of the Bundle has the fullUrl ${ctx.quote(reference, 'of this reference')}.`
  const fault = rule('reference-bundle', 'not-found', text)
  return report(CLOSED.has(around.bundle.type) ? fault : { ...fault, severity: 'warning' }, ctx)
}

function locateInside(reference: string, ctx: Context): Target | undefined {
  ctx.scope.pointers?.add(reference)
  if (reference === '#') return { type: ctx.scope.type, resource: ctx.scope.resource }
  const resource = ctx.scope.contained.get(reference.slice(1))
  if (resource) return asTarget(resource, ctx)
  const text = `There is no contained resource with the id ${ctx.quote(reference.slice(1), 'of this reference,')}.`
  report(rule('ref-1', 'invariant', text), ctx)
  return undefined
}

/** A resource without a known type is reported as such, and then points to nothing known. */
function asTarget(resource: JsonObject, ctx: Context): Target | undefined {
  const type = resource.resourceType
  return typeof type === 'string' && isKnownType(type, ctx) ? { type, resource } : undefined
}

function locateLiteral(type: string, reference: string, ctx: Context): Target | undefined {
  if (isKnownType(type, ctx)) return { type }
  if (!reference.startsWith('http')) {
    report(rule('reference-target', 'value', `There is no resource type "${type}".`), ctx)
  }
  return undefined
}

/** The entry with this fullUrl in the innermost Bundle that has one. */
function findInBundles(reference: string, ctx: Context): Target | undefined {
  for (let i = ctx.bundles.length - 1; i >= 0; i--) {
    const around = ctx.bundles[i]!
    around.byFullUrl ??= buildIndex(around.bundle, ctx)
    const resource = around.byFullUrl.get(reference)
    if (resource) return asTarget(resource, ctx)
  }
  return undefined
}

/** By fullUrl, and by `Type/id` where only one server's resource ends so. */
function buildIndex(bundle: JsonObject, ctx: Context): ReadonlyMap<string, JsonObject> {
  const index = new Map<string, JsonObject>()
  const several = new Set<string>()
  for (const entry of Array.isArray(bundle.entry) ? bundle.entry : []) {
    if (!isObject(entry) || typeof entry.fullUrl !== 'string' || !isObject(entry.resource)) continue
    index.set(entry.fullUrl, entry.resource)
    const named = namedBy(entry.fullUrl, ctx)
    if (!named) continue
    const relative = `${named.type}/${named.id}`
    if (index.has(relative)) several.add(relative)
    index.set(relative, entry.resource)
  }
  for (const relative of several) index.delete(relative)
  return index
}

const article = (type: string): string => (/^[AEIO]/.test(type) ? `an ${type}` : `a ${type}`)
