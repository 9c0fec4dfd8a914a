/** What a set of writes amounts to: facts looked up in one statement a tenant, then the rules' decisions. */
import { v7 as newId } from 'uuid'
import { credentialIssues } from '../fhir/credentials.js'
import { error, fhirError, isFatal, type Issue } from '../fhir/errors.js'
import type { CurrentFact, FactRequest, Premise, ResourceWrite, UnitOfWork } from '../store/ports.js'
import type { ComputedEnv } from '../search/computed.js'
import { sourceOf } from '../search/registry.js'
import type { RuleEnv, RuleWrite, WriteRule } from '../store/write-rule.js'
import type { Context, TenantSettings } from './context.js'
import { refuseOther, standing } from './current.js'
import { danglingIssues } from './referrers.js'
import { literalReferences, nameOf, unresolved } from './references.js'
import { placed, profiled, toIssue } from './validate.js'
import type { Intent } from './ask.js'

export interface Decided {
  tenant: string
  issues: Issue[]
  unit: Omit<UnitOfWork, 'tenant'>
  /** To be asked when all is committed. */
  reviews: (() => Promise<Issue[]>)[]
  /** What is written is no row of the resource's own: under which id it shows. */
  shown?: { type: string; id: string; as: string; created: boolean }
}

/** A write on its way, with the facts that were found for it. */
interface Case {
  intent: Intent
  rules: WriteRule[]
  tenant: string
  current: CurrentFact | null
  write: RuleWrite
}

export async function decide(context: Context, intents: readonly Intent[]): Promise<Decided[]> {
  const cases = await Promise.all(intents.map(intent => open(context, intent)))
  const decided: Decided[] = []
  for (const tenant of new Set(cases.map(each => each.tenant)))
    decided.push(
      ...(await decideFor(
        context,
        tenant,
        cases.filter(each => each.tenant === tenant),
        cases
      ))
    )
  return decided
}

/** Finds the rules that concern the intent, and the tenant that it is for. */
async function open(context: Context, intent: Intent): Promise<Case> {
  const write: RuleWrite = intent
  const rules = (context.rules.get(intent.type) ?? []).filter(rule => rule.means === write.means && rule.when(write))
  const target = rules.map(rule => rule.target?.(write)).find(each => each !== undefined)
  const tenant = target ?? context.tenant.id
  if (tenant !== context.tenant.id && (await context.system.tenantPosition(context.tenant.id, tenant)) !== 'below')
    throw fhirError('forbidden', 'The organization is neither your tenant nor one below it', {
      expression: `${intent.at ?? intent.type}.organization`,
      rule: 'P7'
    })
  return { intent, rules, tenant, current: null, write }
}

async function decideFor(context: Context, tenant: string, cases: Case[], all: readonly Case[]): Promise<Decided[]> {
  const store = tenant === context.tenant.id ? context.store : context.forTenant(tenant)
  const settings = tenant === context.tenant.id ? context.tenant : await context.tenantSettings(tenant)
  if (!settings) throw fhirError('forbidden', 'The tenant that the organization names is not active', { rule: 'P7' })
  await loadCurrent(store, cases)
  const env = environment(
    context,
    settings,
    all.map(({ write }) => write)
  )
  const asked = cases.map(({ write, rules }) => rules.map(rule => rule.facts?.(write, env) ?? []))
  const references = literalReferences(
    context,
    cases.map(({ intent }) => intent)
  )
  const requests: FactRequest[] = [...references, ...asked.flat(2)]
  const facts = await store.facts(requests)
  let next = references.length
  const decided: Decided[] = []
  for (const [index, each] of cases.entries()) {
    const known = asked[index]!.map(requests => ({ requests, answers: requests.map(() => facts[next++]) }))
    const one = await decideOne(each, known, env, { store, now: context.now, tenant: settings })
    one.issues.push(...madeIssues({ ...context, tenant: settings }, each.intent.at, one.unit.writes))
    decided.push({ tenant, ...one })
  }
  if (settings.references === 'resolve') {
    checkReferences(context, cases, decided, references, facts)
    await checkReferrers(store, cases, decided)
  }
  return decided
}

function environment(context: Context, tenant: TenantSettings, writes: readonly RuleWrite[]): RuleEnv {
  return {
    now: context.now,
    tenant,
    caller: context.tenant.id,
    writes,
    has: scope => context.has(scope),
    newId: () => newId(),
    hash: password => context.hash(password)
  }
}

/** What stands now: for updates and deletes. Refuses what If-Match does not match. */
async function loadCurrent(store: Context['store'], cases: Case[]): Promise<void> {
  for (const each of cases) each.current = each.intent.found ?? null
  const sought = cases.filter(({ intent }) => intent.interaction !== 'create' && !intent.found)
  const facts = await store.facts(sought.map(({ intent: { type, id } }) => ({ kind: 'current' as const, type, id })))
  sought.forEach((each, index) => (each.current = facts[index] as CurrentFact | null))
  for (const each of cases) {
    if (each.intent.interaction === 'create') continue
    refuseOther(each.intent, each.current)
    const current = standing(each.current)
    if (current) each.write = { ...each.write, current }
  }
}

