/** The write rules of Slot. */
import { error, warning } from '../../fhir/errors.js'
import { parseReference } from '../../fhir/reference.js'
import type { Resource } from '../../fhir/types.js'
import type { AheadFact, FactRequest } from '../../store/ports.js'
import type { RuleWrite, WriteRule } from '../../store/write-rule.js'
import { listed } from '../appointments-ahead.js'

/** R4 has no invariant for it, but a Slot that ends before it starts takes no time and can never be found. */
const endAfterStart: WriteRule = {
  key: 'slot-period',
  when: ({ resource }) => resource !== undefined,
  decide: ({ resource }) => {
    const [start, end] = spanOf(resource!)
    return start < end ? {} : { issues: [error('business-rule', 'end must be after start', 'Slot.end', 'S8')] }
  }
}

interface Seat {
  appointment_id: string
}

/** A Slot in which somebody sits changes through the Appointment. */
const booked: WriteRule = {
  key: 'slot-booked',
  when: ({ interaction }) => interaction !== 'create',
  facts: ({ id }) => [{ kind: 'rows', table: 'slot_seats', where: { slot_id: id } }],
  decide: ({ id }, [seats]) => {
    const [seat] = seats as Seat[]
    if (!seat) return {}
    const text = `Slot/${id} is taken by Appointment/${seat.appointment_id}: cancel or move that first`
    return { issues: [error('conflict', text, 'Slot.status', 'S8')] }
  }
}

const BLOCKING = ['busy', 'busy-unavailable', 'busy-tentative']

/** Blocks may overlap what is booked, since life does: whoever sets one is told whom to call. */
const overlapping: WriteRule = {
  key: 'slot-overlap',
  when: ({ resource }) => BLOCKING.includes(String(resource?.status)),
  facts: bookedIn,
  decide: (_write, [found], env) => {
    const { total, first } = (found ?? { total: 0, first: [] }) as AheadFact
    if (total === 0) return {}
    const text = `Appointments are booked in this time, and stay: ${listed(first, env.tenant.timeZone, total)}`
    return { issues: [warning('conflict', text, 'Slot.start', 'S8')] }
  }
}

/** In all clinics of the one whose time it is. */
function bookedIn({ resource }: RuleWrite): FactRequest[] {
  const reference = (resource!.schedule as { reference?: string } | undefined)?.reference
  const schedule = reference === undefined ? undefined : parseReference(reference)
  const span = spanOf(resource!)
  // A leap second is an instant of FHIR, and none of Date.
  if (!schedule || span.some(Number.isNaN)) return []
  const [since, until] = span.map(at => new Date(at).toISOString())
  return [{ kind: 'ahead', of: 'calendar', id: schedule.id, since: since!, until: until! }]
}

const spanOf = ({ start, end }: Resource): [number, number] => [Date.parse(String(start)), Date.parse(String(end))]

export const slotRules: readonly WriteRule[] = [endAfterStart, booked, overlapping]
