/**
 * The one way of every write, alone or in a transaction: permit, prepare, validate, look up, decide, commit. Nothing is
 * written before all of it was decided; what moved in the meantime is decided again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fhirError, isFatal, FhirError, retold, type Issue } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import { Duplicate, VersionMoved, type Premise, type UnitOfWork, type Written } from '../store/ports.js'
import type { ValidationIssue } from '../validator/index.js'
import type { Ask, Intent } from './ask.js'
import type { Context } from './context.js'
import { decide, type Decided } from './decide.js'
import { check } from './check.js'
import { withOwnReferences } from './references.js'
import { permit as permitted, refuseMaking, refuseOutside, type Change } from './restriction.js'
import { toldIn } from './bundle-entry.js'
import { settle } from './settle.js'
import { placeOf } from './place-of.js'
import { refuseKept } from './writable.js'
import { placed, refuseInvalid, validate } from './validate.js'

export interface WriteResult {
  /** In the order of the intents; undefined for the delete of what was not there. */
  written: (Written | undefined)[]
  /** Warnings and notes. */
  issues: Issue[]
}

/** Of so many who change one resource at once, each has its turn. */
const ATTEMPTS = 50
/** Longest wait before the second attempt, in milliseconds; before the next ones it grows by as much. */
const WAIT = 2
const LETTER = { create: 'c', update: 'u', patch: 'u', delete: 'd' } as const

export async function write(context: Context, asked: readonly Ask[]): Promise<WriteResult> {
  for (const ask of asked)
    try {
      permit(context, ask)
    } catch (error) {
      throw ask.at === undefined ? error : toldIn(ask.at.replace(/\.resource$/, ''), 'request.url', error)
    }
  const known: Known = new Map()
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptAll(context, asked, known)
    } catch (error) {
      if (!(error instanceof VersionMoved)) throw error
      if (attempt === ATTEMPTS) throw fhirError('conflict', `${error.what} is being changed by others: try again`)
      await sleep(Math.random() * WAIT * attempt)
    }
  }
}

/** Throws VersionMoved when something changed between the decision and the commit. */
async function attemptAll(context: Context, asked: readonly Ask[], known: Known): Promise<WriteResult> {
  const { settled, premises } = await settledWithin(context, asked)
  const intents = settled.flatMap(({ intent }) => intent ?? [])
  for (const { ask, intent } of settled)
    if (ask.query !== undefined && ask.interaction === 'update' && !intent?.found) refuseMaking(context, ask.type)
  const named = settled.filter(({ ask, intent }) => ask.query !== undefined && intent?.found)
  premises.push(
    ...(await refuseOutside(
      context,
      named.map(({ ask, intent }) => changeOf({ ...ask, id: intent!.id }))
    ))
  )
  const { ready, notes } = checkAll(context, inOrder(intents), known)
  const decided = await decide(context, ready)
  const told = decided.flatMap(each => each.issues)
  refuse(told, notes)
  const written = intents.length > 0 ? await commit(context, ready, units(context, decided, premises)) : []
  for (const review of decided.flatMap(each => each.reviews)) told.push(...(await review()))
  const made = new Map(written.map(each => [`${each.type}/${each.id}`, each]))
  for (const { shown } of decided) {
    const document = shown && (await context.store.read(shown.type, shown.as))
    if (document) made.set(`${shown.type}/${shown.id}`, { ...document, created: shown.created })
  }
  return {
    written: settled.map(({ intent, existing }) => (intent ? made.get(`${intent.type}/${intent.id}`) : existing)),
    issues: [...notes, ...told]
  }
}

/** What is asked for, once it is clear that it may be: both are looked up at once, and a refusal is told first. */
async function settledWithin(context: Context, asked: readonly Ask[]): ReturnType<typeof settle> {
  const named = asked.filter(({ query }) => query === undefined)
  const settling = settle(context, asked)
  settling.catch(() => undefined) // heard of below, unless the refusal comes first
  const inside = await refuseOutside(context, named.map(changeOf))
  const { settled, premises } = await settling
  return { settled, premises: [...premises, ...inside] }
}

/** What a write would be refused for, or told of, by the rules and by what stands: all but the commit. */
export async function rehearse(context: Context, ask: Ask): Promise<readonly Issue[]> {
  try {
    permit(context, ask)
    const { settled } = await settledWithin(context, [ask])
    const intents = settled.flatMap(({ intent }) => intent ?? [])
    const decided = await decide(context, checkAll(context, intents, new Map()).ready)
    return decided.flatMap(({ issues }) => issues)
  } catch (error) {
    if (error instanceof FhirError && error.status < 500) return error.issues
    throw error
  }
}

