/** Answers what write rules must know, all requests in one statement. */
import { SYSTEM } from '../../fhir/types.js'
import { sourceOf, tableSource, type Registry, type ViewSource } from '../../search/registry.js'
import type { CurrentFact, FactRequest, MatchFact, PractitionerFact } from '../ports.js'
import { complete } from './assemble.js'
import { read } from './read.js'
import { providersOfText, providerText } from './assignment-facts.js'
import type { Condition, SearchPlan } from '../../search/plan.js'
import { factsStatement } from './fact-shapes.js'
import { referrersText } from './referrers.js'
import { pageText } from './search/page.js'
import { aheadText } from './ahead-facts.js'
import { slotsTakenText } from './slots-taken.js'
import { timetablesText } from './timetable-facts.js'
import { name, type SqlText } from './search/sql-text.js'
import type { Bound, Database, Statement } from './statement.js'

type Request<K extends FactRequest['kind']> = Extract<FactRequest, { kind: K }>

export async function facts(
  database: Database,
  bound: Bound,
  registry: Registry,
  requests: readonly FactRequest[]
): Promise<unknown[]> {
  if (requests.length === 0) return []
  const answers = answersIn(requests, await database.query<FactRow>(bound, factsText(registry, requests)))
  await completeCurrent(database, bound, registry, requests, answers)
  return answers
}

export interface FactRow {
  n: number
  fact: unknown
}

export function factsText(registry: Registry, requests: readonly FactRequest[]): Statement {
  return factsStatement(
    requests.map(request => ({
      write: sql => factText(sql, registry, request),
      apart: request.kind === 'matches' && !request.plan.where.every(isOfTexts)
    }))
  )
}

/** Whether all that a condition is held against are texts: then many searches of one form are one branch. */
function isOfTexts(condition: Condition): boolean {
  switch (condition.kind) {
    case 'missing':
      return true
    case 'either':
      return condition.of.flat().every(isOfTexts)
    case 'any':
      return condition.of.every(isOfTexts)
    case 'param':
      return condition.values.every(({ form }) => form !== 'date' && form !== 'near')
    default:
      return condition.where.every(isOfTexts)
  }
}

/** In the order of the requests. */
export function answersIn(requests: readonly FactRequest[], rows: readonly FactRow[]): unknown[] {
  const answers = requests.map<unknown>(() => null)
  for (const { n, fact } of rows) answers[n] = fact
  return answers
}

/** Current versions that foreign SQL made have no document yet. */
async function completeCurrent(
  database: Database,
  bound: Bound,
  registry: Registry,
  requests: readonly FactRequest[],
  answers: readonly unknown[]
): Promise<void> {
  const without = requests
    .flatMap((request, index) => currentFacts(request, answers[index]))
    .filter(({ fact }) => !fact.deleted && fact.text === null)
  const isShown = ({ type, id }: { type: string; id: string }) => updatedView(registry, type, id) !== undefined
  for (const { type, id, fact } of without.filter(isShown)) {
    const { version, text } = (await read(database, bound, registry, type, id)) ?? { version: 0, text: null }
    Object.assign(fact, { version, text })
  }
  const bare = without.filter(each => !isShown(each))
  const found = bare.map(({ type, id, fact }) => ({
    type,
    id,
    version: fact.version,
    updatedAt: '',
    deleted: false,
    text: null
  }))
  const documents = await complete(database, bound, registry, found)
  bare.forEach(({ fact }, index) => {
    const { version, text, updatedAt } = documents[index]!
    Object.assign(fact, { version, text }, 'at' in fact && { at: updatedAt })
  })
}

/** The current versions that an answer holds. */
function currentFacts(request: FactRequest, answer: unknown): { type: string; id: string; fact: CurrentFact }[] {
  if (request.kind === 'matches' && request.plan.stored)
    return (answer as MatchFact[]).map(fact => ({ type: request.plan.type, id: fact.id, fact }))
  if (!answer) return []
  if (request.kind === 'current') return [{ ...request, fact: answer as CurrentFact }]
  const { id } = answer as PractitionerFact
  return request.kind === 'practitioner-with' ? [{ type: 'Practitioner', id, fact: answer as PractitionerFact }] : []
}

function factText(sql: SqlText, registry: Registry, request: FactRequest): string {
  switch (request.kind) {
    case 'current':
      return currentText(sql, registry, request)
    case 'matches':
      return matchesText(sql, registry, request.plan)
    case 'referrers':
      return referrersText(sql, registry, request)
    case 'exists':
      return existsText(sql, registry, request)
    case 'directory':
      return `select to_jsonb(d) from npi_directory d where d.npi = ${sql.value(request.npi)}`
    case 'taken':
      return `select to_jsonb(t) from app.taken(${[request.username, request.email, request.phone]
        .map(value => `${sql.value(value ?? null)}::text`)
        .join(', ')}) t`
    case 'practitioner-with':
      return `select jsonb_build_object('id', p.id, 'membership_id', p.membership_id, 'version', p.version, 'deleted', false, 'text', h.document)
        from practitioner_identifiers i
        join practitioners p on p.tenant_id = i.tenant_id and p.id = i.practitioner_id and p.deleted_at is null
        left join resource_history h on h.tenant_id = p.tenant_id and h.type = 'Practitioner' and h.id = p.id and h.version = p.version
        where i.tenant_id = app.tenant_id() and i.system = ${sql.value(request.system)} and i.value = ${sql.value(request.value)} limit 1`
    case 'directory-of':
      return directoryOfText(sql, request)
    case 'account-of':
      return accountOfText(sql, request)
    case 'provider':
      return providerText(sql, request)
    case 'providers-of':
      return providersOfText(sql, request)
    case 'membership-of':
      return membershipOfText(sql, request)
    case 'user-standing':
      return `select to_jsonb(s) from app.user_standing(${sql.value(request.user)}, ${sql.value(request.caller)}) s`
    case 'timetables':
      return timetablesText(sql, request)
    case 'ahead':
      return aheadText(sql, request)
    case 'slots-taken':
      return slotsTakenText(sql, request)
    case 'rows':
      return rowsText(sql, request)
  }
}

