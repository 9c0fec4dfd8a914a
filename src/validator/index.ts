/** Validation of FHIR R4 resources: a library that knows nothing of the server. docs/validator.md tells how it works. */
import type { StructureDefinition } from 'fhir/r4.js'
import { Conformance } from './conformance.js'
import { Context } from './context.js'
import type { Definitions } from './definitions.js'
import type { Engine } from './engine.js'
import { structural, type ValidationIssue } from './issue.js'
import { createExtensions } from './profile/extensions.js'
import { createProfiles } from './profile/index.js'
import { walkResource } from './resource.js'
import { createSchemas } from './schema.js'
import { settle } from './settle.js'
import { createTerminology } from './terminology/index.js'

export { loadDefinitions, loadProfiles, type Definitions } from './definitions.js'
export type { ValidationIssue } from './issue.js'

export interface ValidateOptions {
  /** The resource type that is expected. */
  type?: string
  /** Canonical urls of profiles to check beside those that the resource claims. */
  profiles?: string[]
  /** Severity of a profile that is not known; `warning` when left out. */
  unknownProfile?: 'warning' | 'error'
}

export interface Validator {
  /** All issues of a resource, errors first. Never throws. */
  validate(resource: unknown, options?: ValidateOptions): ValidationIssue[]
  /** Canonical urls of the profiles known for a resource type. */
  profilesFor(type: string): string[]
  /** Names of the resource types that can be validated. */
  types: readonly string[]
}

export interface ValidatorOptions {
  definitions: Definitions
  /** StructureDefinitions, ValueSets and CodeSystems beside those of the specification. */
  conformance: unknown[]
}

/** Throws an Error that names the element when one of the definitions cannot be used. */
export function createValidator({ definitions, conformance }: ValidatorOptions): Validator {
  const known = new Conformance(definitions, conformance)
  const terminology = createTerminology(url => known.find(url))
  const schemas = createSchemas(definitions, terminology)
  const find = (canonical: string): StructureDefinition | undefined => known.structure(canonical)
  const profiles = createProfiles(find, () => known.profileUrls, schemas, terminology)
  const extensions = createExtensions(find, () => known.extensionUrls, profiles, schemas)
  const engine: Engine = {
    schemas,
    terminology,
    profiles,
    extensions,
    resourceTypes: new Set(definitions.resourceTypes)
  }
  for (const url of [...known.profileUrls, ...known.ownExtensionUrls]) profiles.tree(url)

  function validate(resource: unknown, options: ValidateOptions = {}): ValidationIssue[] {
    const ctx = new Context(engine, options.unknownProfile ?? 'warning')
    const type = (resource as { resourceType?: unknown } | null)?.resourceType
    ctx.path.push(typeof type === 'string' && engine.resourceTypes.has(type) ? type : (options.type ?? 'Resource'))
    if (options.type && typeof type === 'string' && type !== options.type) {
      const text = `The resource is ${ctx.quote(type, 'of a type')}, but ${options.type} is needed here.`
      ctx.report(structural('type', 'structure', text))
      return ctx.issues
    }
    walkResource(resource, ctx, options.profiles)
    return settle(ctx)
  }

  return { validate, profilesFor: type => known.profilesFor(type), types: definitions.resourceTypes }
}
