/** https://hl7.org/fhir/R4/http.html#search */
import { openCursor } from '../search/cursor.js'
import { pageLinks } from '../search/links.js'
import type { SearchPlan } from '../search/plan.js'
import { outcome } from '../fhir/outcome.js'
import type { SearchPage, StoredDocument } from '../store/ports.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { includeComputed } from './computed-includes.js'
import { parse, run } from './plan.js'
import { isStrict } from './preference.js'
import { readable, restricted } from './restriction.js'

export async function searchType(context: Context, type: string, request: FhirRequest): Promise<FhirResponse> {
  return searchset(context, planOf(context, type, request.query, isStrict(request)))
}

/** The page that a plan asks for, as a Bundle. */
export async function searchset(context: Context, asked: SearchPlan): Promise<FhirResponse> {
  const { base } = context
  const seal = { key: context.pageKey, tenant: context.tenant.id, subject: context.subject }
  const plan = openCursor(seal, asked)
  const found = await run(context, plan)
  const { included, notes } = await includeComputed(context, plan, found)
  // What the token may not read is not included either.
  const page = { ...found, included: await readable(context, included) }
  const head = {
    resourceType: 'Bundle',
    type: 'searchset',
    ...(page.total !== undefined && { total: page.total }),
    link: pageLinks(base, plan, page, seal)
  }
  return {
    status: 200,
    headers: {},
    body: bundleText(head, entries(context, { ...plan, notes: [...(plan.notes ?? []), ...notes] }, page))
  }
}

/** The search that a query string asks for. Throws FhirError 400, and 403 when the token does not allow all of it. */
export const planOf = (context: Context, type: string, query: string, strict: boolean): SearchPlan =>
  restricted(context, parse(context, type, query, strict))

/** Matches, what was included, and one outcome that names what was left out. */
function entries({ base }: Context, plan: SearchPlan, page: SearchPage): string[] {
  const entry = (mode: string) => (document: StoredDocument) =>
    `{"fullUrl":${JSON.stringify(`${base}/${document.type}/${document.id}`)},"resource":${document.text},"search":{"mode":"${mode}"}}`
  const told = (text: string, expression: string) => ({
    ...{ severity: 'warning' as const, code: 'not-supported' as const },
    ...{ text, expression }
  })
  const notes = [
    ...plan.ignored.map(({ name, reason }) => told(`${name} was ignored: ${reason}`, name)),
    ...(plan.notes ?? []).map(({ name, text }) => told(text, name))
  ]
  return [
    ...page.matches.map(entry('match')),
    ...page.included.map(entry('include')),
    ...(notes.length > 0 ? [JSON.stringify({ resource: outcome(notes), search: { mode: 'outcome' } })] : [])
  ]
}

/** A Bundle whose entries are texts already. */
export function bundleText(head: object, entries: readonly string[]): string {
  const text = JSON.stringify(head)
  return entries.length === 0 ? text : `${text.slice(0, -1)},"entry":[${entries.join(',')}]}`
}
