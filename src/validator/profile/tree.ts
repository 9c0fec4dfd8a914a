/**
 * Compiles a profile into a tree that holds only what it adds to the base type: the tree of the base profile, changed
 * element by element by the differential (by the snapshot where there is no differential).
 * https://hl7.org/fhir/R4/profiling.html
 */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { invariantsOf } from '../invariants/index.js'
import { schemaOf, type ObjectSchema, type Schemas } from '../schema.js'
import { bindingOf } from '../terminology/binding.js'
import type { Terminology } from '../terminology/index.js'
import { matcherOf } from './discriminator.js'
import { copyNode, newNode, type ProfileNode, type TypeRef } from './node.js'
import { checkBase, checkElement } from './sound.js'

export interface TreeCompiler {
  schemas: Schemas
  terminology: Terminology
  /** Tree of the base profile; undefined when the base is a type of the specification. */
  baseTree(url: string): ProfileNode | undefined
  /** Type that a profile is about. */
  typeOf(profile: string): string | undefined
}

/** Throws an Error that names profile and element when the definition cannot be used. */
export function compileTree(definition: StructureDefinition, compiler: TreeCompiler): ProfileNode {
  const { url, type, baseDefinition } = definition
  const schema = compiler.schemas.get(type)
  if (!schema) throw new Error(`${url}: there is no type ${type}`)
  const base = baseDefinition === undefined ? undefined : compiler.baseTree(baseDefinition)
  if (baseDefinition !== undefined) checkBase(definition, compiler.typeOf(baseDefinition), compiler.schemas)
  const root = base ? copyNode(base) : newNode(type, type, url)
  root.schema ??= schema
  const view = definition.differential ?? definition.snapshot
  if (!view) throw new Error(`${url}: it has neither differential nor snapshot`)
  const ids = new Identifier()
  for (const element of view.element) {
    const node = locate(root, ids.of(element), { url, compiler })
    apply(node, element, url, compiler)
    checkElement(node, element, definition)
  }
  finish(root, url, compiler)
  if (type === 'Extension') leaveOutUrl(root, definition, base)
  return root
}

/** An extension is found by its url. One that derives from another keeps the other's. */
function leaveOutUrl(root: ProfileNode, { url }: StructureDefinition, base: ProfileNode | undefined): void {
  const fixed = root.children.get('url')?.expected?.value
  if (!base && typeof fixed === 'string' && fixed !== url)
    throw new Error(`${url}: Extension.url: the fixed url is ${fixed}, not that of the definition`)
  root.children.delete('url')
}

/** Ids of elements (`Practitioner.identifier:NPI.value`), worked out from paths and slice names where they are missing. */
class Identifier {
  private readonly slices = new Map<string, string>()

  of(element: ElementDefinition): string[] {
    const names = element.path.split('.')
    for (const path of this.slices.keys()) if (path.startsWith(`${element.path}.`)) this.slices.delete(path)
    if (element.sliceName) this.slices.set(element.path, element.sliceName)
    else this.slices.delete(element.path)
    if (element.id?.includes(':')) return element.id.split('.')
    return names.map((name, i) => {
      const slice = this.slices.get(names.slice(0, i + 1).join('.'))
      return slice ? `${name}:${slice}` : name
    })
  }
}

interface Place {
  url: string
  compiler: TreeCompiler
}

/** The node with an id, made where it is not there yet. */
function locate(root: ProfileNode, steps: string[], place: Place): ProfileNode {
  return steps.slice(1).reduce((node, step) => {
    const [name, ...slice] = step.split(':')
    return child(node, name!, slice.join(':') || undefined, place)
  }, root)
}

function child(parent: ProfileNode, name: string, slice: string | undefined, place: Place): ProfileNode {
  const schema = (parent.schema ??= schemaByType(parent, place))
  const bare = name.replace(/\[x\]$/, '')
  const property = schema?.properties.get(bare)
  const element = schema?.elements.get(bare) ?? property?.element
  if (!schema || !element)
    throw new Error(`${place.url}: ${parent.id}.${name} is not an element of ${schema?.name ?? 'any one type'}`)
  let node = parent.children.get(element.name)
  if (!node)
    parent.children.set(element.name, (node = newNode(`${parent.id}.${name}`, element.name, place.url, element)))
  // `valueQuantity` in a path is short for the slice of value[x] by that type
  const typeSlice = element.choice && bare !== element.name ? bare : undefined
  return (slice ?? typeSlice) ? sliceOf(node, (slice ?? typeSlice)!, place) : node
}

/** `a/b` is the slice b of the slice a. */
function sliceOf(node: ProfileNode, name: string, place: Place): ProfileNode {
  const [first, ...rest] = name.split('/')
  let slice = node.slices.find(each => each.slice === first)
  if (!slice) {
    slice = newNode(`${node.id}:${first}`, node.name, place.url, node.element)
    slice.slice = first!
    slice.slicing = node.slicing
    const typed = node.element?.choice && node.element.properties.find(({ key }) => key === first)
    if (typed) slice.types = [{ code: typed.type }]
    node.slices.push(slice)
  }
  slice.schema ??= node.schema
  if (!slice.types && node.types) slice.types = node.types
  return rest.length > 0 ? sliceOf(slice, rest.join('/'), place) : slice
}

