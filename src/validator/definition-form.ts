/** The form of the definitions that are handed in, as far as they are read. https://hl7.org/fhir/R4/structuredefinition.html */
import { createSchemas } from './compile.js'
import { Context, type Engine } from './context.js'
import type { Conformance, Definitions } from './definitions.js'
import type { ValidationIssue } from './issue.js'
import { walkResource } from './resource.js'

/** What the validator reads; who wrote a definition, and what for, is no matter. */
const READ = /^\w+\.(?:url|type|context|differential|snapshot|compose|expansion|concept)\b/

/** A check that throws an Error, which names the definition and the place, when a definition has not the form of its type. */
export function createFormCheck(definitions: Definitions, engine: Engine): (definition: Conformance) => void {
  const schemas = createSchemas(definitions, engine.terminology, () => []) // constraints would take longer than all else
  return definition => {
    if (changesNothing(definition)) return
    const ctx = new Context({ ...engine, schemas }, 'warning')
    ctx.path.push(definition.resourceType)
    walkResource(definition, ctx)
    const wrong = ctx.issues.find(issue => isFault(issue, definition))
    if (wrong) throw new Error(`${definition.url}: ${wrong.text}`)
  }
}

/** An empty list is no JSON of FHIR, but can be understood. */
const changesNothing = (definition: Conformance): boolean =>
  definition.resourceType === 'StructureDefinition' && definition.differential?.element?.length === 0

/** Values to compare with need not be whole. */
const PARTIAL = /\.(?:fixed|pattern|example)\b.*\./

/** Codes of others are as they are: only lists of them must be lists. */
function isFault({ severity, stage, rule, expression }: ValidationIssue, { resourceType }: Conformance): boolean {
  if (severity !== 'error' || !READ.test(expression) || (rule === 'cardinality' && PARTIAL.test(expression)))
    return false
  const isForm = stage === 'structure' && (rule !== 'value' || resourceType === 'StructureDefinition')
  return isForm || (rule === 'binding' && resourceType === 'StructureDefinition')
}
