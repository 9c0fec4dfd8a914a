/** Every element of a resource with its definition: a plain reading of the snapshots, apart from the validator's own. */
import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import type { Definitions } from '../../../src/validator/index.js'

export type Json = Record<string, unknown>

export interface Place {
  /** FHIRPath of the value. */
  path: string
  /** Where it is, from the root. */
  steps: (string | number)[]
  definition: ElementDefinition
  type: string
  value: unknown
  repeats: boolean
  key: string
}

const CORE = 'http://hl7.org/fhir/StructureDefinition/'
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** All places of a resource; of contained resources and Bundle entries too. */
export function placesOf(resource: Json, definitions: Definitions): Place[] {
  const places: Place[] = []
  visitObject(
    resource,
    resource.resourceType as string,
    resource.resourceType as string,
    [],
    resource.resourceType as string
  )
  return places

  /** `prefix` is the path in the definition of `type` that the object's children stand below. */
  function visitObject(node: Json, type: string, prefix: string, steps: Place['steps'], path: string): void {
    const definition = definitions.get(CORE + type) as StructureDefinition | undefined
    for (const [key, value] of Object.entries(node)) {
      const found = definition && elementFor(definition, prefix, key)
      if (!found) continue
      const { element, code } = found
      const name = element.path.slice(prefix.length + 1).replace('[x]', '')
      const each = (item: unknown, itemSteps: Place['steps'], itemPath: string) => {
        places.push({
          path: itemPath,
          steps: itemSteps,
          definition: element,
          type: code,
          value: item,
          repeats: element.max !== '1',
          key
        })
        if (!isObject(item)) return
        if (code === 'Resource')
          return visitObject(item, item.resourceType as string, item.resourceType as string, itemSteps, itemPath)
        const target = element.contentReference?.slice(1)
        const nested = target ?? (code === 'BackboneElement' || code === 'Element' ? element.path : undefined)
        visitObject(item, nested ? type : code, nested ?? code, itemSteps, itemPath)
      }
      const at = `${path}.${name === 'div' ? '`div`' : name}`
      if (Array.isArray(value)) value.forEach((item, i) => each(item, [...steps, key, i], `${at}[${i}]`))
      else each(value, [...steps, key], at)
    }
  }
}

function elementFor(
  definition: StructureDefinition,
  prefix: string,
  key: string
): { element: ElementDefinition; code: string } | undefined {
  for (const element of definition.snapshot?.element ?? []) {
    if (!element.path.startsWith(`${prefix}.`) || element.path.includes('.', prefix.length + 1)) continue
    const name = element.path.slice(prefix.length + 1)
    if (name === key) return { element, code: codeOf(element) }
    if (!name.endsWith('[x]') || !key.startsWith(name.slice(0, -3))) continue
    const suffix = key.slice(name.length - 3).toLowerCase()
    const type = element.type?.find(({ code }) => code.toLowerCase() === suffix)
    if (type) return { element, code: type.code }
  }
  return undefined
}

function codeOf(element: ElementDefinition): string {
  const code = element.type?.[0]?.code ?? 'BackboneElement'
  return code.startsWith('http://hl7.org/fhirpath/') ? (element.path.endsWith('.url') ? 'uri' : 'id') : code
}

/** A copy with one value changed. */
export function change(
  resource: Json,
  steps: Place['steps'],
  edit: (parent: Json, key: string | number) => void
): Json {
  const copy = structuredClone(resource)
  edit(parentOf(copy, steps), steps.at(-1)!)
  return copy
}

/** The object or array that holds the value at `steps`. */
export const parentOf = (resource: Json, steps: Place['steps']): Json =>
  steps.slice(0, -1).reduce<unknown>((node, step) => (node as Json)[step], resource) as Json
