/** Transaction Bundles: all entries or none, in one database transaction. https://hl7.org/fhir/R4/http.html#transaction */
import { v7 as newId } from 'uuid'
import { FhirError, fhirError, type Issue } from '../fhir/errors.js'
import { etag } from '../fhir/etag.js'
import { ID_WORDS, isId } from '../fhir/id.js'
import { outcome } from '../fhir/outcome.js'
import type { Resource } from '../fhir/types.js'
import { FORM_PARAMS } from '../search/parse.js'
import { splitQuery } from '../search/query-string.js'
import type { Written } from '../store/ports.js'
import type { Ask } from './ask.js'
import { bodyOf } from './body.js'
import { entriesOf, entryRequest, entryText, toldIn, type Entry } from './bundle-entry.js'
import { done } from './answer.js'
import type { Answer, Context, FhirRequest, FhirResponse } from './context.js'
import { preconditionOf } from './current.js'
import { patchOf } from './patch.js'
import { preferredReturn, type Preferred } from './preference.js'
import { bundleText } from './search-type.js'
import { refuseMethod } from './route.js'
import { updateOf } from './update.js'
import { write } from './write.js'

export async function transaction(
  context: Context,
  bundle: Resource,
  { headers }: Pick<FhirRequest, 'headers'>,
  answer: Answer
): Promise<FhirResponse> {
  const preferred = preferredReturn(headers)
  const entries = entriesOf(context, bundle)
  const asked = entries.map((entry, index) => {
    try {
      return askOf(context, entry, index)
    } catch (error) {
      throw toldIn(`Bundle.entry[${index}]`, 'resource', error)
    }
  })
  await refuseReads(context, entries, headers, answer)
  const { written, issues } = await write(
    context,
    asked.filter(ask => ask !== undefined)
  )
  const texts: string[] = []
  for (const [index, entry] of entries.entries()) {
    const mine = issues.filter(issue => issue.expression?.startsWith(`Bundle.entry[${index}].`))
    texts.push(
      asked[index]
        ? writtenEntry(context, asked[index], written.shift(), mine, preferred)
        : await entryText(context, entry, () => answer(context, entryRequest(entry, headers)))
    )
  }
  return { status: 200, headers: {}, body: bundleText({ resourceType: 'Bundle', type: 'transaction-response' }, texts) }
}

const isRead = ({ method }: Entry['request']): boolean => method === 'GET' || method === 'HEAD'

/** What an entry asks to be written; undefined for reads. */
function askOf(context: Context, entry: Entry, index: number): Ask | undefined {
  if (isRead(entry.request)) return undefined
  const { method, url } = entry.request
  const { path, query, headers } = entryRequest(entry)
  const [type = '', id, ...more] = path.split('/')
  const place = `Bundle.entry[${index}]`
  const at = `${place}.resource`
  const expression = `${place}.request.url`
  if (!context.registry.has(type))
    throw fhirError('not-found', `${place}: there is no resource type ${type}`, { expression })
  if (more.length > 0 || (method === 'POST' && (id !== undefined || !isFormOnly(query))))
    throw fhirError('not-supported', `${place}: ${method} ${url} is no create, update, patch or delete`, { expression })
  if (id !== undefined && !isId(id)) throw fhirError('value', `${place}: ${ID_WORDS}`, { expression })
  const named = id === undefined ? { id: '', query } : { id }
  const link = { at, ...(entry.fullUrl !== undefined && { fullUrl: entry.fullUrl }) }
  const common = { type, ...preconditionOf(headers), ...link }
  switch (method) {
    case 'POST':
      return { ...common, interaction: 'create', ...createOf(entry, type) }
    case 'PUT':
      return { ...common, ...updateOf(type, id, query, bodyOf({ body: entry.resource }, type), at) }
    case 'PATCH':
      return { ...common, interaction: 'patch', ...named, patch: patchOf(entry.resource, at) }
    default:
      return { ...common, interaction: 'delete', ...named }
  }
}

/** Parameters of the answer's form stand beside any request, and change no entry. */
const isFormOnly = (query: string): boolean => splitQuery(query).every(([name]) => FORM_PARAMS.has(name))

function createOf({ resource, request }: Entry, type: string): Pick<Ask, 'id' | 'resource' | 'query'> {
  const { ifNoneExist } = request
  const body = bodyOf({ body: resource }, type)
  return { id: newId(), resource: body, ...(ifNoneExist !== undefined && { query: ifNoneExist }) }
}

function writtenEntry(
  context: Context,
  { interaction }: Ask,
  written: Written | undefined,
  issues: readonly Issue[],
  preferred: Preferred
): string {
  if (!written || interaction === 'delete') return JSON.stringify({ response: { status: '204' } })
  const { type, id, version, created, updatedAt, text } = written
  const method = interaction === 'create' ? 'POST' : 'PUT'
  const notes = preferred === 'OperationOutcome' && issues.length === 0 ? [done(written, method)] : issues
  const response = {
    status: created ? '201' : '200',
    location: `${context.base}/${type}/${id}/_history/${version}`,
    etag: etag(version),
    lastModified: updatedAt,
    ...(notes.length > 0 && { outcome: outcome(notes) })
  }
  return `{"fullUrl":${JSON.stringify(`${context.base}/${type}/${id}`)},${preferred === 'representation' ? `"resource":${text},` : ''}"response":${JSON.stringify(response)}}`
}

/**
 * Reads are answered behind the writes. What is wrong with one, whatever the writes do, refuses the Bundle before them;
 * that there is nothing (any more) is an answer like another.
 */
async function refuseReads(
  context: Context,
  entries: readonly Entry[],
  headers: FhirRequest['headers'],
  answer: Answer
): Promise<void> {
  for (const [index, entry] of entries.entries())
    if (isRead(entry.request))
      try {
        const request = entryRequest(entry, headers)
        refuseMethod(context, request)
        await answer(context, request).catch((error: unknown) => {
          if (!(error instanceof FhirError) || ![404, 410].includes(error.status)) throw error
        })
      } catch (error) {
        throw toldIn(`Bundle.entry[${index}]`, 'request.url', error)
      }
}
