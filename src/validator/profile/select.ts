/** The restricted FHIRPath of discriminators. https://hl7.org/fhir/R4/profiling.html#discriminator */
import { isObject, type JsonObject } from '../context.js'
import type { ElementSchema, ObjectSchema, Property } from '../schema.js'
import type { Item, MatchScope } from './node.js'

export interface PathStep {
  name: string
  /** `extension('url')` */
  extension?: string
  /** `resolve()` */
  resolve?: boolean
  /** `ofType(X)` */
  type?: string
}

/** Parses `$this`, `a.b`, `extension('url').value`, `resolve().code`, `value.ofType(Coding)`. */
export function parsePath(path: string): PathStep[] {
  const steps: PathStep[] = []
  for (const [, name, argument] of path.matchAll(/([$A-Za-z_][\w]*)(?:\(\s*'?([^')]*)'?\s*\))?\.?/g)) {
    if (name === '$this') continue
    if (name === 'extension' && argument) steps.push({ name, extension: argument })
    else if (name === 'resolve') steps.push({ name, resolve: true })
    else if (name === 'ofType' && argument) steps.push({ name, type: argument })
    else steps.push({ name: name! })
  }
  return steps
}

/** The items at the end of a path, from an item. */
export function itemsAt(item: Item, steps: PathStep[], scope: MatchScope): Item[] {
  return steps.reduce((items, step) => items.flatMap(each => stepFrom(each, step, scope)), [item])
}

function stepFrom(item: Item, step: PathStep, scope: MatchScope): Item[] {
  if (step.type) return item.type === step.type ? [item] : []
  if (step.resolve) {
    const target = scope.resolve(item.value)
    return target ? [{ value: target.resource, type: target.type }] : []
  }
  const items = isObject(item.value) ? childrenOf(item.value, step.name) : []
  return step.extension ? items.filter(({ value }) => isObject(value) && value.url === step.extension) : items
}

export const isName = (step: PathStep): boolean => !step.extension && !step.resolve && !step.type

/** True when one of the values at the end of a path of plain names passes the test; `from` is the next step. */
export function someValueAt(value: unknown, steps: PathStep[], test: (value: unknown) => boolean, from = 0): boolean {
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) if (someValueAt(item, steps, test, from)) return true
    return false
  }
  if (from === steps.length) return test(value)
  if (!isObject(value)) return false
  const { name } = steps[from]!
  if (name in value) return someValueAt(value[name], steps, test, from + 1)
  return childrenOf(value, name).some(item => someValueAt(item.value, steps, test, from + 1))
}

/** Children by name without the help of a schema; of a choice element the one key that starts with its name. */
function childrenOf(node: JsonObject, name: string): Item[] {
  const key =
    name in node
      ? name
      : Object.keys(node).find(each => each.startsWith(name) && /^[A-Z]/.test(each.slice(name.length)))
  if (key === undefined) return []
  const value = node[key]
  const typeOf = (each: unknown) => (isObject(each) && typeof each.resourceType === 'string' ? each.resourceType : '')
  const chosen = key === name ? '' : key.slice(name.length)
  const all: unknown[] = Array.isArray(value) ? value : [value]
  return all.map(each => ({ value: each, type: chosen ? decapitalise(chosen) : typeOf(each) }))
}

/** `String` is the type string, but `Coding` stays. */
const PRIMITIVE =
  /^(String|Boolean|Integer|Decimal|Uri|Url|Canonical|Base64Binary|Instant|Date|DateTime|Time|Code|Oid|Id|Markdown|UnsignedInt|PositiveInt|Uuid)$/
const decapitalise = (name: string): string => (PRIMITIVE.test(name) ? name[0]!.toLowerCase() + name.slice(1) : name)

/** The values of an element in an object, with their types. */
export function itemsOf(node: JsonObject, element: ElementSchema, schema: ObjectSchema): readonly Item[] {
  if (!element.choice) return itemsUnder(node, element.properties[0]!)
  for (const key in node) {
    const plain = key.charCodeAt(0) === 95 ? key.slice(1) : key
    const property = schema.properties.get(plain)
    if (property?.element === element) return itemsUnder(node, property)
  }
  return NONE
}
const NONE: readonly Item[] = []

function itemsUnder(node: JsonObject, { key, type, companionKey }: Property): readonly Item[] {
  const value = node[key]
  const companion = companionKey === undefined ? undefined : node[companionKey]
  if (value === undefined && companion === undefined) return NONE
  if (!Array.isArray(value) && !Array.isArray(companion))
    return [{ value: value ?? undefined, companion, type: resourceTypeOf(value) ?? type, index: undefined }]
  const values: readonly unknown[] = Array.isArray(value) ? value : []
  const companions: unknown[] = Array.isArray(companion) ? companion : []
  const items: Item[] = []
  for (let index = 0; index < Math.max(values.length, companions.length); index++) {
    const each = values[index]
    items.push({ value: each ?? undefined, companion: companions[index], type: resourceTypeOf(each) ?? type, index })
  }
  return items
}

const resourceTypeOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value.resourceType === 'string' ? value.resourceType : undefined
