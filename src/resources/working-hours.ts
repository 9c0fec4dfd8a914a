/** S9: after which Schedules a practitioner works, those of the same transaction included; and who may change that at once. */
import type { PractitionerRole } from 'fhir/r4.js'
import type { TimetableFact } from '../store/ports.js'
import type { Decision, RuleEnv, RuleWrite } from '../store/write-rule.js'
import { clashOf, isLive, timetableAfter, timetableOf, type Clash, type Planned } from './timetable.js'

/** Schedules that were decided, by transaction (each attempt has an environment of its own) and practitioner. */
const decided = new WeakMap<RuleEnv, Map<string, Planned[]>>()

/**
 * The first Schedule that wants the practitioner (a reference) at the time of `mine`: of those decided before in this
 * transaction, and of those that stand. Without one, `mine` is known to those that are decided after it.
 */
export function plan(
  practitioner: string | undefined,
  mine: Planned,
  standing: readonly TimetableFact[],
  env: RuleEnv
): Clash | undefined {
  const people = decided.get(env) ?? new Map<string, Planned[]>()
  decided.set(env, people)
  const before = (practitioner && people.get(practitioner)) || []
  const clash = clashOf(mine.timetable, [...before, ...unwritten(standing, env)], env)
  if (!clash && practitioner) people.set(practitioner, [...before, mine])
  return clash
}

/** Live Schedules that this transaction does not write; their roles, where it writes these, as they will be. */
export const unwritten = (standing: readonly TimetableFact[], env: RuleEnv): Planned[] =>
  standing
    .filter(({ schedule }) => !writeOf(env, 'Schedule', schedule.id))
    .flatMap(fact => {
      const { id, active, role_id } = fact.schedule
      const zone = env.tenant.timeZone
      const write = role_id ? writeOf(env, 'PractitionerRole', role_id) : undefined
      if (!write) return isLive(fact) ? [{ id, timetable: timetableOf(fact, zone) }] : []
      const role = write.resource as unknown as PractitionerRole | undefined
      const works = active !== false && role && role.active !== false
      return works ? [{ id, timetable: timetableAfter(role, fact, zone) }] : []
    })

const writeOf = (env: RuleEnv, type: string, id: string): RuleWrite | undefined =>
  env.writes.find(write => write.type === type && write.id === id)

/** One at a time changes when the practitioner works, unless the tenant does not mind, or nobody else knows them yet. */
export const alone = (practitioner: string | undefined, env: RuleEnv): Pick<Decision, 'premise'> =>
  practitioner && !env.tenant.appointments.overlappingSchedules && !isNew(practitioner, env)
    ? { premise: practitioner }
    : {}

/** Whether the practitioner (a reference) is made by the same transaction: so nothing stands of theirs. */
export function isNew(practitioner: string, env: RuleEnv): boolean {
  const [type = '', id = ''] = practitioner.split('/')
  const write = writeOf(env, type, id)
  return write !== undefined && !write.current
}
