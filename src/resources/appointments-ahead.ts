/** S9: what is booked with is not deleted; what changes around a booking is told, and the appointment stays. */
import type { PractitionerRole } from 'fhir/r4.js'
import { isoAt, isWorked } from '../domain/availability/index.js'
import { error, warning, type Issue } from '../fhir/errors.js'
import type { ComputedEnv } from '../search/computed.js'
import type { AheadFact, FactRequest } from '../store/ports.js'
import type { RuleEnv, RuleWrite, WriteRule } from '../store/write-rule.js'
import { isOneOf } from '../search/params.js'
import { MEMBERSHIP_STATUS } from './practitioner-role/codes.js'
import { offersIn } from './slot/walk.js'

type Of = Extract<FactRequest, { kind: 'ahead' }>['of']
type Appointment = AheadFact['first'][number]

const OF: Readonly<Record<string, Of>> = {
  Schedule: 'schedule',
  PractitionerRole: 'role',
  HealthcareService: 'service',
  Practitioner: 'practitioner',
  Location: 'location'
}

const facts = ({ type, id }: RuleWrite, { now }: RuleEnv): FactRequest[] => [
  { kind: 'ahead', of: OF[type]!, id, since: now.toISOString() }
]

/** Of Schedule, PractitionerRole and HealthcareService. */
export const keepBooked: WriteRule = {
  key: 'keep-booked',
  when: ({ interaction }) => interaction === 'delete',
  facts,
  decide: (write, [found], env) => ({ issues: bookedWith(write, found as AheadFact, 'cancel or move them first', env) })
}

/** An error when anything is booked with it; `way`: what to do then. */
export function bookedWith({ type, id }: RuleWrite, { total, first }: AheadFact, way: string, env: RuleEnv): Issue[] {
  if (total === 0) return []
  const many = total === 1 ? '1 future appointment is' : `${total} future appointments are`
  const text = `${many} booked with ${type}/${id}: ${way} (${listed(first, env.tenant.timeZone, total)})`
  return [error('conflict', text, type, 'S9')]
}

/** Of all who take part: looks, once the change stands, whether each appointment could still be made. */
export const tellStranded: WriteRule = {
  key: 'tell-stranded',
  when: ({ interaction }) => interaction === 'update',
  facts: (write, env) => (accountOf(write) ? aheadOf(accountOf(write)!, env) : facts(write, env)),
  decide: ({ type }, [found]) => {
    const { first } = found as AheadFact
    // Extra openings lie outside of the hours on purpose.
    const computed = first.filter(({ slot }) => slot.startsWith('s.'))
    return computed.length > 0 ? { review: env => review(env, computed, type) } : {}
  }
}

/** The same for what an operation does: `$disable` of an account role, `$erase` of a Practitioner. */
export const tellStrandedBy = (means: string): WriteRule => ({ ...tellStranded, key: `tell-stranded-${means}`, means })

/** An account is one person's in all of their roles, so its state is theirs, too. */
function accountOf({ type, current }: RuleWrite): string | undefined {
  const { extension = [], practitioner } = (current ?? {}) as Partial<PractitionerRole>
  const isAccount = type === 'PractitionerRole' && extension.some(({ url }) => url === MEMBERSHIP_STATUS)
  return isAccount ? /^Practitioner\/(.+)$/.exec(practitioner?.reference ?? '')?.[1] : undefined
}

const aheadOf = (practitioner: string, { now }: RuleEnv): FactRequest[] => [
  { kind: 'ahead', of: 'practitioner', id: practitioner, since: now.toISOString() }
]

async function review(env: ComputedEnv, appointments: readonly Appointment[], type: string): Promise<Issue[]> {
  const stranded = await strandedOf(env, appointments)
  if (stranded.length === 0) return []
  const text = `${stranded.length} of the future appointments no longer lie in hours that are offered; they stay: ${listed(stranded, env.tenant.timeZone)}`
  return [warning('business-rule', text, type, 'S9')]
}

async function strandedOf(env: ComputedEnv, appointments: readonly Appointment[]): Promise<Appointment[]> {
  const window = {
    start: Math.min(...appointments.map(({ start }) => start)),
    end: Math.max(...appointments.map(({ end }) => end))
  }
  const ids = (list: (string | null)[]): string[] => [...new Set(list.flatMap(id => id ?? []))]
  const stage = (booked: readonly Appointment[]) => ({
    where: [isOneOf('Schedule', ids(booked.map(({ schedule }) => schedule)))]
  })
  const served = appointments.filter(({ service }) => service !== null)
  const plain = appointments.filter(({ service }) => service === null)
  const offers = await offersIn(
    env,
    [
      ...(plain.length > 0 ? [stage(plain)] : []),
      ...(served.length > 0
        ? [
            {
              ...stage(served),
              services: { where: [isOneOf('HealthcareService', ids(served.map(({ service }) => service)))] }
            }
          ]
        : [])
    ],
    window
  )
  return appointments.filter(booked => {
    const offer = offers.find(
      ({ schedule, service }) => schedule.id === booked.schedule && (service?.id ?? null) === booked.service
    )
    return !offer || !isWorked(offer.facts, booked)
  })
}

/** So many are named, of more the number. */
const NAMED = 20
export function listed(appointments: readonly Appointment[], zone: string, total = appointments.length): string {
  const named = appointments.slice(0, NAMED).map(({ id, start }) => `Appointment/${id} on ${isoAt(zone, start)}`)
  return named.join(', ') + (total > named.length ? ` and ${total - named.length} more` : '')
}
