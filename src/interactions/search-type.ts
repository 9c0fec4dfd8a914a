/** https://hl7.org/fhir/R4/http.html#search */
import { openCursor } from '../search/cursor.js'
import { pageLinks } from '../search/links.js'
import { parseSearch } from '../search/parse.js'
import type { Condition, SearchPlan } from '../search/plan.js'
import type { ComputedSource } from '../search/computed.js'
import { instantAt } from '../domain/availability/index.js'
import { outcome } from '../fhir/outcome.js'
import { searchStored } from '../search/staged.js'
import type { SearchPage, StoredDocument } from '../store/ports.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { notPermitted } from './refuse.js'

export const MAX_COUNT = 1000

export async function searchType(context: Context, type: string, request: FhirRequest): Promise<FhirResponse> {
  const { base } = context
  const seal = { key: context.pageKey, tenant: context.tenant.id, subject: context.subject }
  const plan = openCursor(seal, planOf(context, type, request.query, isStrict(request)))
  const page = readable(context, await run(context, plan))
  const head = {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(page.total !== undefined && { total: page.total }),
    link: pageLinks(base, plan, page, seal)
  }
  return { status: 200, headers: {}, body: bundleText(head, entries(context, plan, page)) }
}

export const isStrict = ({ headers }: FhirRequest): boolean => /\bhandling=strict\b/.test(headers.prefer ?? '')

/** The search that a query string asks for. Throws FhirError 400, and 403 when the token does not allow all of it. */
export function planOf(context: Context, type: string, query: string, strict: boolean): SearchPlan {
  const { base, now } = context
  const options = { base, strict, now, maxCount: MAX_COUNT, instantOf: instantOf(context.tenant.timeZone) }
  const plan = parseSearch(context.registry, type, query, options)
  for (const each of [type, ...typesOf(plan.where)]) if (!context.may(each, 's')) throw notPermitted(each, 's')
  return plan
}

/** What a date without a zone means: the tenant's wall clock. */
export const instantOf = (zone: string) => (local: string) =>
  instantAt(zone, Date.parse(`${local.replace(/^\d{5}-/, '+0$&')}Z`))

/** Types that chains and `_has` look into. */
function typesOf(conditions: readonly Condition[]): string[] {
  return conditions.flatMap(condition => {
    if (condition.kind === 'chain') return [condition.target, ...typesOf(condition.where)]
    if (condition.kind === 'has') return [condition.source, ...typesOf(condition.where)]
    return condition.kind === 'any' ? typesOf(condition.of) : []
  })
}

/** What the token may not read is not included either. */
const readable = (context: Context, page: SearchPage): SearchPage => ({
  ...page,
  included: page.included.filter(({ type }) => context.may(type, 'r'))
})

/** A page of stored and computed resources. */
export function run(context: Context, plan: SearchPlan): Promise<SearchPage> {
  const computed = context.registry
    .get(plan.type)!
    .sources.find((source): source is ComputedSource => source.kind === 'computed')
  return computed ? computed.search(context, plan) : searchStored(context, context.registry, plan)
}

/** Matches, what was included, and one outcome that names what was left out. */
function entries({ base }: Context, plan: SearchPlan, page: SearchPage): string[] {
  const entry = (mode: string) => (document: StoredDocument) =>
    `{"fullUrl":${JSON.stringify(`${base}/${document.type}/${document.id}`)},"resource":${document.text},"search":{"mode":"${mode}"}}`
  const ignored = plan.ignored.map(({ name, reason }) => ({
    severity: 'warning' as const,
    code: 'not-supported' as const,
    text: `${name} was ignored: ${reason}`,
    expression: name
  }))
  return [
    ...page.matches.map(entry('match')),
    ...page.included.map(entry('include')),
    ...(ignored.length > 0 ? [JSON.stringify({ resource: outcome(ignored), search: { mode: 'outcome' } })] : [])
  ]
}

/** A Bundle whose entries are texts already. */
export function bundleText(head: object, entries: readonly string[]): string {
  const text = JSON.stringify(head)
  return entries.length === 0 ? text : `${text.slice(0, -1)},"entry":[${entries.join(',')}]}`
}
