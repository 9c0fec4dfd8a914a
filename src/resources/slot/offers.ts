/** Rows as offers: a Schedule, with a service or without one, and the facts from which its openings follow. */
import {
  boundsOf,
  gapsBetween,
  gateOf,
  hullOf,
  isZone,
  type Gates,
  type Interval,
  type ScheduleFacts
} from '../../domain/availability/index.js'
import type { ComputedEnv } from '../../search/computed.js'
import type { Owner, ScheduleRow, ScheduleRows, ServiceRow, SlotRow, WindowRow } from '../../search/schedule-rows.js'
import { periodOf, weeklyHours } from '../period.js'

export interface Offer {
  schedule: ScheduleRow
  service?: ServiceRow
  facts: ScheduleFacts
}

/** Of those Schedules that offer anything: of each service that they offer when `withServices`, else without one. */
export function offersOf(rows: ScheduleRows, { now, tenant }: ComputedEnv, withServices: boolean): Offer[] {
  const index = indexOf(rows)
  return rows.schedules.flatMap(schedule => {
    const zone = schedule.clinic?.zone ?? tenant.timeZone
    const services = withServices ? schedule.services.map(id => index.services.get(id)!) : [undefined]
    const open = services.filter(service => gateOf(gatesOf(schedule, service)).ok)
    if (open.length === 0 || !isZone(zone)) return []
    const plain = factsOf(schedule, zone, index, now, tenant.appointments)
    return open.map(service => ({
      schedule,
      service,
      facts: withWindows({ ...plain, service: service && serviceFacts(service, index) }, schedule, service, index)
    }))
  })
}

type Index = ReturnType<typeof indexOf>

function indexOf({ hours, closures, services, slots, windows }: ScheduleRows) {
  const owner = ({ of, id }: Owner): string => `${of}/${id}`
  const busy = slots.filter(slot => !slot.free)
  return {
    services: new Map(services.map(service => [service.id, service])),
    hours: grouped(hours, owner, weeklyHours),
    windows: grouped(
      windows,
      window => window.subject,
      window => window
    ),
    closures: grouped(closures, owner, ({ period }) => periodOf(period)),
    busyOf: {
      schedule: grouped(busy, slot => slot.schedule_id, intervals),
      practitioner: grouped(busy, slot => slot.practitioner_id ?? '', intervals)
    },
    extra: grouped(
      slots.filter(slot => slot.free),
      slot => slot.schedule_id,
      intervals
    )
  }
}

/** Whose time a Schedule's openings are: the practitioner's in all clinics, else its own. */
export const subjectOf = ({ practitioner_id, id }: ScheduleRow): string =>
  practitioner_id ? `Practitioner/${practitioner_id}` : `Schedule/${id}`

/** Who takes part in what an offer yields. */
export function whoOf({ schedule, service }: Pick<Offer, 'schedule' | 'service'>) {
  return {
    subject: subjectOf(schedule),
    scheduleId: schedule.id,
    ...(schedule.practitioner_id && { practitionerId: schedule.practitioner_id }),
    ...(schedule.role_id && { roleId: schedule.role_id }),
    ...(schedule.clinic_id && { locationId: schedule.clinic_id }),
    ...(service && { serviceId: service.id })
  }
}

/** Windows with seats: those of the offer itself may have more seats, all others are busy with their buffers. */
function withWindows(facts: ScheduleFacts, schedule: ScheduleRow, service: ServiceRow | undefined, index: Index) {
  const all = index.windows(subjectOf(schedule))
  const isOwn = ({ id, schedule_id, service_id }: WindowRow): boolean =>
    id.startsWith('s.') && schedule_id === schedule.id && service_id === (service?.id ?? null)
  const seats = all.filter(isOwn).map(({ span: [start, end], blocked, capacity, taken }) => {
    return { start, end, capacity, taken, blocked: { start: blocked[0], end: blocked[1] } }
  })
  const others = all.filter(window => !isOwn(window)).map(({ blocked: [start, end] }) => ({ start, end }))
  return { ...facts, seats, busy: [...facts.busy, ...others] }
}

