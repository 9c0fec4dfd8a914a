/** The definitions that the caller hands in, before those of the specification. */
import type { CodeSystem, StructureDefinition, ValueSet } from 'fhir/r4.js'
import { isObject } from './context.js'
import type { Definitions } from './definitions.js'

type Resource = StructureDefinition | ValueSet | CodeSystem

const TYPES = new Set<unknown>(['StructureDefinition', 'ValueSet', 'CodeSystem'])

export class Conformance {
  private readonly byUrl = new Map<string, Resource>()
  private readonly byVersion = new Map<string, Resource>()
  readonly profileUrls: string[] = []
  readonly ownExtensionUrls: string[] = []
  readonly extensionUrls: string[]

  /** Throws when one of the resources has no url. Of two with one url the later wins; each is found by its version. */
  constructor(
    private readonly definitions: Definitions,
    resources: unknown[]
  ) {
    for (const resource of resources)
      if (isObject(resource) && TYPES.has(resource.resourceType)) this.add(resource as unknown as Resource)
    this.extensionUrls = [
      ...this.ownExtensionUrls,
      ...definitions.urls.filter(url => url.includes('/StructureDefinition/'))
    ]
  }

  private add(resource: Resource): void {
    const { url, version } = resource
    if (!url) throw new Error(`A ${resource.resourceType} (${String(resource.id ?? resource.name)}) has no url`)
    if (!this.byUrl.has(url) && resource.resourceType === 'StructureDefinition') this.list(resource)
    this.byUrl.set(url, resource)
    if (version) this.byVersion.set(`${url}|${version}`, resource)
  }

  private list({ url, type, derivation }: StructureDefinition): void {
    if (type === 'Extension') this.ownExtensionUrls.push(url)
    else if (derivation === 'constraint') this.profileUrls.push(url)
  }

  /** By canonical url without version. */
  find(url: string): Resource | undefined {
    return this.byUrl.get(url) ?? this.definitions.get(url)
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

  profilesFor(type: string): string[] {
    return this.profileUrls.filter(url => this.structure(url)?.type === type)
  }
}
