/** Booking as the write path of Appointment: from which status to which, and the Slots that it takes or leaves (S8). */
import { parseSlotId, slotSpan } from '../../domain/availability/index.js'
import { mayFollow, occupies, slotTaken } from '../../domain/booking/index.js'
import { error, type Issue } from '../../fhir/errors.js'
import type { JsonObject, Resource } from '../../fhir/types.js'
import type { AuditEntry, Claim, FactRequest } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { complete } from './complete.js'
import { holdOf, withHold } from './hold.js'
import { strangers, withAccepted, withExpected } from './expected.js'
import { sameTime, slotIds, withTimes } from './slots.js'

const booking: WriteRule = {
  key: 'booking',
  when: () => true,
  prepare: ({ resource }) => ({ resource: withTimes(resource!), issues: [] }),
  facts: takenOf,
  decide
}

export const appointmentRules: readonly WriteRule[] = [booking]

/** What others have by now need not be tried; what this transaction gives up is not theirs. */
function takenOf(write: RuleWrite, env: RuleEnv): FactRequest[] {
  const { windows = [], keep } = claimOf(write, env) ?? {}
  if (windows.length === 0 || keep) return []
  const holders = env.writes.filter(({ type }) => type === write.type).map(({ id }) => id)
  return [{ kind: 'slots-taken', slots: windows.map(slotOf), holders }]
}

function slotOf(id: string) {
  const key = parseSlotId(id)
  const iso = (at: number): string => new Date(at).toISOString()
  if (!key) return { id }
  const { start, end } = slotSpan(key)
  return { id, calendar: key.scheduleKey, start: iso(start), end: iso(end) }
}

function decide(write: RuleWrite, [taken = []]: unknown[], env: RuleEnv): Decision {
  const { resource, current } = write
  const issues = [
    ...(resource ? issuesOf(resource, current, env) : []),
    ...(taken as string[]).map(id => error('conflict', slotTaken(id), 'Appointment.slot', 'slot-taken'))
  ]
  if (issues.length > 0) return { issues }
  const claim = claimOf(write, env)
  return {
    ...(resource && { resource: kept(resource, current) }),
    ...(claim && { claims: [claim] }),
    audit: auditOf(write, env)
  }
}

function issuesOf(resource: Resource, current: Resource | undefined, env: RuleEnv): Issue[] {
  const status = String(resource.status)
  const follows = mayFollow(current?.status as string | undefined, status)
  const contained = ((resource.contained ?? []) as JsonObject[]).findIndex(each => each.resourceType === 'Patient')
  return [
    ...(follows.ok ? [] : [error('business-rule', follows.reason, 'Appointment.status', 'S8')]),
    ...(current && staysIn(resource, current) ? strangers(resource, current) : []),
    ...(contained < 0 ? [] : [error('business-rule', NO_PATIENTS, `Appointment.contained[${contained}]`, 'S8')]),
    ...(occupies(status) && slotIds(resource).length === 0 && !isPast(resource, env)
      ? [error('business-rule', NO_SLOT, 'Appointment.slot', 'S8')]
      : [])
  ]
}

const NO_PATIENTS = 'No patient records are kept here: refer to the patient, or give a display'
const NO_SLOT =
  'An appointment that takes time names the Slots that it takes: find a free one by GET Slot?status=free or Appointment/$find'

const isPast = ({ end }: Resource, { now }: RuleEnv): boolean => Date.parse(String(end)) <= now.getTime()

/** A past appointment by no computed Slot is a record of what was, and takes nobody's time. */
const isRecord = (resource: Resource, env: RuleEnv): boolean =>
  isPast(resource, env) && slotIds(resource).every(id => !id.startsWith('s.'))

/** Whether it has its time already, and keeps it. */
const staysIn = (resource: Resource, current: Resource): boolean =>
  occupies(current.status as string) &&
  occupies(resource.status as string) &&
  slotIds(resource).length > 0 &&
  sameTime(resource, current)

function claimOf({ type, id, resource, current }: RuleWrite, env: RuleEnv): Claim | undefined {
  const held = occupies(current?.status as string | undefined)
  const base = { type: 'Slot', holder: { type, id }, env: { now: env.now, tenant: env.tenant } }
  const leave = held ? { ...base, windows: [] } : undefined
  if (!resource || !occupies(resource.status as string)) return leave
  if (held && sameTime(resource, current!)) {
    const confirmed = current!.status === 'pending' && resource.status !== 'pending'
    return confirmed ? { ...base, windows: slotIds(resource), keep: true } : undefined
  }
  if (slotIds(resource).length === 0 || isRecord(resource, env)) return leave
  const hold = resource.status === 'pending' ? { hold: env.tenant.appointments.holdMinutes } : {}
  return { ...base, windows: slotIds(resource), ...hold, complete }
}

/** What only the server says stays as it was; the reason of a cancelation is kept. */
function kept(resource: Resource, current: Resource | undefined): Resource {
  const stays = resource.status === 'pending' && current?.status === 'pending' && sameTime(resource, current)
  const ended = resource.status === 'cancelled' && current?.status === 'cancelled'
  const reason = ended ? current.cancelationReason : undefined
  const whole = current && staysIn(resource, current) ? withExpected(resource, current) : resource
  const isBooked = resource.status === 'booked' && current?.status !== 'booked'
  return {
    ...withHold(isBooked ? withAccepted(whole) : whole, stays ? holdOf(current) : undefined),
    ...(reason !== undefined && resource.cancelationReason === undefined && { cancelationReason: reason })
  }
}

const NAMES: Record<string, string> = { pending: 'HELD', noshow: 'MISSED' }

/** A change of status or of time has a name of its own. */
function auditOf({ type, id, resource, current }: RuleWrite, env: RuleEnv): AuditEntry[] {
  if (!resource) return []
  const [from, to] = [current?.status as string | undefined, String(resource.status)]
  const moved = current !== undefined && !sameTime(resource, current)
  if (from === to && !moved) return []
  const name = from === to ? 'RESCHEDULED' : (NAMES[to] ?? to.replaceAll('-', '_').toUpperCase())
  const detail = { ...(from && { from }), to, slots: slotIds(resource).join(' ') }
  return [{ key: env.newId(), action: `APPOINTMENT_${name}`, type, id, detail }]
}