const intervals = ({ spans }: SlotRow): Interval[] => spans.map(([start, end]) => ({ start, end }))

/** The items by key; nobody is there for a key that is unknown. */
function grouped<T, V>(items: readonly T[], key: (item: T) => string, value: (item: T) => V): (key: string) => V[] {
  const groups = new Map<string, V[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group) group.push(value(item))
    else groups.set(key(item), [value(item)])
  }
  return wanted => groups.get(wanted) ?? []
}

/** An inactive tenant is refused at the door. Without a role there is no assignment to a Location that could be missing. */
function gatesOf({ role_id, clinic_id, practitioner_id, ...of }: ScheduleRow, service?: ServiceRow): Gates {
  const { membership, practitioner } = of
  return {
    tenantActive: true,
    scheduleActive: of.active !== false,
    location: clinic_id && !of.clinic ? 'inactive' : ((of.clinic?.status ?? 'active') as Gates['location']),
    practitioner: practitioner_id ? practitionerGate(practitioner) : 'active',
    roleActive: !role_id || (of.role !== null && of.role.active !== false),
    assigned: !role_id || !clinic_id || of.assignments !== null,
    service: service && { active: service.active !== false, offered: true },
    membership: membership
      ? {
          status: membership.status as 'approved' | 'pending' | 'suspended',
          disabled: membership.disabled,
          isProvider: membership.is_provider
        }
      : undefined,
    ...(membership?.lacks && { prescriberIncomplete: membership.lacks })
  }
}

function practitionerGate(practitioner: ScheduleRow['practitioner']): Gates['practitioner'] {
  const status = (practitioner?.status ?? 'active') as Gates['practitioner']
  return practitioner && (practitioner.active !== false || status !== 'active') ? status : 'inactive'
}

/** A Schedule's own hours replace its role's. A stored free Slot closes the Schedule around it: it is there by itself. */
function factsOf(
  schedule: ScheduleRow,
  zone: string,
  { hours, closures, busyOf, extra }: Index,
  now: Date,
  settings: ComputedEnv['tenant']['appointments']
): ScheduleFacts {
  const { id, role_id, clinic_id, practitioner_id } = schedule
  const own = hours(`schedule/${id}`)
  const assignments = (schedule.assignments ?? []).map(periodOf)
  return {
    zone,
    ...boundsOf({
      now: now.getTime(),
      zone,
      leadMinutes: settings.leadMinutes,
      horizonDays: settings.horizonDays,
      periods: [
        ...[schedule.horizon, schedule.role?.period].flatMap(each => (each ? [periodOf(each)] : [])),
        ...(assignments.length > 0 ? [hullOf(assignments, zone)] : [])
      ]
    }),
    // Nobody is at two places at once: hours of a role that works at several do not say where.
    hours: own.length > 0 ? own : schedule.role?.elsewhere ? [] : hours(`role/${role_id}`),
    clinicHours: hours(`clinic/${clinic_id}`),
    closures: [
      ...closures(`role/${role_id}`),
      ...closures(`practitioner/${practitioner_id}`),
      ...closures(`clinic/${clinic_id}`),
      ...gapsBetween(assignments, zone),
      ...extra(id).flat()
    ],
    busy: (practitioner_id ? busyOf.practitioner(practitioner_id) : busyOf.schedule(id)).flat(),
    minutes: schedule.minutes ?? settings.defaultDuration,
    capacity: schedule.capacity ?? 1,
    bufferAfter: settings.bufferMinutes
  }
}

const serviceFacts = (
  { id, duration, before, after }: ServiceRow,
  { hours, closures }: Index
): ScheduleFacts['service'] => ({
  minutes: duration ?? undefined,
  hours: hours(`service/${id}`),
  closures: closures(`service/${id}`),
  before: before ?? undefined,
  after: after ?? undefined
})
