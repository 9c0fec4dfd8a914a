/** The tenant's configuration and statistics: /tenant/config, /tenant/config/{section}, /tenant/stats/...; plain JSON. */
import { Router } from 'express'
import type { Request, Response } from 'express'
import { fhirError } from '../fhir/errors.js'
import { etag, parseIfMatch } from '../fhir/etag.js'
import {
  appointmentStatistics,
  changeConfig,
  practitionerStatistics,
  showConfig,
  type ShownConfig,
  type TenancyStore
} from '../tenancy/index.js'
import { textReader } from './body.js'
import { parseJson } from './json.js'
import { PLAIN_JSON } from './media-type.js'
import { only } from './only.js'
import { respond } from './respond.js'
import { splitTarget } from '../interactions/path.js'
import { tenantCaller, type TenantCallerParts } from './tenant-caller.js'

const MAX_CONFIG = 256 * 1024
const MERGE_PATCH = 'application/merge-patch+json'
const STATISTICS: Readonly<Record<string, (store: TenancyStore, query: URLSearchParams) => Promise<object>>> = {
  practitioners: practitionerStatistics,
  appointments: appointmentStatistics
}

export function tenantRoute(parts: TenantCallerParts): Router {
  const router = Router()
  const readText = textReader(MAX_CONFIG)
  const json = (response: Response, body: unknown, headers: Record<string, string> = {}) =>
    respond(response, { status: 200, headers, body: JSON.stringify(body) }, { mediaType: PLAIN_JSON, pretty: false })
  const config = (response: Response, { body, version }: ShownConfig) => json(response, body, { ETag: etag(version) })

  const change = (merge: boolean) => async (request: Request, response: Response) => {
    const store = await storeOf(parts, request, response, true)
    const text = await readText(request, response, merge ? [MERGE_PATCH, PLAIN_JSON] : [PLAIN_JSON])
    const { section } = request.params
    const header = request.get('if-match')
    const ifMatch = header === undefined ? '*' : parseIfMatch(header)
    config(
      response,
      await changeConfig(store, {
        merge,
        value: parseJson(text),
        ...(typeof section === 'string' && { section }),
        ...(ifMatch !== '*' && { ifMatch })
      })
    )
  }
  for (const path of ['/config', '/config/:section'])
    router
      .route(path)
      .get(async (request, response) => {
        const store = await storeOf(parts, request, response, false)
        config(response, await showConfig(store, request.params.section as string | undefined))
      })
      .put(change(false))
      .patch(change(true))
      .all(only('GET, HEAD, PUT, PATCH'))
  router
    .route('/stats/:of')
    .get(async (request, response) => {
      const store = await storeOf(parts, request, response, true)
      const name = request.params.of
      const statistics = Object.hasOwn(STATISTICS, name) ? STATISTICS[name] : undefined
      if (!statistics)
        throw fhirError('not-found', `There are statistics of ${Object.keys(STATISTICS).join(' and ')} only`)
      json(response, await statistics(store, new URLSearchParams(splitTarget(request.originalUrl).query)))
    })
    .all(only('GET, HEAD'))
  return router
}

/** The store of the request's tenant. What `manages` needs CLINIC_ADMIN, or a client that may update Organizations. */
async function storeOf(
  parts: TenantCallerParts,
  request: Request,
  response: Response,
  manages: boolean
): Promise<TenancyStore> {
  const { permit, store } = await tenantCaller(parts, request, response)
  if (!permit.may('Organization', manages ? 'u' : 'r'))
    throw fhirError(
      'forbidden',
      manages
        ? 'Cannot manage this clinic: it needs the role CLINIC_ADMIN, or the scope system/Organization.u'
        : 'The token does not allow this; it needs the scope system/Organization.r'
    )
  return store
}
