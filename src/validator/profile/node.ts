/** One element of a profile, with all that the profile and the profiles it derives from say of it. */
import type { ElementDefinition, ElementDefinitionSlicing } from 'fhir/r4.js'
import type { Invariant } from '../invariants/rule.js'
import type { ElementSchema, ObjectSchema } from '../schema.js'
import type { Binding } from '../terminology/index.js'

export type TypeRef = NonNullable<ElementDefinition['type']>[number]

/** A value that an element must have (fixed: exactly, pattern: at least). */
export interface Expected {
  exact: boolean
  value: unknown
}

export interface ProfileNode {
  /** `Practitioner.identifier:NPI.value`, for messages. */
  id: string
  /** Name in FHIRPath. */
  name: string
  /** Url of the profile that said the last word on this element. */
  profile: string
  slice?: string
  /** The element in the base type; undefined for the root. */
  element?: ElementSchema
  /** The object type that the children are elements of; undefined when the type is open. */
  schema?: ObjectSchema
  min: number
  max: number
  types?: TypeRef[]
  /** Types that a choice element or a resource may have; undefined when its base type says it all. */
  allowed?: ReadonlySet<string>
  /** Types with profiles on the value, or on what it refers to. */
  profiled?: TypeRef[]
  expected?: Expected
  bindings: Binding[]
  /** There is a binding, be it only advice. */
  bound?: boolean
  invariants: Invariant[]
  maxLength?: number
  least?: unknown
  most?: unknown
  slicing?: ElementDefinitionSlicing
  slices: ProfileNode[]
  children: Map<string, ProfileNode>
  /** Nothing is missed where there are no items; worked out when the tree is complete. */
  optional?: boolean
  /** Tells whether an item belongs to this slice; made when the tree is complete. */
  belongs?: Matcher
}

/** Value, its type, and where it stands. */
export interface Item {
  value: unknown
  /** `_name` beside a primitive. */
  companion?: unknown
  type: string
  index?: number
}

export type Matcher = (item: Item, scope: MatchScope) => boolean

/** What matching by type or profile asks of the run. */
export interface MatchScope {
  /** Resource that a Reference points to, when it is in the document; its type, when that is known. */
  resolve(reference: unknown): { type: string; resource?: Record<string, unknown> } | undefined
  conforms(item: Item, profile: string): boolean
}

/** All fields are there from the start, as in newProperty. */
export const newNode = (id: string, name: string, profile: string, element?: ElementSchema): ProfileNode => ({
  id,
  name,
  profile,
  slice: undefined,
  element,
  schema: undefined,
  min: 0,
  max: Infinity,
  types: undefined,
  allowed: undefined,
  profiled: undefined,
  expected: undefined,
  bindings: [],
  bound: undefined,
  invariants: [],
  maxLength: undefined,
  least: undefined,
  most: undefined,
  slicing: undefined,
  slices: [],
  children: new Map(),
  optional: undefined,
  belongs: undefined
})

/** A deep copy: a derived profile goes on from the tree of its base. */
export function copyNode(node: ProfileNode): ProfileNode {
  return Object.assign(newNode(node.id, node.name, node.profile), node, {
    bindings: [...node.bindings],
    invariants: [...node.invariants],
    slices: node.slices.map(copyNode),
    children: new Map([...node.children].map(([name, child]) => [name, copyNode(child)]))
  })
}
