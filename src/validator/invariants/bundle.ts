/** Constraints of Bundle and Parameters. https://hl7.org/fhir/R4/bundle.html#invs */
import { isObject, type JsonObject } from '../json.js'
import { count, everyObject, has, hasChoice, implies, objects } from './reading.js'
import type { NativeInvariant, Surroundings } from './rule.js'

const REQUESTS = new Set<unknown>(['batch', 'transaction', 'history'])
const RESPONSES = new Set<unknown>(['batch-response', 'transaction-response', 'history'])
const typeOfFirst = (bundle: JsonObject): unknown => {
  const resource = objects(bundle.entry)[0]?.resource
  return isObject(resource) ? resource.resourceType : undefined
}

export const BUNDLE: NativeInvariant[] = [
  {
    key: 'bdl-1',
    expression: "total.empty() or (type = 'searchset') or (type = 'history')",
    holds: (node: JsonObject) => implies(has(node, 'total'), node.type === 'searchset' || node.type === 'history')
  },
  {
    key: 'bdl-2',
    expression: "entry.search.empty() or (type = 'searchset')",
    holds: ({ type, entry }: JsonObject) =>
      type === 'searchset' || everyObject(entry, ({ search }) => search === undefined)
  },
  {
    key: 'bdl-3',
    expression:
      "entry.all(request.exists() = (%resource.type = 'batch' or %resource.type = 'transaction' or %resource.type = 'history'))",
    holds: ({ type, entry }: JsonObject) => {
      const isNeeded = REQUESTS.has(type)
      return everyObject(entry, ({ request }) => (request !== undefined) === isNeeded)
    }
  },
  {
    key: 'bdl-4',
    expression:
      "entry.all(response.exists() = (%resource.type = 'batch-response' or %resource.type = 'transaction-response' or %resource.type = 'history'))",
    holds: ({ type, entry }: JsonObject) => {
      const isNeeded = RESPONSES.has(type)
      return everyObject(entry, ({ response }) => (response !== undefined) === isNeeded)
    }
  },
  {
    key: 'bdl-5',
    expression: 'resource.exists() or request.exists() or response.exists()',
    holds: ({ resource, request, response }: JsonObject, { path }: Surroundings) =>
      resource !== undefined || request !== undefined || response !== undefined || path.includes('link')
  },
  {
    key: 'bdl-7',
    expression:
      "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()",
    holds: ({ type, entry }: JsonObject) => type === 'history' || hasDistinctUrls(objects(entry))
  },
  {
    key: 'bdl-8',
    expression: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    holds: ({ fullUrl }: JsonObject) => !(typeof fullUrl === 'string' && fullUrl.includes('/_history/')),
    at: 'fullUrl'
  },
  {
    key: 'bdl-9',
    expression: "type = 'document' implies (identifier.system.exists() and identifier.value.exists())",
    holds: ({ type, identifier }: JsonObject) =>
      implies(type === 'document', isObject(identifier) && has(identifier, 'system') && has(identifier, 'value'))
  },
  {
    key: 'bdl-10',
    expression: "type = 'document' implies (timestamp.hasValue())",
    holds: ({ type, timestamp }: JsonObject) => implies(type === 'document', typeof timestamp === 'string')
  },
  {
    key: 'bdl-11',
    expression: "type = 'document' implies entry.first().resource.is(Composition)",
    holds: (node: JsonObject) => implies(node.type === 'document', typeOfFirst(node) === 'Composition')
  },
  {
    key: 'bdl-12',
    expression: "type = 'message' implies entry.first().resource.is(MessageHeader)",
    holds: (node: JsonObject) => implies(node.type === 'message', typeOfFirst(node) === 'MessageHeader')
  },
  {
    key: 'inv-1',
    expression:
      '(part.exists() and value.empty() and resource.empty()) or (part.empty() and (value.exists() xor resource.exists()))',
    holds: (node: JsonObject) =>
      [count(node.part) > 0, hasChoice(node, 'value'), has(node, 'resource')].filter(Boolean).length === 1
  }
]

/** Versions are looked at only where a url is there twice. */
function hasDistinctUrls(entries: JsonObject[]): boolean {
  const urls = new Set<string>()
  let count = 0
  for (const { fullUrl } of entries) {
    if (typeof fullUrl !== 'string') continue
    urls.add(fullUrl)
    count++
  }
  if (urls.size === count) return true
  const versioned = entries.filter(({ fullUrl }) => typeof fullUrl === 'string').map(versionedUrl)
  return new Set(versioned).size === versioned.length
}

function versionedUrl({ fullUrl, resource }: JsonObject): string {
  const meta = isObject(resource) && isObject(resource.meta) ? resource.meta : undefined
  return `${String(fullUrl)} ${typeof meta?.versionId === 'string' ? meta.versionId : ''}`
}
