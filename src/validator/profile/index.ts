/** Profiles by canonical url: compiling them, and checking resources against those that they claim. */
import type { StructureDefinition } from 'fhir/r4.js'
import { isObject, type Context, type JsonObject, type Profiles } from '../context.js'
import type { Fault } from '../issue.js'
import type { Schemas } from '../schema.js'
import { createUrlHints } from '../suggest.js'
import type { Terminology } from '../terminology/index.js'
import { checkObject } from './check.js'
import type { ProfileNode } from './node.js'
import { compileTree } from './tree.js'

export interface ProfileLibrary extends Profiles {
  /** The tree of a profile. Throws when its definition cannot be used. */
  tree(profile: string): ProfileNode | undefined
}

/** Claims of profiles that nobody knows are remembered up to this number. */
const MOST_UNKNOWN = 10_000
const CORE = 'http://hl7.org/fhir/StructureDefinition/'

/** `find` gives the StructureDefinition of a canonical url, with or without `|version`. */
export function createProfiles(
  find: (canonical: string) => StructureDefinition | undefined,
  known: () => Iterable<string>,
  schemas: Schemas,
  terminology: Terminology
): ProfileLibrary {
  const trees = new Map<string, ProfileNode>()
  /** The same by what claims say, with or without version. */
  const byCanonical = new Map<string, { type: string; isAbstract: boolean; tree?: ProfileNode } | undefined>()
  const hintFor = createUrlHints(known)
  const compiling = new Set<string>()
  const isProfile = (definition: StructureDefinition): boolean => definition.derivation === 'constraint'

  function tree(canonical: string): ProfileNode | undefined {
    const definition = find(canonical)
    if (!definition || !isProfile(definition)) return undefined
    const key = `${definition.url}|${definition.version ?? ''}`
    const done = trees.get(key)
    if (done) return done
    if (compiling.has(key)) throw new Error(`${definition.url}: its base definitions go round in a circle`)
    compiling.add(key)
    const compiled = compileTree(definition, { schemas, terminology, baseTree, typeOf })
    trees.set(key, compiled)
    return compiled
  }

  function baseTree(url: string): ProfileNode | undefined {
    const definition = find(url)
    if (!definition) throw new Error(`The base definition ${url} is not known`)
    return tree(url)
  }

  function lookUp(canonical: string) {
    const cached = byCanonical.get(canonical)
    if (cached !== undefined || byCanonical.has(canonical)) return cached
    const definition = find(canonical)
    const found = definition && { type: definition.type, isAbstract: isAbstract(definition), tree: tree(canonical) }
    if (found || byCanonical.size < MOST_UNKNOWN) byCanonical.set(canonical, found)
    return found
  }

  function typeOf(profile: string): string | undefined {
    return find(profile)?.type
  }

  function checkClaims(resource: JsonObject, type: string, asked: readonly string[], ctx: Context): void {
    const claimed =
      isObject(resource.meta) && Array.isArray(resource.meta.profile) ? (resource.meta.profile as unknown[]) : NONE
    if (claimed.length === 0 && asked.length === 0) return
    const done = new Set<string>()
    claimed.forEach((url, index) => {
      if (typeof url !== 'string' || done.has(url)) return
      done.add(url)
      const fault = check(url, resource, type, ctx)
      if (fault) ctx.reportAt(fault, 'meta', 'profile', index)
    })
    for (const url of asked) {
      const fault = done.has(url) ? undefined : check(url, resource, type, ctx)
      if (fault) ctx.report({ ...fault, severity: 'error' }) // who asks for a profile wants it checked
    }
  }

  /** The fault of the claim itself, if any. */
  function check(url: string, resource: JsonObject, type: string, ctx: Context): Fault | undefined {
    const profile = lookUp(url)
    if (!profile) return unknown(url, ctx)
    if (profile.type !== type && !profile.isAbstract) {
      const text = `The profile ${url} is about ${profile.type}, the resource is ${type}.`
      return { stage: 'rule', rule: 'profile-type', code: 'structure', text }
    }
    if (profile.tree) checkObject(profile.tree, resource, ctx)
    return undefined
  }

  function unknown(url: string, ctx: Context): Fault {
    const text = `The profile ${url} is not known here, so the resource was not checked against it.${hintFor(url, ctx)}`
    return { severity: ctx.unknownProfile, stage: 'rule', rule: 'profile-unknown', code: 'not-found', text }
  }

  function conforms(value: JsonObject, canonical: string, ctx: Context): boolean {
    const profile = lookUp(canonical)
    if (!profile) return true
    if (typeof value.resourceType === 'string' && profile.type !== value.resourceType) return profile.isAbstract
    return !profile.tree || ctx.isClean(() => checkObject(profile.tree!, value, ctx))
  }

  function checkOneOf(profiles: readonly string[], value: JsonObject, by: string, ctx: Context): void {
    const trees = profiles.map(profile => lookUp(profile)?.tree)
    if (trees.includes(undefined)) return
    if (trees.length === 1) return checkObject(trees[0]!, value, ctx)
    if (profiles.some(profile => conforms(value, profile, ctx))) return
    const text = `The value conforms to none of ${profiles.join(', ')}.`
    ctx.report({ stage: 'rule', rule: 'profile', code: 'structure', text, profile: by })
  }

  return { checkClaims, checkOneOf, conforms, typeOf: profile => lookUp(profile)?.type, tree }
}

const NONE: readonly unknown[] = []
const isAbstract = ({ url }: StructureDefinition): boolean =>
  url === `${CORE}Resource` || url === `${CORE}DomainResource`
