/** The FHIR base: an HTTP request becomes a FhirRequest, dispatch answers it. https://hl7.org/fhir/R4/http.html */
import type { Request, Response } from 'express'
import type { Logger } from 'pino'
import type { Auth } from '../auth/index.js'
import { fhirError } from '../fhir/errors.js'
import type { Context, FhirRequest, FhirResponse } from '../interactions/context.js'
import { decodedPath, splitTarget } from '../interactions/path.js'
import { allowHeaders, onlyReads, refuseMethod } from '../interactions/route.js'
import { textReader, type ReadText } from './body.js'
import { callerOf } from './caller.js'
import { publicContext, tenantContext, type ContextParts } from './context.js'
import { bearerOf } from './credentials.js'
import { notes } from './exchange.js'
import { parseJson } from './json.js'
import { FHIR_JSON, FORM, JSON_PATCH, PLAIN_JSON } from './media-type.js'
import { formOf } from './negotiate.js'
import type { RateLimit } from './rate-limit.js'
import type { NoteRefusal } from './refusals.js'
import { respond } from './respond.js'

export type Dispatch = (context: Context, request: FhirRequest) => Promise<FhirResponse>

export interface FhirRouteParts {
  limit: RateLimit
  refused: NoteRefusal
  auth: Auth
  dispatch: Dispatch
  contexts: ContextParts
  /** FHIR base: absolute URL. */
  base: string
  /** Bytes. */
  bodyLimit: number
  log: Logger
}

const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH']

/** `rest` is the path below the base. Rejects with what is to be refused. */
export function fhirRoute(
  parts: FhirRouteParts
): (request: Request, response: Response, rest: string) => Promise<void> {
  const readText = textReader(parts.bodyLimit)
  const located = { ...parts, origin: new URL(parts.base).origin }
  return async (request, response, rest) => {
    const path = decodedPath(rest)
    notes(response).fhirPath = path
    if (request.method === 'OPTIONS') return void response.status(204).set(allowHeaders(parts.contexts, path)).end()
    const method = fhirMethod(parts.contexts, request.method, path)
    // Before the body is read: strangers do not get to send one.
    const context = await contextOf(located, request, response, path)
    if (WITH_BODY.includes(method)) refuseMethod(parts.contexts, { method, path })
    const content = await readContent(readText, request, response, path)
    const form = formOf(request, content.query)
    respond(response, await parts.dispatch(context, { method, path, headers: fhirHeaders(request), ...content }), form)
  }
}

async function contextOf(
  parts: FhirRouteParts & { origin: string },
  request: Request,
  response: Response,
  path: string
): Promise<Context> {
  const { requestId } = notes(response)
  const report = (error: unknown): void => parts.log.error({ requestId, err: error }, 'unexpected error')
  const refused: Context['refused'] = (error, what) => parts.refused(notes(response), error, what)
  const caller = onlyReads(parts.contexts, request.method, path) ? callerOf(response) : undefined
  const asked = { requestId, report, refused, base: parts.base, caller }
  const reading = request.method === 'GET' || request.method === 'HEAD'
  if (path === 'metadata' && reading) return publicContext(parts.contexts, asked)
  const principal = await parts.auth.authenticate(bearerOf(request, parts.origin))
  Object.assign(notes(response), { subject: principal.subject, tenant: principal.tenant })
  if (!reading && !path.endsWith('_search')) await parts.limit.write(request, principal.subject)
  const context = await tenantContext(parts.contexts, parts.auth, principal, {
    ...asked,
    xTenant: request.get('x-tenant')
  })
  notes(response).tenant = context.tenant.id
  return context
}

type Content = Pick<FhirRequest, 'query' | 'body' | 'text'>

/** Query and body; the form of a `_search` joins the query. */
async function readContent(read: ReadText, request: Request, response: Response, path: string): Promise<Content> {
  const { query } = splitTarget(request.originalUrl)
  if (!WITH_BODY.includes(request.method)) return { query }
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (request.method === 'POST' && last === '_search') {
    const form = await read(request, response, [FORM])
    return { query: [query, form].filter(Boolean).join('&') }
  }
  const patch = request.method === 'PATCH'
  const text = await read(request, response, patch ? [JSON_PATCH] : [FHIR_JSON, PLAIN_JSON])
  if (text.trim() === '') {
    if (last.startsWith('$')) return { query }
    throw fhirError('required', `The body is empty: send a ${patch ? 'JSON Patch' : 'resource as JSON'}`)
  }
  const body = parseJson(text)
  if (!patch && (typeof body !== 'object' || body === null || Array.isArray(body)))
    throw fhirError('structure', 'The body must be one JSON object with a resourceType')
  return { query, body, text }
}

function fhirMethod(served: ContextParts, method: string, path: string): FhirRequest['method'] {
  if (!METHODS.includes(method)) refuseMethod(served, { method, path })
  return method as FhirRequest['method']
}

/** The headers that interactions may look at: nothing below needs the token. */
function fhirHeaders({ headers }: Request): FhirRequest['headers'] {
  const kept: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(headers))
    if (name !== 'authorization' && name !== 'cookie') kept[name] = Array.isArray(value) ? value.join(', ') : value
  return kept
}
