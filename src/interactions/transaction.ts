/** Transaction Bundles: all entries or none, in one database transaction. https://hl7.org/fhir/R4/http.html#transaction */
import { v7 as newId } from 'uuid'
import { copyJson } from '../fhir/digits.js'
import { FhirError, fhirError, isFatal } from '../fhir/errors.js'
import { etag, parseIfMatch } from '../fhir/etag.js'
import { isId } from '../fhir/id.js'
import { outcome } from '../fhir/outcome.js'
import { eachReference } from '../fhir/reference.js'
import type { Resource } from '../fhir/types.js'
import type { Written } from '../store/ports.js'
import { bodyOf } from './body.js'
import { entriesOf, entryRequest, entryText, type Entry } from './bundle-entry.js'
import type { Answer, Context, FhirResponse } from './context.js'
import { bundleText } from './search-type.js'
import { patchOf } from './patch.js'
import { write, type Ask } from './write.js'

export async function transaction(context: Context, bundle: Resource, answer: Answer): Promise<FhirResponse> {
  const entries = entriesOf(context, bundle)
  const intents = entries.map((entry, index) => intentOf(context, entry, index))
  linkEntries(entries, intents)
  const asked = intents.filter((intent): intent is Ask => intent !== undefined)
  refuseTwice(asked)
  await refuseReads(context, entries, answer)
  const { written, issues } = await write(context, inOrder(asked))
  const byKey = new Map(written.flatMap(each => (each ? [[`${each.type}/${each.id}`, each] as const] : [])))
  const warnings = issues.filter(isFatal).length === 0 && issues.length > 0 ? issues : []
  const texts: string[] = []
  for (const [index, entry] of entries.entries()) {
    const intent = intents[index]
    const mine = warnings.filter(issue => issue.expression?.startsWith(`Bundle.entry[${index}].`))
    texts.push(
      intent
        ? writtenEntry(context, intent, byKey.get(`${intent.type}/${intent.id}`), mine)
        : await entryText(() => answer(context, entryRequest(entry)))
    )
  }
  return { status: 200, headers: {}, body: bundleText({ resourceType: 'Bundle', type: 'transaction-response' }, texts) }
}

const isRead = ({ method }: Entry['request']): boolean => method === 'GET' || method === 'HEAD'

/** What an entry asks to be written; undefined for reads. */
function intentOf(context: Context, entry: Entry, index: number): Ask | undefined {
  const { method, url, ifMatch } = entry.request
  const place = `Bundle.entry[${index}]`
  if (isRead(entry.request)) return undefined
  const [path = '', query] = url.split('?')
  const [type = '', id, ...more] = path.split('/')
  const wrong = (text: string) => fhirError('not-supported', `${place}: ${text}`, { expression: `${place}.request` })
  if (query !== undefined || entry.request.ifNoneExist !== undefined)
    throw wrong('conditional requests are not supported yet')
  if (!context.registry.has(type))
    throw fhirError('not-found', `${place}: there is no resource type ${type}`, { expression: `${place}.request.url` })
  if (more.length > 0 || (method === 'POST') !== (id === undefined))
    throw wrong(`${method} ${url} is no create, update or delete`)
  const base = { type, at: `${place}.resource`, ...(ifMatch !== undefined && { ifMatch: parseIfMatch(ifMatch) }) }
  if (method === 'POST')
    return { ...base, interaction: 'create', id: newId(), resource: bodyOf({ body: entry.resource }, type) }
  if (!id || !isId(id))
    throw fhirError('value', `${place}: an id has 1 to 64 letters, digits, - and .`, {
      expression: `${place}.request.url`
    })
  if (method === 'DELETE') return { ...base, interaction: 'delete', id }
  if (method === 'PATCH') return { ...base, interaction: 'patch', id, patch: patchOf(entry.resource, base.at) }
  if (method !== 'PUT') throw wrong(`${method} is not supported in a transaction`)
  const resource = bodyOf({ body: entry.resource }, type)
  if (resource.id !== id)
    throw fhirError('invalid', `${place}: the resource's id must be ${id}, as in the url`, {
      expression: `${place}.resource.id`
    })
  return { ...base, interaction: 'update', id, resource }
}

/** Rewrites links between entries (fullUrl) to the ids that the entries get. */
function linkEntries(entries: readonly Entry[], intents: readonly (Ask | undefined)[]): void {
  const ids = new Map<string, string>()
  entries.forEach(({ fullUrl }, index) => {
    const intent = intents[index]
    if (!fullUrl || !intent?.resource) return
    if (ids.has(fullUrl))
      throw fhirError('invalid', `Two entries have the fullUrl ${fullUrl}`, {
        expression: `Bundle.entry[${index}].fullUrl`
      })
    ids.set(fullUrl, `${intent.type}/${intent.id}`)
  })
  for (const intent of intents) {
    if (!intent?.resource) continue
    intent.resource = copyJson(intent.resource)
    eachReference(intent.resource, intent.at!, (holder, path) => {
      const target = ids.get(holder.reference)
      if (target) holder.reference = target
      else if (holder.reference.startsWith('urn:'))
        throw fhirError('not-found', `${holder.reference} is the fullUrl of no entry of this Bundle`, {
          expression: `${path}.reference`
        })
    })
  }
}

function refuseTwice(intents: readonly Ask[]): void {
  const seen = new Set<string>()
  for (const { type, id, at } of intents) {
    if (seen.has(`${type}/${id}`))
      throw fhirError('invalid', `${type}/${id} is changed by two entries`, { expression: at })
    seen.add(`${type}/${id}`)
  }
}

const ORDER = { delete: 0, create: 1, update: 2, patch: 2 } as const
const inOrder = (intents: readonly Ask[]): Ask[] =>
  [...intents].sort((a, b) => ORDER[a.interaction] - ORDER[b.interaction])

function writtenEntry(
  context: Context,
  intent: Ask,
  written: Written | undefined,
  warnings: FhirError['issues']
): string {
  if (!written || intent.interaction === 'delete') return JSON.stringify({ response: { status: '204' } })
  const { type, id, version, created, updatedAt, text } = written
  const response = {
    status: created ? '201' : '200',
    location: `${context.base}/${type}/${id}/_history/${version}`,
    etag: etag(version),
    lastModified: updatedAt,
    ...(warnings.length > 0 && { outcome: outcome(warnings) })
  }
  return `{"fullUrl":${JSON.stringify(`${context.base}/${type}/${id}`)},"resource":${text},"response":${JSON.stringify(response)}}`
}

/**
 * Reads are answered behind the writes. What is wrong with one, whatever the writes do, refuses the Bundle before them;
 * that there is nothing (any more) is an answer like another.
 */
async function refuseReads(context: Context, entries: readonly Entry[], answer: Answer): Promise<void> {
  for (const entry of entries.filter(({ request }) => isRead(request)))
    await answer(context, entryRequest(entry)).catch((error: unknown) => {
      if (!(error instanceof FhirError) || ![404, 410].includes(error.status)) throw error
    })
}
