/** References of resources about to be written, as far as they are for this server to resolve. */
import { isVersion } from '../fhir/etag.js'
import { eachReference, parseReference, type LiteralReference } from '../fhir/reference.js'
import { copyJson } from '../fhir/digits.js'
import type { Resource } from '../fhir/types.js'
import type { FactRequest } from '../store/ports.js'
import type { Context } from './context.js'
import type { Intent } from './ask.js'

/** Absolute references to this server are the relative ones: rows hold type and id. */
export function withOwnReferences({ base }: Context, resource: Resource): Resource {
  if (!JSON.stringify(resource).includes(`"${base}/`)) return resource
  const copy = copyJson(resource)
  eachReference(copy, '', holder => {
    if (parseReference(holder.reference, base)) holder.reference = holder.reference.replace(`${base}/`, '')
  })
  return copy
}

interface Found {
  reference: string
  path: string
  /** What a literal reference to a served type names. */
  literal: LiteralReference | undefined
}

/** The references in the resource and what it contains. */
function found({ registry, base }: Context, { resource, type, at }: Intent): Found[] {
  const list: Found[] = []
  eachReference(resource, at ?? type, ({ reference }, path) => {
    const literal = parseReference(reference, base)
    const served = literal && registry.has(literal.type) ? literal : undefined
    list.push({ reference, path: `${path}.reference`, literal: served })
  })
  return list
}

/** What a reference names: a resource, or one version of it. */
export const nameOf = ({ type, id, version }: LiteralReference): string =>
  version === undefined ? `${type}/${id}` : `${type}/${id}/_history/${version}`

/** Names an entry of a Bundle: alone, or in a batch, whose entries know nothing of each other, it names nothing. */
const IN_BUNDLE = /^urn:(?:uuid|oid):/

/** One request a distinct reference; what can be no version of ours need not be looked for. */
export function literalReferences(
  context: Context,
  intents: readonly Intent[]
): Extract<FactRequest, { kind: 'exists' }>[] {
  const literals = intents.flatMap(intent => found(context, intent).flatMap(({ literal }) => literal ?? []))
  const possible = literals.filter(({ version = '1' }) => isVersion(version))
  const distinct = new Map(possible.map(each => [nameOf(each), each]))
  return [...distinct.values()].map(({ type, id, version }) => ({
    kind: 'exists',
    ...{ type, id },
    ...(version !== undefined && { version })
  }))
}

/** What names nothing: neither what is `known`, unless it is `gone`, nor an entry of a Bundle. */
export const unresolved = (
  context: Context,
  intent: Intent,
  known: ReadonlySet<string>,
  gone: ReadonlySet<string>
): Found[] =>
  found(context, intent).filter(({ reference, literal }) => {
    if (!literal) return IN_BUNDLE.test(reference)
    return !known.has(nameOf(literal)) || gone.has(`${literal.type}/${literal.id}`)
  })
