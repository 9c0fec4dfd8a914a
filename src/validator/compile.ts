/** Compiles the types of the specification, from their StructureDefinitions, when they are first met. */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { bindingOf } from './terminology/binding.js'
import type { Definitions } from './definitions.js'
import { invariantsOf } from './invariants/index.js'
import { MAY_POINT_INSIDE, PRIMITIVES } from './primitives.js'
import { newProperty, type ElementSchema, type ObjectSchema, type Property, type Schemas } from './schema.js'
import { HAVE_SYSTEM } from './systems.js'
import type { Terminology } from './terminology/index.js'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** Compiles types on demand, with the constraints that `invariants` gives for an element. */
export function createSchemas(definitions: Definitions, terminology: Terminology, invariants = invariantsOf): Schemas {
  const compiled = new Map<string, ObjectSchema>()
  const schemas: Schemas = {
    get(type) {
      const known = compiled.get(type)
      if (known) return known
      const definition = definitions.get(CORE + type)
      if (definition?.resourceType !== 'StructureDefinition' || !definition.snapshot) return undefined
      return compileType(definition, { schemas, terminology, compiled, invariants })
    }
  }
  return schemas
}

interface Compiler {
  schemas: Schemas
  terminology: Terminology
  /** By name of type, and by path of backbone element. */
  compiled: Map<string, ObjectSchema>
  invariants: typeof invariantsOf
}

function compileType(definition: StructureDefinition, compiler: Compiler): ObjectSchema {
  const elements = definition.snapshot!.element
  const base = definition.baseDefinition?.slice(CORE.length) ?? ''
  const isResource = definition.kind === 'resource'
  return compileObject(elements[0]!, { ...compiler, definition, elements, base, isResource })
}

interface TypeCompiler extends Compiler {
  definition: StructureDefinition
  elements: ElementDefinition[]
  base: string
  isResource: boolean
}

/** Compiles the object whose children stand below `head.path`. Registered before its children: types are recursive. */
function compileObject(head: ElementDefinition, compiler: TypeCompiler): ObjectSchema {
  const { path } = head
  const nested = path.includes('.')
  const elements = new Map<string, ElementSchema>()
  const properties = new Map<string, Property>()
  const schema: ObjectSchema = {
    name: nested ? path : compiler.definition.name,
    base: nested ? 'BackboneElement' : compiler.base,
    isResource: !nested && compiler.isResource,
    elements,
    properties,
    required: [],
    invariants: compiler.invariants(head)
  }
  compiler.compiled.set(schema.name, schema)
  for (const child of compiler.elements) {
    if (!isChild(child.path, path)) continue
    const element = compileElement(child, schema, compiler)
    elements.set(element.name, element)
    for (const property of element.properties) {
      properties.set(property.key, property)
      if (property.primitive) properties.set(`_${property.key}`, companionOf(property, compiler))
    }
  }
  schema.required = [...elements.values()].filter(element => element.min > 0)
  return schema
}

const isChild = (path: string, parent: string): boolean =>
  path.length > parent.length &&
  path[parent.length] === '.' &&
  path.startsWith(parent) &&
  !path.includes('.', parent.length + 1)

function compileElement(child: ElementDefinition, owner: ObjectSchema, compiler: TypeCompiler): ElementSchema {
  const last = child.path.slice(child.path.lastIndexOf('.') + 1)
  const choice = last.endsWith('[x]')
  const name = choice ? last.slice(0, -3) : last
  const element: ElementSchema = {
    name,
    path: child.path,
    min: child.min ?? 0,
    array: child.max !== '1' && child.max !== '0',
    choice,
    properties: []
  }
  const types = child.contentReference ? [{ code: child.contentReference }] : (child.type ?? [])
  element.properties = types.map(type => {
    const code = typeCode(type.code, name, owner)
    const key = choice ? name + code[0]!.toUpperCase() + code.slice(1) : name
    return compileProperty(newProperty(key, element, code), child, type, compiler)
  })
  return element
}

/** FHIRPath system types stand where the specification's own recursion ends. */
function typeCode(code: string, name: string, owner: ObjectSchema): string {
  if (!code.startsWith('http://hl7.org/fhirpath/')) return code
  if (name === 'url') return 'uri'
  return owner.isResource ? 'id' : 'elementId'
}

type TypeRef = NonNullable<ElementDefinition['type']>[number]

function compileProperty(
  property: Property,
  child: ElementDefinition,
  type: TypeRef,
  compiler: TypeCompiler
): Property {
  const { type: code } = property
  if (child.max === '0') property.prohibited = true
  property.binding = bindingOf(child, code, compiler.terminology)
  property.unbound = !property.binding && (code === 'CodeableConcept' || (code === 'Coding' && !isPartOfConcept(child)))
  property.primitive = PRIMITIVES[code]
  if (code === 'Extension') property.kind = 'extension'
  else if (code === 'Reference') property.kind = 'reference'
  else if (HAVE_SYSTEM.has(code)) property.kind = 'system'
  if (property.primitive) property.companionKey = `_${property.key}`
  if (child.contentReference) property.resolve = () => contentOf(child, compiler)
  else if (code === 'Resource') property.resource = true
  else if (hasChildren(child.path, compiler.elements)) property.resolve = () => backboneOf(child, compiler)
  else {
    property.invariants = compiler.invariants(child)
    if (property.primitive) property.pointsInside = MAY_POINT_INSIDE.has(code)
    property.plain =
      property.primitive && !property.prohibited && !property.element.array && property.invariants.length === 0
    if (!property.primitive) property.resolve = () => typeNamed(profiledType(type) ?? code, child, compiler)
    if (property.kind === 'reference') property.targets = targetTypes(type)
  }
  return property
}

/** Its CodeableConcept has the binding. */
const isPartOfConcept = ({ path }: ElementDefinition): boolean => path === 'CodeableConcept.coding'

function typeNamed(name: string, child: ElementDefinition, compiler: TypeCompiler): ObjectSchema {
  const schema = compiler.schemas.get(name)
  if (!schema) throw new Error(`${child.path}: there is no definition of the type ${name}`)
  return schema
}

const hasChildren = (path: string, elements: ElementDefinition[]): boolean =>
  elements.some(element => isChild(element.path, path))

/** SimpleQuantity is a Quantity by name, with one element less. */
const profiledType = (type: TypeRef): string | undefined =>
  type.profile?.some(url => url === `${CORE}SimpleQuantity`) ? 'SimpleQuantity' : undefined

/** Backbone elements are compiled once, however they are reached. */
function backboneOf(head: ElementDefinition, compiler: TypeCompiler): ObjectSchema {
  return compiler.compiled.get(head.path) ?? compileObject(head, compiler)
}

function contentOf(child: ElementDefinition, compiler: TypeCompiler): ObjectSchema {
  const path = child.contentReference!.slice(child.contentReference!.indexOf('#') + 1)
  return backboneOf(
    compiler.elements.find(element => element.path === path)!,
    compiler
  )
}

/** Names of the types that the profiles of a Reference are about; undefined when any resource will do. */
export function targetTypes(type: TypeRef): ReadonlySet<string> | undefined {
  const names = type.targetProfile?.map(url => url.slice(url.lastIndexOf('/') + 1))
  return !names?.length || names.includes('Resource') ? undefined : new Set(names)
}

function companionOf(property: Property, compiler: TypeCompiler): Property {
  const companion = newProperty(`_${property.key}`, property.element, 'Element')
  companion.companion = true
  companion.resolve = () => compiler.schemas.get('Element')!
  return companion
}
