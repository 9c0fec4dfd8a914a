/** S4: a role with hours and one Location gets a Schedule in the same transaction, so that it can be booked; it ends with it. */
import type { Location, PractitionerRole, Schedule } from 'fhir/r4.js'
import type { Timetable } from '../../domain/availability/index.js'
import { readJson } from '../../fhir/digits.js'
import { warning } from '../../fhir/errors.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { CurrentFact, ProviderFact, TimetableFact } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { practitionerOf } from '../assignment.js'
import { hoursOfRole, periodIn, zoneOf } from '../timetable.js'
import { alone, isNew, plan } from '../working-hours.js'
import { IS_PROVIDER } from './codes.js'

/** Tag of Schedules that were made here. Who takes it off keeps the Schedule when the role goes. */
const AUTOMATIC = { system: `${CANONICAL}/CodeSystem/origin`, code: 'automatic' }

/** Stands behind the account rules: it sees the role as it will be stored. */
export const autoSchedule: WriteRule = {
  key: 'auto-schedule',
  when: ({ interaction }) => interaction !== 'delete',
  facts: ({ id, resource }, env) => {
    if (!bookableAt(resource, env)) return []
    const practitioner = practitionerOf(resource)
    const known = practitioner !== undefined && !isNew(`Practitioner/${practitioner}`, env)
    return [
      { kind: 'rows', table: 'schedule_actors', where: { target_type: 'PractitionerRole', target_id: id } },
      { kind: 'timetables', practitioner: known ? practitioner : '' },
      { kind: 'provider', role: id, ...(practitioner && { practitioner }) },
      { kind: 'current', type: 'Location', id: onlyLocation(resource)!.split('/')[1]! }
    ]
  },
  decide: ({ id, resource }, [schedules, timetables, provider, place], env): Decision => {
    const location = bookableAt(resource, env)
    if (!location) return {}
    const role = resource as unknown as PractitionerRole
    const flag = role.extension?.find(({ url }) => url === IS_PROVIDER)?.valueBoolean
    const provides = (flag ?? (provider as ProviderFact).provider) !== false
    if (role.active === false || !provides) return {}
    if ((schedules as unknown[]).length > 0 || env.writes.some(write => isScheduleOf(write, id))) return {}
    const who = role.practitioner?.reference
    const mine = { id: env.newId(), timetable: timetableOf(role, place as CurrentFact | null, env) }
    const clash = plan(who, mine, timetables as TimetableFact[], env)
    if (clash)
      return {
        issues: [
          warning(
            'conflict',
            `No Schedule was made for this role: its hours overlap with those of Schedule/${clash.id} of the same practitioner (${clash.when})`,
            'PractitionerRole.availableTime',
            'S9'
          )
        ]
      }
    return { writes: [newSchedule(mine.id, `PractitionerRole/${id}`, who, location)], ...alone(who, env) }
  }
}

function newSchedule(id: string, ...actors: (string | undefined)[]): NonNullable<Decision['writes']>[number] {
  const schedule: Resource = {
    resourceType: 'Schedule',
    id,
    meta: { tag: [AUTOMATIC] },
    active: true,
    actor: actors.filter(each => each !== undefined).map(reference => ({ reference }))
  }
  return { type: 'Schedule', id, resource: schedule, expected: 0, fresh: true }
}

/** The Location at which a role has hours, when Schedules are made for such. */
function bookableAt(resource: Resource | undefined, { tenant }: RuleEnv): string | undefined {
  const hours = (resource as unknown as PractitionerRole).availableTime?.length ?? 0
  return tenant.appointments.autoSchedule && hours > 0 ? onlyLocation(resource) : undefined
}

/** The Location of a role that has one. */
function onlyLocation(role?: Resource): string | undefined {
  const { location = [] } = role as unknown as PractitionerRole
  const [reference] = location.length === 1 ? [location[0]?.reference] : []
  return reference?.startsWith('Location/') ? reference : undefined
}

function timetableOf(role: PractitionerRole, place: CurrentFact | null, env: RuleEnv): Timetable {
  const zone = place?.text ? zoneOf(readJson(place.text) as Location) : undefined
  return { zone: zone ?? env.tenant.timeZone, hours: hoursOfRole(role), periods: [periodIn(role.period)] }
}

/** A Schedule of the role that comes in the same transaction. */
const isScheduleOf = ({ type, resource }: RuleWrite, roleId: string): boolean =>
  type === 'Schedule' &&
  (resource as Schedule | undefined)?.actor.some(({ reference }) => reference === `PractitionerRole/${roleId}`) === true

/** The automatic Schedule of a role ends with it. */
export const endSchedule: WriteRule = {
  key: 'end-schedule',
  when: ({ interaction }) => interaction === 'delete',
  facts: ({ id }) => [{ kind: 'timetables', role: id }],
  decide: ({ id }, [timetables], env): Decision => ({
    writes: (timetables as TimetableFact[])
      .filter(({ schedule, tags }) => schedule.role_id === id && tags.some(isAutomatic))
      .filter(({ schedule }) => !env.writes.some(write => write.type === 'Schedule' && write.id === schedule.id))
      .map(({ schedule, version }) => ({ type: 'Schedule', id: schedule.id, expected: version }))
  })
}

/** Whether a tag says that the Schedule was made here. */
export const isAutomatic = ({ system, code }: { system?: string; code?: string }): boolean =>
  system === AUTOMATIC.system && code === AUTOMATIC.code
