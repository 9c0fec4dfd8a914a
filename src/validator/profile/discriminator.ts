/** How an item is told to belong to a slice. https://hl7.org/fhir/R4/profiling.html#discriminator */
import type { ElementDefinitionSlicingDiscriminator } from 'fhir/r4.js'
import { isObject } from '../context.js'
import { codesIn, membership, type Binding } from '../terminology/index.js'
import { equals, fits } from './match.js'
import type { Matcher, ProfileNode } from './node.js'
import { isName, itemsAt, parsePath, someValueAt, type PathStep } from './select.js'

const BY_URL: ElementDefinitionSlicingDiscriminator[] = [{ type: 'value', path: 'url' }]
const BY_TYPE: ElementDefinitionSlicingDiscriminator[] = [{ type: 'type', path: '$this' }]

/** The test of a slice, from the discriminators of the sliced element. Throws when the slice cannot be told. */
export function matcherOf(sliced: ProfileNode, slice: ProfileNode, url: string): Matcher {
  const discriminators = discriminatorsOf(sliced)
  if (discriminators.length === 0) throw new Error(`${url}: the slice ${slice.id} has no discriminator to be told by`)
  const tests = discriminators.map(({ type, path }) => {
    const test = testOf(type, path, slice)
    if (test) return test
    if (type === 'value' && path === 'url') return () => false // parts without url, as in some published extensions
    throw new Error(`${url}: the slice ${slice.id} says nothing at its discriminator ${type} ${path}`)
  })
  return tests.length === 1 ? tests[0]! : (item, scope) => tests.every(test => test(item, scope))
}

function discriminatorsOf(sliced: ProfileNode): ElementDefinitionSlicingDiscriminator[] {
  const given = sliced.slicing?.discriminator
  if (given?.length) return given
  if (sliced.name === 'extension' || sliced.name === 'modifierExtension') return BY_URL
  return sliced.element?.choice ? BY_TYPE : []
}

function testOf(type: string, path: string, slice: ProfileNode): Matcher | undefined {
  const steps = parsePath(path)
  if (type === 'value' || type === 'pattern') return byValue(steps, slice)
  if (type === 'exists') return byExistence(steps, slice)
  if (type === 'type') return byType(steps, slice)
  return type === 'profile' ? byProfile(steps, slice) : undefined
}

type Test = (value: unknown) => boolean

function byValue(steps: PathStep[], slice: ProfileNode): Matcher | undefined {
  const tests = expectations(steps, slice)
  if (tests.length === 0) return byBinding(slice)
  if (steps.every(isName)) return ({ value }) => tests.every(test => someValueAt(value, steps, test))
  return (item, scope) => {
    const items = itemsAt(item, steps, scope)
    return tests.every(test => items.some(({ value }) => test(value)))
  }
}

/** What the slice says of the value at a path: in the node there, or in a pattern further up, or further down. */
function expectations(steps: PathStep[], slice: ProfileNode): Test[] {
  const tests: Test[] = []
  let node: ProfileNode | undefined = slice
  for (let i = 0; node; i++) {
    const rest = steps.slice(i).map(step => step.name)
    const part = node.expected && partOf(node.expected.value, rest)
    if (part !== undefined) tests.push(rest.length === 0 && node.expected!.exact ? is(part) : has(part))
    const urls = rest.length === 1 && rest[0] === 'url' ? extensionUrls(node) : []
    if (tests.length === 0 && urls.length > 0) tests.push(value => urls.includes(value as string))
    if (i === steps.length) {
      if (tests.length === 0) tests.push(...bound(node), ...below(node))
      break
    }
    node = nodeAt(node, steps[i]!)
  }
  return tests
}

const is =
  (expected: unknown): Test =>
  value =>
    equals(value, expected)
const has =
  (pattern: unknown): Test =>
  value =>
    fits(value, pattern)

function nodeAt(node: ProfileNode, step: PathStep): ProfileNode | undefined {
  if (step.extension)
    return node.children.get('extension')?.slices.find(slice => extensionUrls(slice).includes(step.extension!))
  if (step.resolve) return node
  return node.children.get(step.name)
}

/** The part of a pattern at a path; of an array its first item. */
function partOf(pattern: unknown, names: string[]): unknown {
  const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value)
  return names.reduce<unknown>((value, name) => (isObject(value) ? first(value[name]) : undefined), first(pattern))
}

/** The url of the extension that a slice is for, by its fixed url or its profile. */
export function extensionUrls(node: ProfileNode): string[] {
  const url = node.children.get('url')?.expected?.value
  if (typeof url === 'string') return [url]
  return (node.types ?? []).flatMap(type => type.profile ?? []).map(canonical => canonical.split('|')[0]!)
}

/** A slice that only has a binding is its codes; when they are not known here, nothing is known to belong to it. */
function byBinding(slice: ProfileNode): Matcher | undefined {
  return slice.bound ? item => slice.bindings.some(binding => isBound(binding, item.value)) : undefined
}

/** A required binding discriminates too. */
const bound = (node: ProfileNode): Test[] =>
  node.bindings.filter(({ strength }) => strength === 'required').map(binding => value => isBound(binding, value))

function isBound(binding: Binding, value: unknown): boolean {
  const set = binding.set()
  return set !== undefined && codesIn(value).some(([system, code]) => membership(set, system, code) === 'in')
}

/** Fixed values of children discriminate an element as a whole. */
const below = (node: ProfileNode): Test[] =>
  [...node.children.values()].flatMap(child => {
    const steps: PathStep[] = [{ name: child.name }]
    const tests: Test[] = child.expected
      ? [child.expected.exact ? is(child.expected.value) : has(child.expected.value)]
      : [...bound(child), ...below(child)]
    return tests.map<Test>(test => value => someValueAt(value, steps, test))
  })

function byExistence(steps: PathStep[], slice: ProfileNode): Matcher | undefined {
  const node = steps.reduce<ProfileNode | undefined>((at, step) => at && nodeAt(at, step), slice)
  if (node?.max === 0) return (item, scope) => itemsAt(item, steps, scope).length === 0
  if (node && node.min > 0) return (item, scope) => itemsAt(item, steps, scope).length > 0
  return undefined
}

function byType(steps: PathStep[], slice: ProfileNode): Matcher | undefined {
  const node = steps.reduce<ProfileNode | undefined>((at, step) => at && nodeAt(at, step), slice)
  const types = new Set((node?.types ?? []).map(({ code }) => code))
  if (steps.at(-1)?.resolve) for (const type of targetTypesOf(node)) types.add(type)
  if (types.size === 0) return undefined
  return (item, scope) => itemsAt(item, steps, scope).some(({ type }) => types.has(type))
}

/** Types of resources that a Reference may point to, by the last part of each profile's url. */
const targetTypesOf = (node: ProfileNode | undefined): string[] =>
  (node?.types ?? []).flatMap(type => type.targetProfile ?? []).map(url => url.slice(url.lastIndexOf('/') + 1))

function byProfile(steps: PathStep[], slice: ProfileNode): Matcher | undefined {
  const node = steps.reduce<ProfileNode | undefined>((at, step) => at && nodeAt(at, step), slice)
  const resolved = steps.at(-1)?.resolve === true
  const profiles = (node?.types ?? []).flatMap(type => (resolved ? type.targetProfile : type.profile) ?? [])
  if (profiles.length === 0) return undefined
  return (item, scope) =>
    itemsAt(item, steps, scope).some(each => profiles.some(profile => scope.conforms(each, profile)))
}
