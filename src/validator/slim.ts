/** What the validator reads of a conformance resource, in the resource's own form; the prose is left behind. */
import type {
  CodeSystem,
  CodeSystemConcept,
  ElementDefinition,
  ElementDefinitionConstraint,
  FhirResource,
  StructureDefinition,
  ValueSet,
  ValueSetComposeInclude
} from 'fhir/r4.js'

/** Undefined for resources that the validator has no use for. */
export function slim(resource: FhirResource): StructureDefinition | ValueSet | CodeSystem | undefined {
  if (resource.resourceType === 'StructureDefinition') return slimStructure(resource)
  if (resource.resourceType === 'ValueSet') return slimValueSet(resource)
  if (resource.resourceType === 'CodeSystem') return slimCodeSystem(resource)
  return undefined
}

/** Where the specification's own resources use its extensions, beside where the definitions say that they may stand. */
const ERRATA: Readonly<Record<string, string[]>> = {
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type': ['ElementDefinition.type'],
  'http://hl7.org/fhir/StructureDefinition/structuredefinition-normative-version': ['Resource', 'ElementDefinition'],
  'http://hl7.org/fhir/StructureDefinition/regex': ['ElementDefinition.type'],
  'http://hl7.org/fhir/StructureDefinition/translation': ['ValueSet.expansion.contains'],
  'http://hl7.org/fhir/StructureDefinition/valueset-concept-comments': ['CodeSystem.concept']
}

/** Types are kept as snapshots; profiles and extensions as differentials, which say only what they change. */
function slimStructure(definition: StructureDefinition): StructureDefinition {
  const { resourceType, url, version, name, kind, abstract, type, baseDefinition, derivation } = definition
  const places = (ERRATA[url] ?? []).map(expression => ({ type: 'element' as const, expression }))
  const context = definition.context && [...definition.context, ...places]
  const isProfile = derivation === 'constraint' && !isNamedType(definition)
  const view = isProfile && definition.differential ? 'differential' : 'snapshot'
  return {
    ...{
      resourceType,
      url,
      version,
      name,
      status: 'active',
      kind,
      abstract,
      type,
      baseDefinition,
      derivation,
      context
    },
    [view]: { element: definition[view]?.element.map(slimElement) }
  }
}

/** Constraints that stand on every element, or on every extension: the walk itself checks them. */
const EVERYWHERE = new Set(['ele-1', 'ext-1'])

/** SimpleQuantity and MoneyQuantity: profiles by form, types by use. */
const isNamedType = ({ url, type }: StructureDefinition): boolean =>
  type === 'Quantity' && url.startsWith('http://hl7.org/fhir/StructureDefinition/')

function slimElement(element: ElementDefinition): ElementDefinition {
  const { id, path, sliceName, slicing, min, max, contentReference, type, binding, constraint, maxLength } = element
  const values = Object.entries(element).filter(([key]) => /^(fixed|pattern|minValue|maxValue)[A-Z]/.test(key))
  const kept = constraint?.filter(rule => !EVERYWHERE.has(rule.key)).map(slimConstraint)
  return {
    ...{ ...(id?.includes(':') && { id }), path, sliceName, slicing, min, max, contentReference, type, maxLength },
    ...(element.isSummary && path.split('.').length === 2 && { isSummary: true }),
    ...(element.isModifier && !path.includes('.') && { isModifier: true }),
    ...(binding && {
      binding: { strength: binding.strength, valueSet: binding.valueSet, extension: binding.extension }
    }),
    ...(kept?.length && { constraint: kept }),
    ...Object.fromEntries(values)
  }
}

function slimConstraint({ key, severity, human, expression }: ElementDefinitionConstraint) {
  return { key, severity, human, expression }
}

function slimValueSet({ resourceType, url, version, compose, expansion }: ValueSet): ValueSet {
  return {
    ...{ resourceType, url, version, status: 'active' },
    ...(compose && {
      compose: { include: compose.include.map(slimInclude), exclude: compose.exclude?.map(slimInclude) }
    }),
    ...(!compose && { expansion })
  }
}

function slimInclude({ system, version, concept, filter, valueSet }: ValueSetComposeInclude): ValueSetComposeInclude {
  return { system, version, concept: concept?.map(({ code }) => ({ code })), filter, valueSet }
}

function slimCodeSystem({ resourceType, url, version, content, concept, caseSensitive }: CodeSystem): CodeSystem {
  const kept = concept?.map(slimConcept)
  return { resourceType, url, version, status: 'active', content, caseSensitive, ...(kept && { concept: kept }) }
}

/** Properties that put a concept below another, beside nesting. */
const PARENTS = new Set(['subsumedBy', 'parent'])

function slimConcept({ code, concept, property }: CodeSystemConcept): CodeSystemConcept {
  const parents = property?.filter(({ code }) => PARENTS.has(code))
  return { code, ...(parents?.length && { property: parents }), ...(concept && { concept: concept.map(slimConcept) }) }
}