/** The view whose rows are updated as resources, when the id is of one. */
function updatedView(registry: Registry, type: string, id: string): ViewSource | undefined {
  const source = sourceOf(registry.get(type)!, id)
  return source?.kind === 'view' && source.updated ? source : undefined
}

function currentText(sql: SqlText, registry: Registry, { type, id }: Request<'current'>): string {
  const view = updatedView(registry, type, id)
  if (view)
    return `select jsonb_build_object('version', v.version, 'deleted', false, 'text', null) from ${view.table} v
      where v.${view.key} = ${sql.value(id.slice(view.prefix.length))}`
  const table = tableSource(registry.get(type)!)!.spec.table
  return `select jsonb_build_object('version', r.version, 'deleted', r.deleted_at is not null, 'text', h.document) from ${table} r
    left join resource_history h on h.tenant_id = r.tenant_id and h.type = ${sql.value(type)} and h.id = r.id and h.version = r.version
    where r.tenant_id = app.tenant_id() and r.id = ${sql.value(id)}`
}

function matchesText(sql: SqlText, registry: Registry, plan: SearchPlan): string {
  const page = pageText(sql, registry, plan)
  if (page === undefined) return `select '[]'`
  return `select coalesce(jsonb_agg(jsonb_build_object('id', m.id, 'version', m.version, 'deleted', false, 'text', m.document,
    'at', m.updated_at at time zone 'UTC' || 'Z')), '[]') from (${page}) m`
}

/** A reference to a computed resource is taken to resolve: what is computed now need not be tomorrow. */
function existsText(sql: SqlText, registry: Registry, { type, id, version }: Request<'exists'>): string {
  const source = sourceOf(registry.get(type)!, id)
  if (source?.kind === 'view') {
    const key = `v.${source.key} = ${sql.value(id.slice(source.prefix.length))}`
    const same = version === undefined ? '' : `and coalesce(to_jsonb(v)->>'version', '1') = ${sql.value(version)}`
    return `select to_jsonb(exists (select from ${source.table} v where ${key} ${same}))`
  }
  if (source?.kind !== 'table') return `select to_jsonb(${version === undefined})`
  return `select to_jsonb(exists (select from ${source.spec.table} r where r.tenant_id = app.tenant_id()
    and r.id = ${sql.value(id)} and r.deleted_at is null ${version === undefined ? '' : versionTest(sql, type, version)}))`
}

/** The current version has a row in the history once it was read. */
function versionTest(sql: SqlText, type: string, version: string): string {
  const number = `${sql.value(version)}::bigint`
  return `and (r.version = ${number} or exists (select from resource_history h where h.tenant_id = r.tenant_id
    and h.type = ${sql.value(type)} and h.id = r.id and h.version = ${number} and not h.deleted))`
}

const directoryOfText = (sql: SqlText, { practitioner }: Request<'directory-of'>): string =>
  `select to_jsonb(d) from practitioner_identifiers i join npi_directory d on d.npi = i.value
    where i.tenant_id = app.tenant_id() and i.practitioner_id = ${sql.value(practitioner)} and i.system = ${sql.value(SYSTEM.npi)}
    order by i.position limit 1`

/** COALESCE keeps it from the index of members, see below. */
const accountOfText = (sql: SqlText, { practitioner }: Request<'account-of'>): string =>
  `select jsonb_build_object('id', r.id, 'clinical', exists (
      select from practitioner_role_codes c join role_codes k on k.system = c.system and k.code = c.code
      where c.tenant_id = r.tenant_id and c.practitioner_role_id = r.id and k.clinical))
    from practitioner_roles r where r.tenant_id = app.tenant_id() and r.practitioner_type = 'Practitioner'
      and r.practitioner_id = ${sql.value(practitioner)} and coalesce(r.membership_id, '') <> '' and r.deleted_at is null limit 1`

/**
 * A role that was deleted is no longer the membership's; a Practitioner of an ended one may be. The membership is looked up by
 * the id: joined, it would be sought among all members while statistics know of none.
 */
function membershipOfText(sql: SqlText, { type, id }: Request<'membership-of'>): string {
  const table = type === 'Practitioner' ? 'practitioners' : 'practitioner_roles'
  return `select to_jsonb(m) || jsonb_build_object('practitioner_id', p.id, 'role_id', r.id) from memberships m
  left join practitioners p on p.tenant_id = m.tenant_id and p.membership_id = m.id and p.deleted_at is null
  left join practitioner_roles r on r.tenant_id = m.tenant_id and r.membership_id = m.id and r.deleted_at is null
  where m.tenant_id = app.tenant_id() and m.id = (select o.membership_id from ${table} o
    where o.tenant_id = app.tenant_id() and o.id = ${sql.value(id)} and o.deleted_at is null)`
}

function rowsText(sql: SqlText, { table, where, shared }: Request<'rows'>): string {
  const tests = Object.entries(where).map(
    // An index is reached by `=`, not by `is not distinct from`.
    ([column, value]) => `t.${name(column)} ${(value ?? null) === null ? 'is null' : `= ${sql.value(value)}`}`
  )
  const scope = shared ? [] : ['t.tenant_id = app.tenant_id()']
  return `select coalesce(jsonb_agg(to_jsonb(t)), '[]') from ${name(table)} t where ${[...scope, ...tests].join(' and ')}`
}
