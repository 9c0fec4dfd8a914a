/** Elements of resource types, by name, as the definitions mark them. https://hl7.org/fhir/R4/elementdefinition.html */
import type { StructureDefinition } from 'fhir/r4.js'
import type { Definitions } from './definitions.js'

/** A name that ends with `[x]` is that of a choice of types. */
export interface ElementNames {
  all: readonly string[]
  /** Marked as part of the summary. */
  summary: readonly string[]
  /** At least one is needed. */
  mandatory: readonly string[]
}

/** Undefined for what is no resource type. */
export function elementsOf(definitions: Definitions, type: string): ElementNames | undefined {
  const definition = definitions.get(`http://hl7.org/fhir/StructureDefinition/${type}`) as
    StructureDefinition | undefined
  const own = definition?.snapshot?.element.filter(({ path }) => path.split('.').length === 2)
  const names = (elements = own ?? []) => elements.map(({ path }) => path.slice(type.length + 1))
  return (
    own && {
      all: names(),
      summary: names(own.filter(({ isSummary }) => isSummary)),
      mandatory: names(own.filter(({ min }) => (min ?? 0) > 0))
    }
  )
}
