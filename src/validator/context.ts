/** What one run of the validator carries along: the place, the issues, the resources around the place. */
import type { Fault, ValidationIssue } from './issue.js'
import { markOf, renderPath, type Step } from './path.js'
import { isObject, type JsonObject } from './json.js'
import type { ElementSchema, Property, Schemas } from './schema.js'
import type { Terminology } from './terminology/index.js'

export { isObject, type JsonObject } from './json.js'

/** What the checks ask of the compiled definitions, and of each other. */
export interface Engine {
  schemas: Schemas
  terminology: Terminology
  resourceTypes: ReadonlySet<string>
  profiles: Profiles
  walkResource(value: unknown, ctx: Context): void
  /** `owner` is the element that carries the extension, undefined for a resource. */
  walkExtension(property: Property, node: JsonObject, owner: ElementSchema | undefined, ctx: Context): void
}

export interface Profiles {
  /** Checks the resource at the path against the profiles that it claims, and those asked for. */
  checkClaims(resource: JsonObject, type: string, asked: readonly string[], ctx: Context): void
  /** Checks the value at the path against one of several profiles, as `profile` wants it. */
  checkOneOf(profiles: readonly string[], value: JsonObject, profile: string, ctx: Context): void
  /** True when no error is found; reports nothing. */
  conforms(value: JsonObject, profile: string, ctx: Context): boolean
  /** The type that a profile is about; undefined when the profile is not known. */
  typeOf(profile: string): string | undefined
}

/** A resource that stands by itself, with its contained ones: `#id` points inside of it. */
export interface Scope {
  resource: JsonObject
  type: string
  /** Contained resources by id. */
  contained: ReadonlyMap<string, JsonObject>
  /** Every `#...` that a reference or uri of this resource or a contained one says, if there are contained ones. */
  pointers: Set<string> | undefined
  /** How many references were found at fault. */
  badReferences: number
}

export interface Hint {
  /** The FHIRPath expression that does not hold. */
  constraint?: string
  /** Name of the element that an unknown one was meant to be. */
  meant?: string
}

/** Deeper than any sane resource; bounds the stack. */
const DEEPEST = 400

export class Context {
  readonly issues: ValidationIssue[] = []
  readonly path: Step[] = []
  scope!: Scope
  /** The resource whose elements are walked: a contained one, or scope.resource. */
  resource!: JsonObject
  /** Length of the path at that resource. */
  depth = 0
  /** The path to that resource as text, once it was asked for. */
  placeOfResource: string | undefined
  /** For each issue a number that tells its rule and place from others: see markOf. */
  readonly marks: number[] = []
  /** How many checks around this one only ask whether there is an error; how many they found. */
  private trials = 0
  private failures = 0
  /** Bundles around the place, outermost first. */
  readonly bundles: { bundle: JsonObject; byFullUrl?: ReadonlyMap<string, JsonObject> }[] = []
  /** Constraints that failed, for settling which faults are only consequences. */
  readonly broken: { issue: ValidationIssue; expression: string }[] = []
  /** Unknown elements, with the place of the element that was meant. */
  readonly misspelt: { issue: ValidationIssue; place: string }[] = []
  /** Extensions around the place: what they hold is not quoted in texts, it may be a secret. */
  secrecy = 0
  private suggestions = 50

  constructor(
    readonly engine: Engine,
    readonly unknownProfile: 'warning' | 'error',
    readonly hasCode: (system: string, code: string) => boolean | undefined = () => undefined
  ) {}

  /** Reports a fault at the path. `hint` tells what other issues it may explain, or be explained by. */
  report(fault: Fault, hint?: Hint): void {
    const { severity = 'error', code, stage, rule, profile, slice } = fault
    if (this.trials > 0) {
      if (severity === 'error') this.failures++
      return
    }
    const expression = this.place()
    const issue: ValidationIssue = { severity, code, stage, rule, text: `${expression}: ${fault.text}`, expression }
    if (profile) issue.profile = profile
    if (slice) issue.slice = slice
    this.issues.push(issue)
    this.marks.push(markOf(this.path, rule))
    if (hint?.constraint !== undefined) this.broken.push({ issue, expression: hint.constraint })
    if (hint?.meant) this.misspelt.push({ issue, place: renderPath([...this.path.slice(0, -1), hint.meant]) })
  }

  /** The path as text; the part up to the resource is kept, as there may be many faults in it. */
  private place(): string {
    const { path, depth } = this
    if (depth < 2 || path.length < depth) return renderPath(path)
    this.placeOfResource ??= renderPath(path, depth)
    return renderPath(path, path.length, depth, this.placeOfResource)
  }

  /** Reports a fault at a child (and grandchild) of the path. */
  reportAt(fault: Fault, ...steps: Step[]): void {
    this.path.push(...steps)
    this.report(fault)
    this.path.length -= steps.length
  }

  /** `The code "xyz"`, or only `The code` where the value may be a secret or is long. */
  quote(value: string, what: string): string {
    return this.secrecy > 0 || value.length > 60 || value.includes('\n') ? what : `${what} "${value}"`
  }

  /** The answer, while there are not too many faults to look for better words at each. */
  suggest<T>(find: () => T): T | undefined {
    return this.suggestions-- > 0 ? find() : undefined
  }

  /** Runs a check, drops what it reports, and tells whether there was no error. */
  isClean(check: () => unknown): boolean {
    const { scope, failures } = this
    const { badReferences } = scope
    this.trials++
    check()
    this.trials--
    scope.badReferences = badReferences
    const clean = this.failures === failures
    this.failures = failures
    return clean
  }

  /** Urls of the extensions around the place, outermost first. */
  get extensionUrls(): string[] {
    const urls: string[] = []
    let node: unknown = this.resource
    for (const step of this.path.slice(this.depth)) {
      node = valueOf(node, step)
      if (isObject(node) && typeof node.url === 'string') urls.push(node.url)
    }
    return urls
  }

  /** The value at the first `length` steps of the path. */
  valueAt(length: number): unknown {
    let node: unknown = this.resource
    for (let i = this.depth; i < length; i++) node = valueOf(node, this.path[i]!)
    return node
  }

  get rootResource(): JsonObject {
    return this.scope.resource
  }

  get tooDeep(): boolean {
    return this.path.length > DEEPEST
  }

  get isContained(): boolean {
    return this.resource !== this.scope.resource
  }
}

/** The child at a step of FHIRPath, which names a choice element without its type. */
function valueOf(node: unknown, step: Step): unknown {
  if (typeof node !== 'object' || node === null) return undefined
  if (Object.hasOwn(node, step)) return (node as Record<Step, unknown>)[step]
  const name = String(step)
  const key = Object.keys(node).find(each => each.startsWith(name) && /^[A-Z]/.test(each.slice(name.length)))
  return key === undefined ? undefined : (node as JsonObject)[key]
}
