/** Whether what a profile says of an element can be meant. https://hl7.org/fhir/R4/elementdefinition.html */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { isObject } from '../json.js'
import { PRIMITIVES } from '../primitives.js'
import type { Property, Schemas } from '../schema.js'
import type { ProfileNode } from './node.js'

/** Throws an Error that names profile and element. `node` is what the element, and all before it, come to. */
export function checkElement(node: ProfileNode, element: ElementDefinition, definition: StructureDefinition): void {
  const { url, type } = definition
  const fail = (text: string) => {
    throw new Error(`${url}: ${element.id ?? element.path}: ${text}`)
  }
  if (element.path.split('.')[0] !== type) fail(`its path does not begin with ${type}, which the profile is about`)
  if (element.max !== undefined && !/^(\*|\d+)$/.test(element.max)) fail(`max is "${element.max}", not a number or *`)
  if (node.min > node.max) fail(`at least ${node.min} needed, but at most ${node.max} allowed`)
  const properties = node.element?.properties ?? []
  const stranger = element.type?.find(({ code }) => !hasType(properties, code))
  if (stranger) fail(`it has no type ${stranger.code}`)
  checkValues(element, properties, fail)
}

/** Where any resource may stand, so may each; some definitions call a specialised primitive by what it specialises. */
const hasType = (properties: readonly Property[], code: string): boolean =>
  properties.length === 0 ||
  code.startsWith('http') ||
  properties.some(({ type, resource, resolve }) => {
    return resource === true || type === code || type.startsWith('#') || (!resolve && PRIMITIVES[code] !== undefined)
  })

/** Fixed values and patterns are of one of the element's types. */
function checkValues(element: ElementDefinition, properties: readonly Property[], fail: (text: string) => void): void {
  for (const [key, value] of Object.entries(element)) {
    if (!/^(fixed|pattern)[A-Z]/.test(key) || properties.length === 0) continue
    const name = key.replace(/^(fixed|pattern)/, '')
    if (!properties.some(each => mayHold(each, name, value))) fail(`${key} is of a type that it does not have`)
  }
}

/** Among primitives the JSON form decides; among the kinds of Quantity all will do. */
function mayHold({ type, primitive }: Property, name: string, value: unknown): boolean {
  if (primitive) return isObject(value) ? false : typeof value === kindOf(type)
  return type === name || (QUANTITIES.has(type) && QUANTITIES.has(name))
}

const QUANTITIES = new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'SimpleQuantity', 'MoneyQuantity'])
const NUMBERS = new Set(['integer', 'decimal', 'unsignedInt', 'positiveInt'])
const kindOf = (type: string): string => (type === 'boolean' ? type : NUMBERS.has(type) ? 'number' : 'string')

/** A profile is about the type of its base, or about one that specialises it. */
export function checkBase(definition: StructureDefinition, baseType: string | undefined, schemas: Schemas): void {
  const { url, type, baseDefinition } = definition
  for (let each: string | undefined = type; each; each = schemas.get(each)?.base) if (each === baseType) return
  throw new Error(`${url}: it is about ${type}, but its base definition ${baseDefinition} about ${baseType}`)
}
