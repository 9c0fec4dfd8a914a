/**
 * The walk over a resource: each JSON key against the schema of its type, values by type, then the constraints of the
 * object. One pass, depth first, so that the deepest fault is told first. https://hl7.org/fhir/R4/json.html
 */
import { isObject, type Context, type JsonObject } from './context.js'
import { checkInvariant } from './invariants/index.js'
import { structural } from './issue.js'
import { checkReference } from './references.js'
import { schemaOf, type ElementSchema, type ObjectSchema, type Property } from './schema.js'
import { nearest, phrase } from './suggest.js'
import { checkSystem } from './systems.js'
import { checkBinding } from './terminology/binding.js'
import { checkUnbound } from './terminology/unbound.js'

const EMPTY_OBJECT = structural('ele-1', 'structure', 'The object is empty. Leave the element out, or give it content.')
const EMPTY_ARRAY = structural('type', 'structure', 'The array is empty. Leave the element out, or give it content.')
const NO_ARRAY = structural('type', 'structure', 'The element repeats: it must be a JSON array, even for one value.')
const ONE_ONLY = structural('type', 'structure', 'The element does not repeat: it must be one value, not a JSON array.')
const NO_OBJECT = structural('type', 'structure', 'A JSON object is needed here.')
const NULL = structural('type', 'structure', 'null is not allowed here. Leave the element out.')
const TOO_DEEP = structural('depth', 'too-costly', 'The elements are nested too deeply.')
const PROHIBITED = structural('cardinality', 'structure', 'The element is not allowed here.')

/**
 * Walks an object of a type. `owner` is the element that holds it: extensions ask where they stand. `filled` objects
 * have content elsewhere, so that an id alone is enough for them.
 */
export function walkObject(
  schema: ObjectSchema,
  node: JsonObject,
  owner: ElementSchema | undefined,
  ctx: Context,
  filled = schema.isResource
): void {
  const { path } = ctx
  if (ctx.tooDeep) return ctx.report(TOO_DEEP)
  let choices = 0
  let content = filled
  for (const key in node) {
    const value = node[key]
    if (value === undefined) continue
    const property = schema.properties.get(key)
    if (property === undefined) {
      if (key !== 'resourceType' || !schema.isResource) reportUnknown(schema, key, ctx)
      content = true
      continue
    }
    if (key !== 'id') content = true
    const { element } = property
    if (element.choice) choices++
    if (property.plain && isPlain(property, value)) continue
    path.push(element.name)
    if (property.companion) walkCompanion(property, node, ctx)
    else walkProperty(property, value, node, owner, ctx)
    path.pop()
  }
  if (!content) return ctx.report(EMPTY_OBJECT)
  if (choices > 1) checkChoices(schema, node, ctx)
  for (const element of schema.required)
    if (node[element.name] === undefined && isMissing(element, node)) reportMissing(element, ctx)
  for (const invariant of schema.invariants) checkInvariant(invariant, node, ctx)
}

/** Most values: one primitive, of the right form, with a code known to be right. Their place need not be noted. */
const isPlain = ({ primitive, binding, pointsInside }: Property, value: unknown): boolean =>
  primitive!(value) === undefined &&
  (binding === undefined || binding.accepted.has(value as string)) &&
  !(pointsInside && (value as string).charCodeAt(0) === HASH)
const HASH = 35

/** `node` is the object that has the property, `owner` the element that the object is the value of. */
function walkProperty(
  property: Property,
  value: unknown,
  node: JsonObject,
  owner: ElementSchema | undefined,
  ctx: Context
) {
  if (property.prohibited) return ctx.report(PROHIBITED)
  if (!property.element.array) {
    if (Array.isArray(value)) ctx.report(ONE_ONLY)
    else if (value === null) ctx.report(NULL)
    else walkValue(property, value, owner, ctx)
    return
  }
  if (!Array.isArray(value)) return ctx.report(value === null ? NULL : NO_ARRAY)
  if (value.length === 0) return ctx.report(EMPTY_ARRAY)
  const depth = ctx.path.push(0) - 1
  for (let i = 0; i < value.length; i++) {
    ctx.path[depth] = i
    const item: unknown = value[i]
    if (item !== null) walkValue(property, item, owner, ctx)
    else if (!isPaired(property, node, i)) ctx.report(NULL)
  }
  ctx.path.pop()
}

/** null in an array of primitives holds the place of a value that has extensions only. */
function isPaired(property: Property, node: JsonObject, index: number): boolean {
  const companions = property.primitive && node[`_${property.key}`]
  return Array.isArray(companions) && isObject(companions[index])
}