/** The object type below a node, from the types that it allows. */
function schemaByType(node: ProfileNode, { compiler }: Place): ObjectSchema | undefined {
  const properties = node.element?.properties ?? []
  const only = properties.length === 1 ? properties[0] : undefined
  if (only && !only.resource && !only.primitive) return schemaOf(only)
  if (only?.primitive) return compiler.schemas.get('Element')
  const codes = new Set((node.types ?? []).map(type => typeByProfile(type, compiler)))
  if (codes.size === 1) return compiler.schemas.get([...codes][0]!)
  return only?.resource ? compiler.schemas.get('DomainResource') : undefined
}

const typeByProfile = (type: TypeRef, compiler: TreeCompiler): string =>
  (type.profile?.[0] && compiler.typeOf(type.profile[0])) || type.code

function apply(node: ProfileNode, element: ElementDefinition, url: string, compiler: TreeCompiler): void {
  node.profile = url
  if (element.min !== undefined) node.min = Math.max(node.min, element.min)
  if (element.max !== undefined) node.max = Math.min(node.max, element.max === '*' ? Infinity : Number(element.max))
  if (element.type && node.element) node.types = element.type.map(type => ({ ...type }))
  if (element.slicing) node.slicing = element.slicing
  if (element.maxLength !== undefined) node.maxLength = element.maxLength
  const expected = choiceOf(element, 'fixed') ?? choiceOf(element, 'pattern')
  if (expected) node.expected = { exact: expected.prefix === 'fixed', value: expected.value }
  node.least = choiceOf(element, 'minValue')?.value ?? node.least
  node.most = choiceOf(element, 'maxValue')?.value ?? node.most
  bind(node, element, compiler)
  addInvariants(node, element, url)
}

function bind(node: ProfileNode, element: ElementDefinition, compiler: TreeCompiler): void {
  const types = node.types?.map(({ code }) => code) ?? node.element?.properties.map(({ type }) => type) ?? []
  const bindings = types.flatMap(type => bindingOf(element, type, compiler.terminology) ?? [])
  if (bindings.length > 0) node.bindings = bindings
  if (element.binding) node.bound = true
}

/** Constraints of the base type are checked with the base type. */
function addInvariants(node: ProfileNode, element: ElementDefinition, url: string): void {
  const inherited = new Set(
    (node.schema?.invariants ?? node.element?.properties[0]?.invariants ?? []).map(({ key }) => key)
  )
  const own = invariantsOf(element).filter(({ key, expression }) => {
    return !inherited.has(key) && !node.invariants.some(other => other.key === key && other.expression === expression)
  })
  node.invariants.push(...own.map(rule => ({ ...rule, profile: url, ...(node.slice && { slice: node.slice }) })))
}

/** The value of `fixedX`, `patternX`, ... whatever its type. */
function choiceOf(element: ElementDefinition, prefix: string): { prefix: string; value: unknown } | undefined {
  const found = Object.entries(element).find(
    ([key]) => key.startsWith(prefix) && /^[A-Z]/.test(key.slice(prefix.length))
  )
  return found && { prefix, value: found[1] }
}

/**
 * Works out, once all elements are there, how items are told to belong to slices and what the types come to; leaves out
 * the elements of which nothing is left to check.
 */
function finish(node: ProfileNode, url: string, compiler: TreeCompiler): void {
  narrow(node)
  for (const slice of node.slices) {
    slice.belongs = matcherOf(node, slice, url)
    finish(slice, url, compiler)
  }
  for (const [name, child] of node.children) {
    finish(child, url, compiler)
    if (isIdle(child)) node.children.delete(name)
  }
  node.optional = node.min === 0 && node.slices.every(slice => slice.optional)
}

const ABSTRACT = new Set(['Resource', 'DomainResource', 'Element', '*'])

/** Extensions know their own definitions; targets that are those of the base type are checked with it. */
function narrow(node: ProfileNode): void {
  const types = node.types ?? []
  const base = node.element?.properties ?? []
  const isOpen = node.element?.choice || base[0]?.resource
  const codes = types.map(({ code }) => code)
  node.allowed = isOpen && codes.length > 0 && !codes.some(code => ABSTRACT.has(code)) ? new Set(codes) : undefined
  const targets = base[0]?.targets
  const isBase = ({ targetProfile }: TypeRef) =>
    targetProfile?.every(target => target.startsWith(CORE)) && targetProfile.length === targets?.size
  const profiled = types.filter(type => {
    return (type.profile && type.code !== 'Extension') || (type.targetProfile && !isBase(type)) || type.aggregation
  })
  node.profiled = profiled.length > 0 ? profiled : undefined
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

function isIdle(node: ProfileNode): boolean {
  const { min, max, expected, bindings, invariants, slices, children, allowed, profiled, maxLength, least, most } = node
  const counts = min > 0 || max < (node.element?.array ? Infinity : 1)
  const checks = [expected, allowed, profiled, maxLength, least, most].some(each => each !== undefined)
  return !counts && !checks && bindings.length + invariants.length + slices.length + children.size === 0
}
