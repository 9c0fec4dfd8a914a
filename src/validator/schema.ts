/** A type of the specification as the walk reads it: the JSON keys that may stand in it and what each may hold. */
import type { Invariant } from './invariants/rule.js'
import type { Primitive } from './primitives.js'
import type { Binding } from './terminology/index.js'

export interface ObjectSchema {
  /** `HumanName`, or the path of a backbone element: `Practitioner.qualification`. */
  name: string
  /** Name of the type that its base definition is: `Element`, `BackboneElement`, `DomainResource`. */
  base: string
  isResource: boolean
  /** Elements by name, `value` for value[x]. */
  elements: ReadonlyMap<string, ElementSchema>
  /** By JSON key, `valueString` and `_valueString` included. */
  properties: ReadonlyMap<string, Property>
  required: readonly ElementSchema[]
  invariants: readonly Invariant[]
}

export interface ElementSchema {
  /** Name in FHIRPath: without [x]. */
  name: string
  /** `Practitioner.name`; `Extension.value[x]`. */
  path: string
  min: number
  array: boolean
  choice: boolean
  /** One for each type; more than one for a choice only. */
  properties: Property[]
}

export interface Property {
  key: string
  element: ElementSchema
  /** Name of the type: `HumanName`, `code`, `Resource`; of a backbone element `BackboneElement`. */
  type: string
  /** True for `_birthDate`: id and extensions of a primitive. */
  companion: boolean
  primitive?: Primitive
  /** Key of id and extensions of a primitive: `_birthDate`. */
  companionKey?: string
  /** A primitive that does not repeat and has no constraints: see isPlain in walk.ts. */
  plain?: boolean
  /** The value may be `#id`, a pointer to a contained resource. */
  pointsInside?: boolean
  /** Values that have rules beside those of their type: see references.ts, systems.ts, profile/extensions.ts. */
  kind?: 'extension' | 'reference' | 'system'
  /** Schema of the value when it is an object; see schemaOf. */
  schema?: ObjectSchema
  resolve?: () => ObjectSchema
  /** Any resource. */
  resource?: boolean
  binding?: Binding
  /** A Coding or CodeableConcept whose codes may be those of any system. */
  unbound?: boolean
  /** Types that a Reference may point to; undefined for any. */
  targets?: ReadonlySet<string>
  /** Constraints on the element that its type does not have. */
  invariants: readonly Invariant[]
  prohibited?: boolean
}

/** All fields are there from the start: the walk is faster when all properties have one form (and no spreading made them). */
export const newProperty = (key: string, element: ElementSchema, type: string): Property => ({
  key,
  element,
  type,
  companion: false,
  primitive: undefined,
  companionKey: undefined,
  plain: undefined,
  pointsInside: undefined,
  kind: undefined,
  schema: undefined,
  resolve: undefined,
  resource: undefined,
  binding: undefined,
  unbound: undefined,
  targets: undefined,
  invariants: [],
  prohibited: undefined
})

export interface Schemas {
  /** Schema of a data type or resource type; undefined when there is none of that name. */
  get(type: string): ObjectSchema | undefined
}

/** The schema of the objects that a property holds; worked out when first needed, as types reach each other in circles. */
export const schemaOf = (property: Property): ObjectSchema => (property.schema ??= property.resolve!())
