/** A client of the server that tells each request and its answer in a line each. */
import type { FhirResource } from 'fhir/r4.js'
import { summary } from './summary.js'

/** An answer was not what the example says. */
export class Unexpected extends Error {}

export interface Request {
  method?: 'GET' | 'POST' | 'DELETE'
  /** Below the FHIR base, parameters as they are read: they are encoded here. */
  path: string
  body?: object
  /** What stands behind the request line. */
  note?: string
  /** Status to expect; 200 when left out. */
  status?: number
  quiet?: boolean
}

export interface Server {
  readonly base: string
  checks: number
  requests: number
  /** Says what comes next. */
  title(text: string): void
  /** Throws Unexpected when the status is another one. */
  send<T extends FhirResource>(request: Request): Promise<T>
  /** Throws Unexpected, naming `what`, when it is not so. */
  check(what: string, holds: boolean): void
  /** Names what was created: `Type/id`. It is deleted by `cleanUp`, the last one first. */
  created(reference: string): void
  cleanUp(): Promise<void>
}

export async function connect(origin: string, id: string, secret: string): Promise<Server> {
  const token = await fetchToken(origin, id, secret)
  const base = `${origin}/fhir/R4`
  const made: string[] = []
  const server: Server = {
    base,
    checks: 0,
    requests: 1,
    title: text => console.log(`\n${text}`),
    async send<T extends FhirResource>(request: Request): Promise<T> {
      server.requests++
      const { status, text } = await exchange(base, token, request)
      const body = (text ? JSON.parse(text) : undefined) as T
      if (!request.quiet) console.log(`    ${status} ${summary(body)}`)
      if (status !== (request.status ?? 200))
        throw new Unexpected(`${request.method ?? 'GET'} ${request.path}: ${status} ${summary(body)}`)
      return body
    },
    check(what, holds) {
      server.checks++
      if (!holds) throw new Unexpected(what)
    },
    created: reference => void made.push(reference),
    async cleanUp() {
      if (made.length > 0) console.log(`\nDeletes what it made: ${made.length} resources`)
      while (made.length > 0) await server.send({ method: 'DELETE', path: made.pop()!, status: 204, quiet: true })
    }
  }
  return server
}

async function fetchToken(origin: string, id: string, secret: string): Promise<string> {
  console.log(`POST ${origin}/oauth/token  grant_type=client_credentials, client ${id}`)
  const response = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' })
  }).catch(() => {
    throw new Unexpected(`no server answers at ${origin}: start one with npm start, or set BASE_URL`)
  })
  const answer = (await response.json()) as { access_token?: string; scope?: string; error_description?: string }
  if (!answer.access_token) throw new Unexpected(`no token: ${answer.error_description ?? response.status}`)
  console.log(`    ${response.status} scope ${answer.scope}`)
  return answer.access_token
}

async function exchange(base: string, token: string, request: Request): Promise<{ status: number; text: string }> {
  const { method = 'GET', path, body, note, quiet } = request
  if (!quiet) console.log(`  ${[method, path || base, note && `(${note})`].filter(Boolean).join(' ')}`)
  const response = await fetch(`${base}/${encoded(path)}`.replace(/\/$/, ''), {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/fhir+json' }) },
    ...(body && { body: JSON.stringify(body) })
  })
  return { status: response.status, text: await response.text() }
}

/** `a=b|c` with its parameters encoded. */
function encoded(path: string): string {
  const [resource = '', query] = path.split('?')
  if (query === undefined) return resource
  const pairs = query.split('&').map(pair => pair.split(/=(.*)/s).slice(0, 2).map(encodeURIComponent).join('='))
  return `${resource}?${pairs.join('&')}`
}