/** A duplicate is told with its place: of two entries of a Bundle, both. */
async function commit(context: Context, intents: readonly Intent[], work: UnitOfWork[]): Promise<Written[]> {
  try {
    return await context.store.commit(work)
  } catch (error) {
    if (!(error instanceof Duplicate)) throw error
    const place = await placeOf(context, intents, error.of)
    throw retold(error, issue => ({ ...issue, ...place }))
  }
}

/** https://hl7.org/fhir/R4/http.html#trules */
const ORDER = { delete: 0, create: 1, update: 2 } as const
const inOrder = (intents: readonly Intent[]): Intent[] =>
  [...intents].sort((a, b) => ORDER[a.interaction] - ORDER[b.interaction])

type Known = Map<Resource, ReturnType<typeof checkIntent>>

/** Throws what is wrong with any of them. What was found on a resource is known by the next attempt. */
function checkAll(context: Context, intents: readonly Intent[], known: Known): { ready: Intent[]; notes: Issue[] } {
  const checked = intents.map(intent => {
    const before = intent.resource && known.get(intent.resource)
    if (before) return { ...before, intent: { ...intent, resource: before.intent.resource! } }
    const made = checkIntent(context, intent)
    if (intent.resource) known.set(intent.resource, made)
    return made
  })
  const issues = refuseInvalid(checked.flatMap(({ found }) => found))
  return {
    ready: checked.map(({ intent }) => intent),
    notes: [...issues, ...checked.flatMap(each => each.notes)]
  }
}

/** The intent as it will be decided, with what was found on it; places are seen from the Bundle when there is one. */
function checkIntent(context: Context, intent: Intent): { intent: Intent; found: ValidationIssue[]; notes: Issue[] } {
  const { type, id, at } = intent
  const resource = intent.resource && withOwnReferences(context, intent.resource)
  if (!resource) return { intent, found: [], notes: [] }
  const checked = check(context.rules, each => validate(context, each, type, at), {
    ...intent,
    resource: { ...resource, id }
  })
  const notes = checked.notes.map(note => placed(note, at))
  return { intent: { ...intent, resource: checked.resource }, found: checked.found, notes }
}

const changeOf = ({ interaction, type, id }: Ask): Change => ({ letter: LETTER[interaction], type, id })

function permit(context: Context, ask: Ask): void {
  permitted(context, ask.type, LETTER[ask.interaction])
  refuseKept(context.registry, ask)
}

/** Refusals by rules are 422, but for those that say that the caller may not, or that something is there already. */
function refuse(issues: readonly Issue[], notes: readonly Issue[]): void {
  const fatal = issues.filter(isFatal)
  if (fatal.length === 0) return
  const status = { forbidden: 403, duplicate: 409, conflict: 409 }[fatal[0]!.code as string] ?? 422
  throw new FhirError([...fatal, ...issues.filter(issue => !isFatal(issue)), ...notes], { status })
}

/** One unit a tenant, in order of first appearance; what was searched is the caller's own. */
function units(context: Context, decided: readonly Decided[], searched: Premise[]): UnitOfWork[] {
  const byTenant = new Map<string, UnitOfWork>()
  const unitOf = (tenant: string): UnitOfWork => {
    const unit = byTenant.get(tenant) ?? {
      tenant,
      writes: [],
      rows: [],
      audit: [],
      outbox: [],
      claims: [],
      locks: []
    }
    byTenant.set(tenant, unit)
    return unit
  }
  if (searched.length > 0) unitOf(context.tenant.id).premises = searched
  for (const { tenant, unit } of decided) {
    const joined = unitOf(tenant)
    joined.writes.push(...unit.writes)
    joined.rows.push(...unit.rows)
    joined.audit.push(...unit.audit)
    joined.outbox.push(...unit.outbox)
    joined.claims?.push(...(unit.claims ?? []))
    joined.locks.push(...unit.locks)
    joined.targets = [...(joined.targets ?? []), ...(unit.targets ?? [])]
    joined.premises = [...(joined.premises ?? []), ...(unit.premises ?? [])]
  }
  return [...byTenant.values()]
}
