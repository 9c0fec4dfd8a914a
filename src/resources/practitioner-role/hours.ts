/** What a change of a role's hours, Locations or times means for its Schedules (S1, S9). */
import { isDeepStrictEqual } from 'node:util'
import type { PractitionerRole } from 'fhir/r4.js'
import { error, warning, type Issue } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { TimetableFact } from '../../store/ports.js'
import type { RuleEnv, WriteRule } from '../../store/write-rule.js'
import { assignmentsOf, clashOf, timetableAfter, type Planned } from '../timetable.js'
import { alone, unwritten } from '../working-hours.js'
import { newPractitioner } from './new-practitioner.js'

export const roleHours: WriteRule = {
  key: 'role-hours',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  facts: write => {
    const practitioner = newPractitioner(write)
    return [
      { kind: 'timetables', role: write.id },
      ...(practitioner ? [{ kind: 'timetables' as const, practitioner }] : [])
    ]
  },
  decide: (write, [found, theirs = found], env) => {
    const { id, resource, current } = write
    // What overlaps since foreign SQL said so is no reason to refuse another change.
    if (isDeepStrictEqual(timesOf(resource), timesOf(current))) return {}
    const role = resource as unknown as PractitionerRole
    const mine = (found as TimetableFact[])
      .filter(({ schedule }) => schedule.role_id === id && schedule.active !== false)
      .filter(({ schedule }) => !env.writes.some(each => each.type === 'Schedule' && each.id === schedule.id))
    if (role.active === false) return {}
    const others = unwritten(
      (theirs as TimetableFact[]).filter(({ schedule }) => !mine.some(each => each.schedule.id === schedule.id)),
      env
    )
    const at = newPractitioner(write) === undefined ? 'availableTime' : 'practitioner'
    const issues = mine.flatMap(each => issuesOf(role, each, others, `PractitionerRole.${at}`, env))
    return { issues, ...alone(role.practitioner?.reference, env) }
  }
}

const timesOf = (role?: Resource): unknown[] =>
  ['active', 'period', 'location', 'availableTime', 'practitioner'].map(element => role?.[element])

function issuesOf(role: PractitionerRole, mine: TimetableFact, others: Planned[], at: string, env: RuleEnv): Issue[] {
  const { id, clinic_id } = mine.schedule
  const here = clinic_id ? assignmentsOf(role, `Location/${clinic_id}`) : []
  if (clinic_id && here.length === 0)
    return [
      warning(
        'business-rule',
        `Schedule/${id} is at Location/${clinic_id}, to which the role is not assigned: it has no free Slots`,
        'PractitionerRole.location',
        'S4'
      )
    ]
  const places = new Set(role.location?.map(({ reference }) => reference)).size
  if (places > 1 && mine.own.length === 0)
    return [
      warning(
        'business-rule',
        `Schedule/${id} has no free Slots while its role works at several Locations: say with schedule-hours when at this one`,
        'PractitionerRole.location',
        'S1'
      )
    ]
  const clash = clashOf(timetableAfter(role, mine, env.tenant.timeZone), others, env)
  if (!clash) return []
  return [
    error(
      'conflict',
      `The practitioner works after Schedule/${clash.id} at that time already (${clash.when}): change the hours of one, set its active to false, or set appointments.overlapping_schedules`,
      at,
      'S9'
    )
  ]
}
