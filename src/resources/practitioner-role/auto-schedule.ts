/** S4: a role with hours and one Location gets a Schedule in the same transaction, so that it can be booked. */
import type { PractitionerRole, Schedule } from 'fhir/r4.js'
import type { Resource } from '../../fhir/types.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { IS_PROVIDER } from './codes.js'

/** Stands behind the account rules: it sees the role as it will be stored. */
export const autoSchedule: WriteRule = {
  key: 'auto-schedule',
  when: ({ interaction }) => interaction !== 'delete',
  facts: ({ id }) => [
    { kind: 'rows', table: 'schedule_actors', where: { target_type: 'PractitionerRole', target_id: id } }
  ],
  decide: ({ id, resource }: RuleWrite, [schedules], env: RuleEnv): Decision => {
    const role = resource as unknown as PractitionerRole
    const location = role.location?.length === 1 ? role.location[0]?.reference : undefined
    const flag = role.extension?.find(({ url }) => url === IS_PROVIDER)?.valueBoolean
    const wanted = env.tenant.appointments.autoSchedule && role.active !== false && flag !== false
    if (!wanted || !location?.startsWith('Location/') || !role.availableTime?.length) return {}
    if ((schedules as unknown[]).length > 0 || env.writes.some(write => isScheduleOf(write, id))) return {}
    const scheduleId = env.newId()
    const actors = [`PractitionerRole/${id}`, role.practitioner?.reference, location].filter(each => each !== undefined)
    const schedule: Resource = {
      resourceType: 'Schedule',
      id: scheduleId,
      active: true,
      actor: actors.map(reference => ({ reference }))
    }
    return { writes: [{ type: 'Schedule', id: scheduleId, resource: schedule, expected: 0, fresh: true }] }
  }
}

/** A Schedule of the role that comes in the same transaction. */
const isScheduleOf = ({ type, resource }: RuleWrite, roleId: string): boolean =>
  type === 'Schedule' &&
  (resource as Schedule | undefined)?.actor.some(({ reference }) => reference === `PractitionerRole/${roleId}`) === true