function walkValue(property: Property, value: unknown, owner: ElementSchema | undefined, ctx: Context): void {
  if (property.primitive) walkPrimitive(property, value, ctx)
  else if (property.resource) ctx.engine.walkResource(value, ctx)
  else if (!isObject(value)) return ctx.report(NO_OBJECT)
  else if (property.kind === 'extension') ctx.engine.walkExtension(property, value, owner, ctx)
  else {
    walkObject(schemaOf(property), value, property.element, ctx)
    if (property.binding) checkBinding(property.binding, value, ctx)
    else if (property.unbound) checkUnbound(value, property.type, ctx)
    if (property.kind === 'reference') checkReference(value, property.targets, ctx)
    else if (property.kind === 'system') checkSystem(value, ctx)
  }
  for (const invariant of property.invariants) checkInvariant(invariant, value, ctx)
}

function walkPrimitive(property: Property, value: unknown, ctx: Context): void {
  const fault = property.primitive!(value)
  if (fault) {
    const shown = typeof value === 'string' && value !== '' ? ctx.quote(value, '') : ''
    ctx.report(shown ? { ...fault, text: `${shown.trim()} will not do. ${fault.text}` } : fault)
    return
  }
  if (property.pointsInside && (value as string).charCodeAt(0) === HASH) ctx.scope.pointers?.add(value as string)
  if (property.binding) checkBinding(property.binding, value, ctx)
}

/** `_name` beside `name`: id and extensions of a primitive, index by index when it repeats. */
function walkCompanion(property: Property, node: JsonObject, ctx: Context): void {
  const value = node[property.key]
  const schema = schemaOf(property)
  if (!property.element.array) {
    if (isObject(value))
      walkObject(schema, value, property.element, ctx, isBesideValue(value, node[plainKey(property)]))
    else ctx.report(NO_OBJECT)
    return
  }
  if (!Array.isArray(value)) return ctx.report(NO_ARRAY)
  if (value.length === 0) return ctx.report(EMPTY_ARRAY)
  const plain = node[plainKey(property)]
  const values: unknown[] = Array.isArray(plain) ? plain : []
  const depth = ctx.path.push(0) - 1
  for (let i = 0; i < value.length; i++) {
    ctx.path[depth] = i
    const item: unknown = value[i]
    if (isObject(item)) walkObject(schema, item, property.element, ctx, isBesideValue(item, values[i]))
    else if (item !== null) ctx.report(NO_OBJECT)
    else if (values[i] === undefined) ctx.report(NULL)
  }
  ctx.path.pop()
}

/** Beside a value, an id needs no extension. */
const isBesideValue = (companion: JsonObject, value: unknown): boolean =>
  companion.id !== undefined && value !== undefined && value !== null

/** Of two keys of one choice element, the second is at fault. */
function checkChoices(schema: ObjectSchema, node: JsonObject, ctx: Context): void {
  const seen: Property[] = []
  for (const key in node) {
    const property = schema.properties.get(key)
    if (!property?.element.choice || node[key] === undefined) continue
    const first = seen.find(other => other.element === property.element && plainKey(other) !== plainKey(property))
    if (first) {
      const text = `Only one of ${plainKey(first)} and ${plainKey(property)} may be there: value[x] elements hold one type.`
      ctx.reportAt(structural('choice', 'structure', text), property.element.name)
    }
    seen.push(property)
  }
}

const plainKey = (property: Property): string => (property.companion ? property.key.slice(1) : property.key)

export function isMissing(element: ElementSchema, node: JsonObject): boolean {
  return element.properties.every(({ key }) => node[key] === undefined && node[`_${key}`] === undefined)
}

function reportMissing(element: ElementSchema, ctx: Context): void {
  const text = `The element is required${element.choice ? ` (one of ${element.name}[x])` : ''}.`
  ctx.reportAt(structural('cardinality', 'required', text), element.name)
}

function reportUnknown(schema: ObjectSchema, key: string, ctx: Context): void {
  const choice = choiceMeant(schema, key)
  const meant = choice ? undefined : ctx.suggest(() => nearest(key, schema.properties.keys()))
  const hint = choice ? ` ${choice.name}[x] has no such type${typesOf(choice)}.` : phrase(meant)
  const text = `${schema.name} has no element of this name.${hint}`
  ctx.path.push(key)
  ctx.report(structural('unknown-element', 'structure', text), {
    meant: choice?.name ?? (meant && schema.properties.get(meant)!.element.name)
  })
  ctx.path.pop()
}

/** The choice element whose name is followed by a type that it does not have: `valueInteger`. */
function choiceMeant(schema: ObjectSchema, key: string): ElementSchema | undefined {
  for (const element of schema.elements.values())
    if (element.choice && key.startsWith(element.name) && /^[A-Z[]/.test(key.slice(element.name.length))) return element
  return undefined
}

function typesOf({ properties }: ElementSchema): string {
  return properties.length > 12 ? '' : `; there are ${properties.map(({ key }) => key).join(', ')}`
}