async function decideOne(
  each: Case,
  known: readonly Omit<Premise, 'of'>[],
  env: RuleEnv,
  after: ComputedEnv
): Promise<Omit<Decided, 'tenant'>> {
  const { intent, current } = each
  const unit: Decided['unit'] = { writes: [], rows: [], audit: [], outbox: [], claims: [], locks: [], premises: [] }
  const issues: Issue[] = []
  const reviews: Decided['reviews'] = []
  let write = each.write
  let columns: Record<string, unknown> | undefined
  if (intent.interaction === 'delete' && !write.current) return { issues, unit, reviews }
  for (const [index, rule] of each.rules.entries()) {
    const decision = (await rule.decide?.(write, [...known[index]!.answers], env)) ?? {}
    issues.push(...(decision.issues ?? []).map(issue => placed(issue, intent.at)))
    if (decision.resource) write = { ...write, resource: decision.resource }
    if (decision.columns) columns = { ...columns, ...decision.columns }
    unit.writes.push(...(decision.writes ?? []))
    unit.rows.push(...(decision.rows ?? []))
    unit.audit.push(...(decision.audit ?? []))
    unit.outbox.push(...(decision.outbox ?? []))
    unit.claims!.push(...(decision.claims ?? []).map(claim => ({ ...claim, at: intent.at })))
    const { review, premise } = decision
    if (premise) unit.premises!.push({ of: premise, ...known[index]! })
    if (review) reviews.push(async () => (await review(after)).map(issue => placed(issue, intent.at)))
    if (issues.some(isFatal)) return { issues, unit, reviews }
    if (decision.shownAs) {
      const shown = { type: write.type, id: write.id, as: decision.shownAs, created: !write.current }
      return { issues, unit, reviews, shown }
    }
  }
  if (!unit.audit.some(({ type, id }) => type === write.type && id === write.id)) unit.audit.push(auditOf(write, env))
  unit.writes.push(rootWrite(intent, write, current, columns))
  for (const { type, resource } of unit.writes) issues.push(...credentialIssues(resource, intent.at ?? type))
  return { issues, unit, reviews }
}

/** What rules make of a part of a resource is held to what the tenant requires of its type. */
function madeIssues(context: Context, at: string | undefined, writes: readonly ResourceWrite[]): Issue[] {
  return writes.flatMap(({ type, resource, from }) => {
    if (from === undefined || !resource || !Object.hasOwn(context.tenant.profiles, type)) return []
    const found = profiled(context, resource, type).filter(({ severity }) => severity === 'error')
    return found.map(issue => placed({ ...toIssue(issue), expression: issue.expression.replace(type, from) }, at))
  })
}

function rootWrite(
  intent: Intent,
  { resource }: RuleWrite,
  current: CurrentFact | null,
  columns?: Record<string, unknown>
): ResourceWrite {
  const { type, id, interaction } = intent
  return {
    type,
    id,
    expected: current?.version ?? 0,
    ...(interaction === 'create' && { fresh: true }),
    ...(resource && { resource }),
    ...(columns && { columns })
  }
}

const DONE = { create: 'CREATED', update: 'UPDATED', delete: 'DELETED' } as const

/** Every write leaves a trace, also where no rule has a word of its own for it. */
const auditOf = ({ interaction, type, id, current }: RuleWrite, env: RuleEnv) => ({
  key: env.newId(),
  action: `${type.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}_${DONE[current ? interaction : 'create']}`,
  type,
  id
})

/** What the client deletes must not be referred to; what rules delete along with it is theirs to judge. */
async function checkReferrers(store: Context['store'], cases: readonly Case[], decided: Decided[]): Promise<void> {
  const standing = cases.map(({ intent, write }) =>
    write.current ? intent : { ...intent, interaction: 'update' as const }
  )
  if (!standing.some(({ interaction }) => interaction === 'delete')) return
  const written = new Set(decided.flatMap(({ unit }) => unit.writes.map(({ type, id }) => `${type}/${id}`)))
  const { issues, premises } = await danglingIssues(store, standing, written)
  for (const [index, issue] of issues) decided[index]!.issues.push(issue)
  decided[0]!.unit.premises = [...(decided[0]!.unit.premises ?? []), ...premises]
}

/** References of what will be written must resolve among what is written, or in the tenant, or in the directory. */
function checkReferences(
  context: Context,
  cases: readonly Case[],
  decided: Decided[],
  requests: readonly Extract<FactRequest, { kind: 'exists' }>[],
  facts: readonly unknown[]
): void {
  const known = new Set(requests.filter((_, index) => facts[index] === true).map(nameOf))
  const gone = new Set<string>()
  // What is computed or shown from elsewhere is never deleted.
  decided[0]!.unit.targets = requests.filter(
    ({ type, id }, index) => facts[index] === true && sourceOf(context.registry.get(type)!, id)?.kind === 'table'
  )
  for (const { unit } of decided)
    for (const { type, id, resource, expected } of unit.writes) {
      const set = resource ? known : gone
      set.add(nameOf({ type, id })).add(nameOf({ type, id, version: `${expected + 1}` }))
    }
  cases.forEach(({ intent }, index) => {
    for (const { reference, path } of unresolved(context, intent, known, gone))
      decided[index]!.issues.push(
        error(
          'not-found',
          `${reference} does not exist: create it first, or in the same transaction`,
          path,
          'reference'
        )
      )
  })
}
