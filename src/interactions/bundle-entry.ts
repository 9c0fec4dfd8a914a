/** Entries of batch and transaction Bundles, checked for what all of them need. */
import { FhirError, insideOf, fhirError, retold, unexpected } from '../fhir/errors.js'
import { outcome } from '../fhir/outcome.js'
import type { Resource } from '../fhir/types.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { decodedPath, splitTarget } from './path.js'
import { refuseInvalid } from './validate.js'

/** Elements of an entry's request, and the headers that they stand for. */
const CONDITIONS = {
  ifMatch: 'if-match',
  ifNoneMatch: 'if-none-match',
  ifModifiedSince: 'if-modified-since',
  ifNoneExist: 'if-none-exist'
} as const

export interface Entry {
  fullUrl?: string
  resource?: Resource
  request: { method: string; url: string } & Partial<Record<keyof typeof CONDITIONS, string>>
}

export const MAX_ENTRIES = 1000
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Throws 400 when the Bundle's entries are no requests; urls below the base are made relative. */
export function entriesOf(context: Context, bundle: Resource): Entry[] {
  const entries = requestsOf(bundle)
  refuseMisshapen(context, { ...bundle, entry: entries.map(({ resource: _, ...each }) => each) })
  return entries.map(each => ({
    ...each,
    request: { ...each.request, url: belowBase(each.request.url, context.base) }
  }))
}

/**
 * A condition that nobody knows would be no condition: what is beside the resources is held to the base as they are, but for
 * the form of values (`urn:uuid:1`), of which each use makes what it can.
 */
function refuseMisshapen(
  { validator }: Context,
  { entry = [], meta: _, ...bundle }: Resource & { entry?: object[] }
): void {
  const issues = validator.validate({ ...bundle, ...(entry.length > 0 && { entry }) }, { type: 'Bundle' })
  refuseInvalid(issues.filter(({ stage, rule }) => stage === 'structure' && rule !== 'value'))
}

function requestsOf(bundle: Resource): Entry[] {
  const entries: unknown = bundle.entry ?? []
  if (!Array.isArray(entries)) throw fhirError('structure', 'entry must be an array', { expression: 'Bundle.entry' })
  if (entries.length > MAX_ENTRIES)
    throw fhirError('too-long', `A Bundle may have ${MAX_ENTRIES} entries: send several`, {
      expression: 'Bundle.entry'
    })
  return entries.map((entry: Partial<Entry> | null, index) => {
    const { method, url } = entry?.request ?? {}
    const place = `Bundle.entry[${index}].request`
    if (typeof method !== 'string' || !METHODS.includes(method))
      throw fhirError('required', `Each entry needs a request with a method (${METHODS.join(', ')})`, {
        expression: `${place}.method`
      })
    if (typeof url !== 'string')
      throw fhirError('required', 'Each entry needs a request with a url', { expression: `${place}.url` })
    for (const name of Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[])
      if (entry?.request?.[name] !== undefined && typeof entry.request[name] !== 'string')
        throw fhirError('structure', `${name} must be a string`, { expression: `${place}.${name}` })
    if (entry?.fullUrl !== undefined && typeof entry.fullUrl !== 'string')
      throw fhirError('structure', 'fullUrl must be a string', { expression: `Bundle.entry[${index}].fullUrl` })
    return { ...entry, request: { ...entry!.request, method, url } }
  })
}

const belowBase = (url: string, base: string): string =>
  url.startsWith(base) && /^(?:[/?]|$)/.test(url.slice(base.length)) ? url.slice(base.length) : url

/** What others call by their own names, in an entry. */
const IN_ENTRY: Readonly<Record<string, string>> = {
  'If-Match': 'request.ifMatch',
  'If-None-Match': 'request.ifNoneMatch',
  resourceType: 'resource.resourceType'
}

/** The same error, told in `entry` (`Bundle.entry[2]`): at `place` unless it says where. */
export const toldIn = (entry: string, place: 'resource' | 'request.url', error: unknown): unknown =>
  retold(error, issue => {
    const { expression = '' } = issue
    return expression.startsWith(entry) ? issue : { ...issue, expression: `${entry}.${IN_ENTRY[expression] ?? place}` }
  })

/** The entry as a request of its own, with what the Bundle's request prefers. Throws FhirError for a bad path. */
export function entryRequest({ request, resource }: Entry, { prefer }: FhirRequest['headers'] = {}): FhirRequest {
  const { path, query } = splitTarget(request.url)
  const conditions = Object.entries(CONDITIONS).flatMap(([name, header]) => {
    const value = request[name as keyof typeof CONDITIONS]
    return value === undefined ? [] : [[header, value]]
  })
  return {
    method: request.method as FhirRequest['method'],
    path: decodedPath(path),
    query,
    headers: { ...Object.fromEntries(conditions), ...(prefer !== undefined && { prefer }) },
    ...(resource && { body: resource })
  }
}

const VERSION = /\/_history\/[^/]*$/
const INSTANCE = /^\/?[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}(?:\/_history\/\d+)?(?:\?|$)/
const fullUrl = ({ base }: Context, url: string): string =>
  `${base}/${splitTarget(url).path.replace(/^\//, '').replace(VERSION, '')}`

/** The entry of the answer: what was refused, or went wrong, is told there with its own status. */
export async function entryText(
  context: Context,
  { request: { method, url } }: Entry,
  answer: () => Promise<FhirResponse>
): Promise<string> {
  try {
    const { status, headers, body, notes = [] } = await answer()
    const modified = headers['Last-Modified']
    const response = {
      status: String(status),
      ...(headers.Location && { location: headers.Location }),
      ...(headers.ETag && { etag: headers.ETag }),
      ...(modified && { lastModified: new Date(modified).toISOString() }),
      ...(notes.length > 0 && { outcome: outcome(notes) })
    }
    // An outcome that was preferred to the resource stands in the response.
    const bare = method === 'HEAD' || (typeof body === 'object' && notes.length > 0)
    const text = bare ? undefined : typeof body === 'object' ? JSON.stringify(body) : body
    const full = headers.Location?.replace(VERSION, '') ?? (INSTANCE.test(url) ? fullUrl(context, url) : undefined)
    const named = text && full ? `"fullUrl":${JSON.stringify(full)},` : ''
    return `{${named}${text ? `"resource":${text},` : ''}"response":${JSON.stringify(response)}}`
  } catch (error) {
    const inside = insideOf(error)
    if (inside !== undefined) context.report(inside)
    const { status, issues } = error instanceof FhirError ? error : unexpected(context.requestId)
    return JSON.stringify({ response: { status: String(status), outcome: outcome(issues) } })
  }
}
