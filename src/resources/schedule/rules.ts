/** The write rules of Schedule: where and when the role works, and nobody in two places at once (S1, S4, S9). */
import type { Location, PractitionerRole, Schedule } from 'fhir/r4.js'
import { hullOf, spanOf, type Timetable } from '../../domain/availability/index.js'
import { readJson } from '../../fhir/digits.js'
import { error, type Issue } from '../../fhir/errors.js'
import type { CurrentFact, FactRequest, TimetableFact } from '../../store/ports.js'
import type { RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { assignmentsOf, hoursOfRole, hoursOfSchedule, periodIn, zoneOf } from '../timetable.js'
import { alone, plan } from '../working-hours.js'
import { emptyHours } from './empty-hours.js'

const TYPES = ['PractitionerRole', 'Location', 'Practitioner'] as const

/** Ids of the first actors of each type. */
function actorsOf(write: RuleWrite): (string | undefined)[] {
  const { actor = [] } = write.resource as unknown as Schedule
  const references = actor.map(({ reference = '' }) => reference.split('/'))
  return TYPES.map(type => references.find(([name, id]) => name === type && id)?.[1])
}

function facts(write: RuleWrite): FactRequest[] {
  const [role = '', location = '', practitioner] = actorsOf(write)
  return [
    { kind: 'current', type: 'PractitionerRole', id: role },
    { kind: 'current', type: 'Location', id: location },
    { kind: 'timetables', ...(role ? { role } : { practitioner: practitioner ?? '' }) }
  ]
}

/** As it is written in the same transaction, else as it is stored. */
function actorIn<T>(env: RuleEnv, type: string, id: string | undefined, fact: unknown): T | undefined {
  const written = env.writes.find(write => write.type === type && write.id === id)
  if (written) return written.resource as T | undefined
  const { text, deleted } = (fact as CurrentFact | null) ?? {}
  return text && !deleted ? (readJson(text) as T) : undefined
}

const timetable: WriteRule = {
  key: 'schedule-timetable',
  when: ({ resource }) => resource !== undefined,
  facts,
  decide: (write, [roleFact, locationFact, timetables], env) => {
    const schedule = write.resource as unknown as Schedule
    const [roleId, locationId, person] = actorsOf(write)
    const role = actorIn<PractitionerRole>(env, 'PractitionerRole', roleId, roleFact)
    const location = actorIn<Location>(env, 'Location', locationId, locationFact)
    const zone = zoneOf(location) ?? env.tenant.timeZone
    const issues = role && locationId ? placeIssues(schedule, role, `Location/${locationId}`, zone) : []
    if (issues.length > 0 || schedule.active === false || role?.active === false) return { issues }
    const own = hoursOfSchedule(schedule)
    const here = role && locationId ? assignmentsOf(role, `Location/${locationId}`) : []
    const mine: Timetable = {
      zone,
      hours: own.length > 0 ? own : role ? hoursOfRole(role) : [],
      periods: [
        ...[schedule.planningHorizon, role?.period].map(periodIn),
        ...(here.length > 0 ? [hullOf(here, zone)] : [])
      ]
    }
    const practitioner = role ? role.practitioner?.reference : person && `Practitioner/${person}`
    const clash = plan(practitioner, { id: write.id, timetable: mine }, timetables as TimetableFact[], env)
    const told = clash ? [twoPlaces(clash)] : emptyHours(schedule, location, zone, env)
    return { issues: told, ...alone(practitioner, env) }
  }
}

function placeIssues(schedule: Schedule, role: PractitionerRole, location: string, zone: string): Issue[] {
  const at = `Schedule.actor[${schedule.actor.findIndex(({ reference }) => reference === location)}].reference`
  const here = assignmentsOf(role, location)
  const horizon = spanOf(periodIn(schedule.planningHorizon), zone)
  const during = here
    .map(each => spanOf(each, zone))
    .filter(({ start, end }) => start < horizon.end && horizon.start < end)
  if (during.length === 0)
    return [
      error(
        'business-rule',
        here.length === 0
          ? `PractitionerRole/${role.id} is not assigned to ${location}: add it to the role's location first`
          : `PractitionerRole/${role.id} is not assigned to ${location} in the planning horizon of the Schedule`,
        at,
        'S4'
      )
    ]
  const elsewhere = (role.location ?? []).flatMap(({ reference }) =>
    reference && reference !== location ? assignmentsOf(role, reference).map(each => spanOf(each, zone)) : []
  )
  const both = elsewhere.some(({ start, end }) => during.some(span => start < span.end && span.start < end))
  if (!both || hoursOfSchedule(schedule).length > 0 || schedule.active === false) return []
  return [
    error(
      'business-rule',
      `PractitionerRole/${role.id} works at several Locations: say with the extension schedule-hours when at this one`,
      'Schedule.extension',
      'S1'
    )
  ]
}

const twoPlaces = ({ id, when }: { id: string; when: string }): Issue =>
  error(
    'conflict',
    `The practitioner works after Schedule/${id} at that time already (${when}): change the hours of one, set its active to false, or set appointments.overlapping_schedules`,
    'Schedule',
    'S9'
  )

export const scheduleRules: readonly WriteRule[] = [timetable]
