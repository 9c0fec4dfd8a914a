/** Versions of a resource, a type or all types, newest first. https://hl7.org/fhir/R4/http.html#history */
import { fhirError } from '../fhir/errors.js'
import { etag } from '../fhir/etag.js'
import { isId } from '../fhir/id.js'
import { CURSOR, openCursor, sealCursor, type Seal } from '../search/cursor.js'
import { joinQuery } from '../search/query-string.js'
import { bare, type Condition } from '../search/plan.js'
import { sourceOf } from '../search/registry.js'
import { stageOf } from '../search/stages.js'
import type { HistoryPage, HistoryPosition, HistoryRequest, Version } from '../store/ports.js'
import { warningHeader } from './answer.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { parseHistory, type HistoryPlan } from './history-query.js'
import { isStrict } from './preference.js'
import { find } from './read.js'
import { allows, conditionsOf, isRestricted } from './restriction.js'
import { bundleText } from './search-type.js'

/** `type` and `id` absent: of all that the token may read. */
export async function history(
  context: Context,
  of: { type?: string; id?: string },
  request: FhirRequest
): Promise<FhirResponse> {
  const path = [of.type, of.id, '_history'].filter(Boolean).join('/')
  const seal = { key: context.pageKey, tenant: context.tenant.id, subject: context.subject }
  const plan = parseHistory(context, path, request.query, isStrict(request))
  const { after } = openCursor(seal, plan)
  const types = of.type ? [of.type] : [...context.registry.keys()].filter(type => allows(context, type, 'r'))
  const asked: HistoryRequest = { ...plan.request, types, ...(of.id && { id: of.id }) }
  const page = await versions(
    context,
    after
      ? { ...asked, after: [...after.sort, after.id] as HistoryPosition, ...(after.backward && { backward: true }) }
      : asked
  )
  const total = page.total ?? (!after && !page.next ? page.versions.length : undefined)
  if (of.id && !after && !total && page.versions.length === 0) await refuseUnknown(context, of.type!, of.id)
  const head = {
    resourceType: 'Bundle',
    type: 'history',
    ...(total !== undefined && { total }),
    link: links(context, plan, page, seal)
  }
  return {
    status: 200,
    headers: warningHeader(plan.ignored),
    notes: plan.ignored,
    body: bundleText(
      head,
      page.versions.map(version => entry(context, version))
    )
  }
}

/**
 * What the server only shows (tenants, facilities, the directory) has the one version that it shows. What is computed has
 * those of the times when somebody sat in it.
 */
async function versions(context: Context, request: HistoryRequest): Promise<HistoryPage> {
  const { types, id, since = '' } = request
  if (id === undefined || sourceOf(context.registry.get(types[0]!)!, id)?.kind !== 'view')
    return context.store.history({ ...request, within: restrictionsOf(context, types) })
  const shown = isId(id) ? await find(context, types[0]!, id) : undefined
  return {
    versions:
      shown && shown.version > 0 && Date.parse(shown.updatedAt) >= (Date.parse(since) || 0)
        ? [{ ...shown, created: shown.version === 1 }]
        : []
  }
}

/** By type, what the token wants of it. Throws FhirError 403 where that is not for one statement to find out. */
function restrictionsOf(context: Context, types: readonly string[]): Record<string, Condition[]> {
  const { registry } = context
  const restricted = types.filter(type => isRestricted(context, type, 'r'))
  return Object.fromEntries(
    restricted.map(type => {
      const where = conditionsOf(context, type, 'r')
      if (stageOf(registry, bare(type, where, 0)))
        throw fhirError('forbidden', `A token that is restricted by what is computed has no history of ${type}`)
      return [type, where]
    })
  )
}

/** Nothing since then is an empty page; nothing at all is 404. What is computed may have had versions before. */
async function refuseUnknown(context: Context, type: string, id: string): Promise<void> {
  const found = isId(id) ? await find(context, type, id) : undefined
  if (found && found.version > 0) return
  const { total } = await versions(context, { types: [type], id, count: 0 })
  if (!total) throw fhirError('not-found', `There is no ${type}/${id}, or it has no versions`)
}

function links({ base }: Context, plan: HistoryPlan, { next, previous }: HistoryPage, seal: Seal): object[] {
  const link = (relation: string, cursor?: string) => {
    const query = joinQuery([...plan.used, ...(cursor === undefined ? [] : [[CURSOR, cursor] as const])])
    return { relation, url: `${base}/${plan.type}${query && `?${query}`}` }
  }
  const to = (relation: string, position: HistoryPosition | undefined, backward: boolean) =>
    position ? [link(relation, sealCursor(seal, plan, { sort: position.slice(0, 3), id: position[3], backward }))] : []
  return [
    link('self', plan.cursor),
    ...(plan.request.count > 0 ? [link('first')] : []),
    ...to('previous', previous, true),
    ...to('next', next, false)
  ]
}

/** A version as the request that made it and what was answered; one without a text is told without a resource. */
function entry({ base }: Context, { type, id, version, updatedAt, deleted, created, text }: Version): string {
  const request = deleted
    ? { method: 'DELETE', url: `${type}/${id}` }
    : version === 1 && MADE_HERE.test(id)
      ? { method: 'POST', url: type }
      : { method: 'PUT', url: `${type}/${id}` }
  const response = { status: deleted ? '204' : created ? '201' : '200', etag: etag(version), lastModified: updatedAt }
  const resource = deleted || text === '' ? '' : `"resource":${text},`
  return `{"fullUrl":${JSON.stringify(`${base}/${type}/${id}`)},${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`
}

/** Ids that the server chose: UUIDs of version 7. */
const MADE_HERE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
