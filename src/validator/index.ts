/** Validation of FHIR R4 resources: a library that knows nothing of the server. docs/validator.md tells how it works. */
import { elementsOf, type ElementNames } from './elements.js'
import { Conformances } from './conformance.js'
import { Context, type Engine } from './context.js'
import { createFormCheck } from './definition-form.js'
import type { Definitions } from './definitions.js'
import { checkExpressions } from './invariants/index.js'
import { structural, type ValidationIssue } from './issue.js'
import { createExtensions } from './profile/extensions.js'
import { createProfiles, type ProfileLibrary } from './profile/index.js'
import { walkResource } from './resource.js'
import { createSchemas } from './compile.js'
import { settle } from './settle.js'
import { createTerminology } from './terminology/index.js'

export { loadDefinitions, loadProfiles, type Definitions } from './definitions.js'
export { duplicateKeys } from './duplicate-keys.js'
export { loadPackages, type PackageOptions } from './packages.js'
export type { ValidationIssue } from './issue.js'

export interface ValidateOptions {
  /** The resource type that is expected. */
  type?: string
  /** Canonical urls of profiles to check beside those that the resource claims. */
  profiles?: string[]
  /** Severity of a profile that is not known; `warning` when left out. */
  unknownProfile?: 'warning' | 'error'
  /** Severity of an issue as the caller wants it, such as a tenant's own; `off` drops the issue. */
  severity?: (issue: ValidationIssue) => ValidationIssue['severity'] | 'off'
  /** Code systems that only the caller knows: whether one has a code; undefined when that is not known. */
  hasCode?: (system: string, code: string) => boolean | undefined
}

export interface Validator {
  /** All issues of a resource, errors first. Never throws. */
  validate(resource: unknown, options?: ValidateOptions): ValidationIssue[]
  /** Canonical urls of the profiles known for a resource type. */
  profilesFor(type: string): string[]
  /** Names of the resource types that can be validated. */
  types: readonly string[]
  /** Names of a resource type's elements; undefined for what is none. */
  elements(type: string): ElementNames | undefined
}

export interface ValidatorOptions {
  definitions: Definitions
  /** StructureDefinitions, ValueSets and CodeSystems beside those of the specification. */
  conformance: unknown[]
  /** FHIR packages, see loadPackages. */
  packages?: Definitions[]
}

/**
 * Throws an Error that names the element when one of the definitions handed in cannot be used. Definitions of packages
 * are compiled when they are first met; `checkPackages` compiles them all.
 */
export function createValidator({ definitions, conformance, packages = [] }: ValidatorOptions): Validator {
  const known = new Conformances(definitions, packages, conformance)
  const engine = createEngine(definitions, known)
  compileAll(engine, definitions, [...known.handedIn()], known)

  function validate(resource: unknown, options: ValidateOptions = {}): ValidationIssue[] {
    const ctx = new Context(engine, options.unknownProfile ?? 'warning', options.hasCode)
    const type = (resource as { resourceType?: unknown } | null)?.resourceType
    ctx.path.push(typeof type === 'string' && engine.resourceTypes.has(type) ? type : (options.type ?? 'Resource'))
    if (options.type && typeof type === 'string' && type !== options.type) {
      const text = `The resource is ${ctx.quote(type, 'of a type')}, but ${options.type} is needed here.`
      ctx.report(structural('type', 'structure', text))
      return ctx.issues
    }
    walkResource(resource, ctx, options.profiles)
    return graded(settle(ctx), options.severity)
  }

  const elements = new Map<string, ElementNames | undefined>()
  return {
    validate,
    profilesFor: type => known.constraining(type),
    types: definitions.resourceTypes,
    elements: type => elements.get(type) ?? elements.set(type, elementsOf(definitions, type)).get(type)
  }
}

function graded(issues: ValidationIssue[], severity: ValidateOptions['severity']): ValidationIssue[] {
  if (!severity) return issues
  return issues.flatMap(issue => {
    const wanted = severity(issue)
    return wanted === 'off' ? [] : [{ ...issue, severity: wanted }]
  })
}

/** Compiles all profiles and extensions of packages. Throws as createValidator does. */
export function checkPackages({ definitions, conformance, packages = [] }: ValidatorOptions): void {
  const known = new Conformances(definitions, packages, conformance)
  const urls = packages.flatMap(library => [...library.urls])
  compileAll(createEngine(definitions, known), definitions, urls, known)
}

function createEngine(definitions: Definitions, known: Conformances): Engine & { profiles: ProfileLibrary } {
  const terminology = createTerminology(url => known.find(url))
  const schemas = createSchemas(definitions, terminology)
  const find = (canonical: string) => known.structure(canonical)
  const profiles = createProfiles(find, () => known.constrained.keys(), schemas, terminology)
  const walkExtension = createExtensions(find, () => known.constraining('Extension'), profiles, schemas)
  const resourceTypes = new Set(definitions.resourceTypes)
  return { schemas, terminology, profiles, resourceTypes, walkExtension, walkResource }
}

/** Everything is read once, constraints and filters too: a slip is told now, not when it first applies. */
function compileAll(
  engine: Engine & { profiles: ProfileLibrary },
  definitions: Definitions,
  urls: readonly string[],
  known: Conformances
): void {
  const checkForm = createFormCheck(definitions, engine)
  const found = urls.map(url => known.find(url)!)
  found.forEach(checkForm)
  for (const each of found) {
    if (each.resourceType === 'ValueSet') expand(engine, each.url!)
    if (each.resourceType !== 'StructureDefinition' || each.derivation !== 'constraint') continue
    engine.profiles.tree(each.url)
    checkExpressions(each)
  }
}

function expand({ terminology }: Engine, url: string): void {
  try {
    terminology.valueSet(url)
  } catch (cause) {
    throw new Error(`${url}: ${(cause as Error).message}`, { cause })
  }
}
