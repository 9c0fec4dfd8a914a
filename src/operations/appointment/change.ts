/** What the operations of Appointment do: a write like any other, answered by a Bundle with the Appointment. */
import { v7 as newId } from 'uuid'
import { mayFollow } from '../../domain/booking/index.js'
import { readJson } from '../../fhir/digits.js'
import { FhirError, fhirError, type Issue } from '../../fhir/errors.js'
import { outcome } from '../../fhir/outcome.js'
import type { Resource } from '../../fhir/types.js'
import type { Ask } from '../../interactions/ask.js'
import type { Context, FhirResponse, OperationCall } from '../../interactions/context.js'
import { preconditionOf } from '../../interactions/current.js'
import { notPermitted } from '../../interactions/refuse.js'
import { run } from '../../interactions/plan.js'
import { bundleText, planOf } from '../../interactions/search-type.js'
import { write } from '../../interactions/write.js'

/** What operations can be asked for, the Appointment by its reference or as a resource. */
export const NAMES = ['appointment-reference', 'appt-id', 'appointment-resource', 'appt-resource'] as const

/** The Appointment as it stands. Throws FhirError 403, 404, 410. */
export async function standing(context: Context, id: string): Promise<Resource & { id: string }> {
  if (!context.may('Appointment', 'r')) throw notPermitted('Appointment', 'r')
  await context.store.endHolds()
  const document = await context.store.read('Appointment', id)
  if (!document) throw fhirError('not-found', `There is no Appointment/${id}`)
  if (document.deleted) throw fhirError('deleted', `Appointment/${id} was deleted`)
  return readJson(document.text) as Resource & { id: string }
}

/** Elements set, and participants added to whoever takes part when it is written. */
export const patched = (id: string, elements: object, participants: readonly object[] = []): Ask => ({
  interaction: 'patch',
  type: 'Appointment',
  id,
  patch: [
    ...Object.entries(elements).filter(([, value]) => value !== undefined),
    ...participants.map(participant => ['participant/-', participant] as const)
  ].map(([name, value]) => ({ op: 'add' as const, path: `/${name}`, value: value as unknown }))
})

/**
 * A new one; or, sent once more with the same identifier while the first one lives, that one: booked, where it was only
 * held and is to be booked now. An Appointment that exists is changed to what was sent.
 */
export async function placed(context: Context, appointment: Resource): Promise<Ask> {
  const { id, ...resource } = appointment
  const type = 'Appointment'
  const stored = id === undefined ? undefined : await context.store.read(type, id)
  if (stored && !stored.deleted) return { interaction: 'update', type, id: id!, resource: appointment }
  const [{ system, value } = {}] = (resource.identifier ?? []) as { system?: string; value?: string }[]
  const token = `${escaped(system ?? '')}|${escaped(value ?? '')}`
  const query = `identifier=${encodeURIComponent(token)}&status=pending,booked`
  const held = value !== undefined && resource.status === 'booked' ? await heldBy(context, query) : undefined
  if (held && slotsOf(held) === slotsOf(resource)) return confirmed(held, resource)
  return { interaction: 'create', type, id: newId(), resource: resource, ...(value && { query }) }
}

/** The one Appointment that is held under an identifier. */
async function heldBy(context: Context, query: string): Promise<Resource | undefined> {
  const { matches } = await run(context, planOf(context, 'Appointment', `${query}&_count=2`, true))
  const [found, ...more] = matches.map(({ text }) => readJson(text) as Resource)
  return more.length === 0 && found?.status === 'pending' ? found : undefined
}

export type Who = { reference?: string; display?: string }
type Participant = { actor?: Who; status?: string }
export const participants = ({ participant }: Resource): Participant[] => (participant ?? []) as Participant[]
const nameOf = ({ actor: { reference, display } = {} }: Participant): string | undefined => reference ?? display

/** Those who do not take part yet. */
export function newcomers(appointment: Resource, people: readonly Participant[]): Participant[] {
  const known = new Set(participants(appointment).map(nameOf))
  return people.filter(each => !known.has(nameOf(each)))
}

/** A held one with the comment of what was sent, and who is new in it. */
const confirmed = (held: Resource, sent: Resource): Ask =>
  patched(held.id!, { status: 'booked', comment: sent.comment }, newcomers(held, participants(sent)))

const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&')

/** Writes all or nothing, and answers with the first: the one that If-Match is about. */
export async function answered(
  context: Context,
  { request }: OperationCall,
  [ask, ...others]: readonly [Ask, ...Ask[]]
): Promise<FhirResponse> {
  const { ifMatch } = preconditionOf(request.headers)
  const asks = [{ ...ask, ...(ifMatch !== undefined && { ifMatch }) }, ...others] as const
  const { written, issues } = await write(context, asks).catch(async (error: unknown) => {
    if (error instanceof FhirError && error.status === 422) await refuseStatus(context, ask)
    throw error
  })
  const [first] = written
  refuseOtherSlots(ask, readJson(first!.text) as Resource)
  return { status: 200, headers: {}, body: bundleOf(context, [`${first!.id}`, first!.text], issues) }
}

/** Why an Appointment that stands cannot have the status that was asked for: before all that this would also break. */
async function refuseStatus(context: Context, { id, patch = [] }: Ask): Promise<void> {
  const wanted = patch.find(({ path }) => path === '/status')
  if (!wanted || !('value' in wanted)) return
  const { status } = await standing(context, id)
  const follows = mayFollow(String(status), String(wanted.value))
  if (!follows.ok) throw fhirError('business-rule', follows.reason, { expression: 'Appointment.status', rule: 'S8' })
}

/** An identifier that stands for another booking is no retry. */
function refuseOtherSlots({ query, resource }: Ask, found: Resource): void {
  if (query === undefined || slotsOf(resource!) === slotsOf(found)) return
  throw fhirError('duplicate', `Appointment/${found.id} has this identifier, and other Slots: send a new identifier`, {
    expression: 'Appointment.identifier'
  })
}

const slotsOf = ({ slot }: Resource): string =>
  ((slot ?? []) as { reference?: string }[])
    .map(({ reference }) => reference)
    .sort()
    .join()

function bundleOf({ base }: Context, [id, text]: [string, string], issues: readonly Issue[]): string {
  const entry = `{"fullUrl":${JSON.stringify(`${base}/Appointment/${id}`)},"resource":${text},"search":{"mode":"match"}}`
  // That an Appointment has no narrative says nothing to who books: $validate tells it.
  const worth = issues.filter(({ rule }) => rule !== 'dom-6')
  const told = worth.length > 0 ? [JSON.stringify({ resource: outcome(worth), search: { mode: 'outcome' } })] : []
  return bundleText({ resourceType: 'Bundle', type: 'searchset', total: 1 }, [entry, ...told])
}

/** Of what an operation needs to know which Appointment is meant. */
export const nameOne = (operation: string) =>
  fhirError('required', `$${operation} needs an appointment-reference or an appointment-resource`, {
    expression: 'appointment-reference'
  })
