/** All definitions by canonical url: those that the caller hands in, those of packages, those of the specification. */
import type { StructureDefinition } from 'fhir/r4.js'
import { isObject } from './context.js'
import type { Conformance, Definitions } from './definitions.js'

const TYPES = new Set<unknown>(['StructureDefinition', 'ValueSet', 'CodeSystem'])

export class Conformances {
  private readonly byUrl = new Map<string, Conformance>()
  private readonly byVersion = new Map<string, Conformance>()
  /** Profiles and extensions that were handed in: canonical url -> type. */
  readonly own = new Map<string, string>()
  /** The same, and those of packages and of the specification. */
  readonly constrained: ReadonlyMap<string, string>
  private readonly libraries: readonly Definitions[]

  /** Throws when one of the resources has no url. Of two with one url the later wins; each is found by its version. */
  constructor(definitions: Definitions, packages: readonly Definitions[], resources: readonly unknown[]) {
    for (const each of resources)
      if (isObject(each) && TYPES.has(each.resourceType)) this.add(each as unknown as Conformance)
    this.libraries = [...packages, definitions]
    const theirs = this.libraries.flatMap(library => [...library.constrained])
    this.constrained = new Map([...this.own, ...theirs, ...this.own]) // ours first, and ours win
  }

  private add(resource: Conformance): void {
    const { url, version } = resource
    if (!url) throw new Error(`A ${resource.resourceType} (${String(resource.id ?? resource.name)}) has no url`)
    this.byUrl.set(url, resource)
    if (version) this.byVersion.set(`${url}|${version}`, resource)
    if (resource.resourceType === 'StructureDefinition' && resource.derivation === 'constraint')
      this.own.set(url, resource.type)
  }

  /** Canonical urls of all that was handed in. */
  handedIn(): Iterable<string> {
    return this.byUrl.keys()
  }

  /** By canonical url without version. */
  find(url: string): Conformance | undefined {
    const own = this.byUrl.get(url)
    if (own) return own
    for (const library of this.libraries) {
      const found = library.get(url)
      if (found) return found
    }
    return undefined
  }

  /** By canonical url; with `|version` only that version, a shorter one such as `|4` standing for all that begin so. */
  structure(canonical: string): StructureDefinition | undefined {
    const [url, version] = canonical.split('|') as [string, string | undefined]
    const exact = version === undefined ? undefined : this.byVersion.get(canonical)
    const found = exact ?? this.find(url)
    if (found?.resourceType !== 'StructureDefinition') return undefined
    const same = version === undefined || !found.version || `${found.version}.`.startsWith(`${version}.`)
    return same ? found : undefined
  }

  /** Urls of what constrains a type: profiles of a resource type, or extensions. */
  constraining(type: string): string[] {
    return [...this.constrained].filter(each => each[1] === type).map(([url]) => url)
  }
}
