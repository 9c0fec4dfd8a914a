/**
 * Claims: windows taken and left within a commit (S8). First the locks of those whose time it is, in one order; then what
 * the claimers have is let go, and holds that ran out; only then is it read what is free, and the seats are taken.
 */
import { fhirError, retold } from '../../fhir/errors.js'
import type { Window } from '../../search/computed.js'
import { computedSource, type Registry } from '../../search/registry.js'
import type { Claim, ResourceWrite, UnitOfWork } from '../ports.js'
import { computedStore, within } from './computed-store.js'
import { confirmSeats, lockStatements, seatStatements } from './claims-text.js'
import type { Bound, Statement, Transaction } from './statement.js'

export interface Settled {
  /** The unit's writes, those of claimers completed by what they got. */
  writes: ResourceWrite[]
  /** Statements that were sent, but not waited for. Throws FhirError 409 when a seat is gone after all. */
  done: Promise<unknown>[]
}

export async function settleClaims(
  trx: Transaction,
  bound: Bound,
  registry: Registry,
  { claims = [], writes }: UnitOfWork
): Promise<Settled> {
  const settled: Settled = { writes, done: [] }
  if (claims.length === 0) return settled
  const locked = trx.pipeline(lockStatements(claims))
  locked.catch(() => undefined)
  for (const claim of claims) {
    // Sent behind the locks, so it waits for them, and costs no round trip of its own.
    const taking = claim.windows.length > 0 && !claim.keep ? take(trx, bound, registry, claim) : undefined
    taking?.catch(() => undefined)
    const now = ((await locked).at(-1) as [{ now: string }])[0].now
    const heldUntil = claim.hold ? new Date(Date.parse(now) + claim.hold * 60_000).toISOString() : undefined
    try {
      const windows = (await taking) ?? []
      settled.writes = completed(settled.writes, claim, windows, heldUntil)
      settled.done.push(...seat(trx, registry, claim, windows, heldUntil))
    } catch (error) {
      throw toldAt(claim, error)
    }
  }
  return settled
}

/** What refuses a claim is told at its holder: in a Bundle there are others. */
const toldAt = ({ holder: { type }, at = type }: Claim, error: unknown): unknown =>
  retold(error, issue => ({ ...issue, expression: (issue.expression ?? type).replace(/^[A-Za-z]+/, at) }))

function take(trx: Transaction, bound: Bound, registry: Registry, claim: Claim): Promise<Window[]> {
  const source = computedSource(registry.get(claim.type))
  if (!source?.take) throw new Error(`${claim.type} cannot be claimed`)
  return source.take({ ...claim.env, store: computedStore(within(trx), bound, registry) }, claim.windows)
}

function completed(
  writes: ResourceWrite[],
  { holder, complete }: Claim,
  windows: readonly Window[],
  heldUntil: string | undefined
): ResourceWrite[] {
  return writes.map(write =>
    complete && windows.length > 0 && write.resource && write.type === holder.type && write.id === holder.id
      ? { ...write, resource: complete(write.resource, windows, heldUntil) }
      : write
  )
}

function seat(
  trx: Transaction,
  registry: Registry,
  claim: Claim,
  windows: readonly Window[],
  heldUntil: string | undefined
): Promise<unknown>[] {
  const { holder, keep } = claim
  const seated = keep
    ? [sent(trx, [confirmSeats(holder.id)], rows => rows.length >= claim.windows.length, ranOut(claim))]
    : windows.map(window => {
        const statements = seatStatements(registry, claim, window, heldUntil)
        return sent(trx, statements, rows => rows.length === 1, taken(window))
      })
  return seated.map(each =>
    heard(
      each.catch((error: unknown) => {
        throw toldAt(claim, error)
      })
    )
  )
}

/** The last statement answers with the seats. */
function sent(
  trx: Transaction,
  statements: Statement[],
  right: (seats: unknown[]) => boolean,
  otherwise: Error
): Promise<void> {
  return trx.pipeline(statements).then(answers => {
    if (!right(answers.at(-1)!)) throw otherwise
  })
}

/** Whoever waits for it hears of a failure; nobody may. */
function heard<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined)
  return answer
}

const taken = ({ id }: Window): Error =>
  fhirError('conflict', `Slot/${id} is taken: choose another that is free`, { rule: 'slot-taken' })

const ranOut = ({ holder: { type, id } }: Claim): Error =>
  fhirError('conflict', `The hold of ${type}/${id} ran out: choose a free Slot again`, { rule: 'hold-expired' })
