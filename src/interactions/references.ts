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

interface Found extends LiteralReference {
  reference: string
  path: string
}

/** Literal references to served types, in the resource and what it contains. */
function found({ registry, base }: Context, { resource, type, at }: Intent): Found[] {
  const list: Found[] = []
  eachReference(resource, at ?? type, ({ reference }, path) => {
    const literal = parseReference(reference, base)
    if (literal && registry.has(literal.type)) list.push({ ...literal, reference, path: `${path}.reference` })
  })
  return list
}

/** What a reference names: a resource, or one version of it. */
export const nameOf = ({ type, id, version }: LiteralReference): string =>
  version === undefined ? `${type}/${id}` : `${type}/${id}/_history/${version}`

/** One request a distinct reference; what can be no version of ours need not be looked for. */
export function literalReferences(
  context: Context,
  intents: readonly Intent[]
): Extract<FactRequest, { kind: 'exists' }>[] {
  const literal = intents.flatMap(intent => found(context, intent)).filter(({ version = '1' }) => isVersion(version))
  const distinct = new Map(literal.map(each => [nameOf(each), each]))
  return [...distinct.values()].map(({ type, id, version }) => ({
    kind: 'exists',
    ...{ type, id },
    ...(version !== undefined && { version })
  }))
}

export const unresolved = (
  context: Context,
  intent: Intent,
  known: ReadonlySet<string>,
  gone: ReadonlySet<string>
): Pick<Found, 'reference' | 'path'>[] => [
  ...found(context, intent).filter(each => !known.has(nameOf(each)) || gone.has(`${each.type}/${each.id}`)),
  ...adrift(intent)
]

/** Names of entries of a Bundle, where there is none: alone, or in a batch, whose entries know nothing of each other. */
function adrift({ resource, type, at }: Intent): Pick<Found, 'reference' | 'path'>[] {
  const list: Pick<Found, 'reference' | 'path'>[] = []
  eachReference(resource, at ?? type, ({ reference }, path) => {
    if (/^urn:(?:uuid|oid):/.test(reference)) list.push({ reference, path: `${path}.reference` })
  })
  return list
}
