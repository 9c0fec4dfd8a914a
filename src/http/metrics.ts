/** Request durations for Prometheus, by method, kind of route and status; never an id. */
import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { splitTarget } from '../interactions/path.js'

export interface Metrics {
  observe: RequestHandler
  expose: RequestHandler
}

/** `isType` tells served resource types; `fhirPath` is where the FHIR base hangs; `paths` are the other routes. */
export function createMetrics(isType: (name: string) => boolean, fhirPath: string, paths: readonly string[]): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry]
  })
  return {
    observe(request, response, next) {
      const stop = durations.startTimer()
      const { path } = splitTarget(request.originalUrl)
      response.on('close', () => {
        const status = response.writableFinished ? String(response.statusCode) : 'aborted'
        const method = METHODS.includes(request.method) ? request.method : 'other'
        stop({
          method,
          route: path.startsWith(fhirPath) ? fhirRoute(path, fhirPath, isType) : (plainRoute(path, paths) ?? 'other'),
          status
        })
      })
      next()
    },
    async expose(_request, response) {
      response.type(registry.contentType).send(await registry.metrics())
    }
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
/** Below the base, and below a type: a closed list, so that strangers cannot make series. */
const SYSTEM_ROUTES = ['', 'metadata', '.well-known/smart-configuration', '_search', '_history', '{operation}']
const TYPE_ROUTES = [
  '',
  '_search',
  '_history',
  '{operation}',
  '{id}',
  '{id}/_history',
  '{id}/_history/{id}',
  '{id}/{operation}'
]

const plainRoute = (path: string, paths: readonly string[]): string | undefined =>
  paths.find(each => path === each || path.startsWith(`${each}/`))

/** The pattern of a FHIR path, such as `Slot/{id}`; `other` for what is none. */
export function fhirRoute(path: string, fhirPath: string, isType: (name: string) => boolean): string {
  if (path !== fhirPath && !path.startsWith(`${fhirPath}/`)) return 'other'
  const [first = '', ...rest] = path
    .slice(fhirPath.length + 1)
    .replace(/\/$/, '')
    .split('/')
  const below = rest.map(kind).join('/')
  if (isType(first)) return TYPE_ROUTES.includes(below) ? [first, below].filter(Boolean).join('/') : 'other'
  const system = [first.startsWith('$') ? kind(first) : first, ...rest].join('/')
  return SYSTEM_ROUTES.includes(system) ? system || '{base}' : 'other'
}

function kind(segment: string): string {
  if (segment.startsWith('$')) return '{operation}'
  return segment.startsWith('_') ? segment : '{id}'
}
