/**
 * Snapshots of the shipped profiles, which are differentials: @medplum/core checks a profile by its snapshot only.
 * Enough for the profiles that are measured, not a generator for any profile. https://hl7.org/fhir/R4/profiling.html#snapshot
 */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'

type Find = (type: string) => StructureDefinition

/** The definition with a snapshot: that of its type, changed by its differential. */
export function withSnapshot(profile: StructureDefinition, find: Find): StructureDefinition {
  const elements = structuredClone(find(profile.type).snapshot!.element)
  for (const element of profile.differential!.element) {
    const target = ensure(elements, element, find)
    const constraint = [...(target.constraint ?? []), ...(element.constraint ?? [])]
    Object.assign(target, element, { constraint })
  }
  return { ...profile, snapshot: { element: elements } }
}

const parentOf = (id: string): string => id.slice(0, id.lastIndexOf('.'))

/** The element of an id, made from what it is a slice or a child of where it is not there yet. */
function ensure(elements: ElementDefinition[], wanted: ElementDefinition, find: Find): ElementDefinition {
  const found = elements.find(element => element.id === wanted.id)
  if (found) return found
  if (!wanted.sliceName) {
    expand(elements, ensure(elements, { id: parentOf(wanted.id!), path: parentOf(wanted.path) }, find), find)
    return elements.find(element => element.id === wanted.id)!
  }
  const whole = wanted.id!.slice(0, wanted.id!.lastIndexOf(':'))
  const sliced = ensure(elements, { id: whole, path: wanted.path }, find)
  const slice = { ...structuredClone(sliced), id: wanted.id, sliceName: wanted.sliceName, min: 0 }
  delete slice.slicing
  elements.splice(elements.findLastIndex(element => element.id!.startsWith(whole)) + 1, 0, slice)
  return slice
}

/** Puts the elements of its type below an element. */
function expand(elements: ElementDefinition[], parent: ElementDefinition, find: Find): void {
  const children = structuredClone(find(parent.type![0]!.code).snapshot!.element.slice(1)).map(child => ({
    ...child,
    id: parent.id! + child.id!.slice(child.id!.indexOf('.')),
    path: parent.path + child.path.slice(child.path.indexOf('.'))
  }))
  elements.splice(elements.indexOf(parent) + 1, 0, ...children)
}
