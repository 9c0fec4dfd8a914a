/** S9: a role that is given to another practitioner: not while appointments are booked with it; its Schedules go along. */
import type { Schedule } from 'fhir/r4.js'
import { readJson } from '../../fhir/digits.js'
import { warning } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import { referenceParam } from '../../search/params.js'
import { bare, type SearchPlan, type Value } from '../../search/plan.js'
import type { AheadFact, MatchFact } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { bookedWith } from '../appointments-ahead.js'
import { practitionerOf } from '../assignment.js'
import { isAutomatic } from './auto-schedule.js'

/** Whose role it becomes; undefined when it stays whose it is. */
export function newPractitioner({ interaction, resource, current }: RuleWrite): string | undefined {
  const practitioner = practitionerOf(resource)
  return interaction === 'update' && practitioner !== practitionerOf(current) ? practitioner : undefined
}

const ACTOR = referenceParam('actor', 'Schedule.actor', ['PractitionerRole'])

/** A role has few Schedules: more than these are told of, not changed. */
const MOST = 100
const schedulesOf = (id: string): SearchPlan => {
  const values: Value[] = [{ form: 'reference', type: 'PractitionerRole', id }]
  return { ...bare('Schedule', [{ kind: 'param', type: 'Schedule', param: ACTOR, values }], MOST), stored: true }
}

export const otherPractitioner: WriteRule = {
  key: 'other-practitioner',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  facts: (write, { now }) =>
    newPractitioner(write) === undefined
      ? []
      : [
          { kind: 'ahead', of: 'role', id: write.id, since: now.toISOString() },
          { kind: 'matches', plan: schedulesOf(write.id) }
        ],
  decide: (write, [ahead, schedules], env): Decision => {
    const next = newPractitioner(write)
    if (next === undefined) return {}
    const text = 'make a role for the other practitioner, or cancel or move them first'
    const booked = bookedWith(write, ahead as AheadFact, text, env)
    if (booked.length > 0)
      return { issues: booked.map(issue => ({ ...issue, expression: 'PractitionerRole.practitioner' })) }
    const before = `Practitioner/${practitionerOf(write.current)}`
    return handOver(schedules as MatchFact[], before, `Practitioner/${next}`, env)
  }
}

/** Schedules that name whose the role was: automatic ones name whose it is. */
function handOver(found: readonly MatchFact[], before: string, next: string, env: RuleEnv): Decision {
  const naming = found
    .filter(({ id }) => !env.writes.some(write => write.type === 'Schedule' && write.id === id))
    .map(({ id, version, text }) => ({ id, expected: version, schedule: readJson(text!) as Schedule }))
    .filter(({ schedule }) => schedule.actor.some(({ reference }) => reference === before))
  const own = naming.filter(({ schedule }) => schedule.meta?.tag?.some(isAutomatic))
  return {
    writes: own.map(({ id, expected, schedule }) => {
      const actor = schedule.actor.map(each => (each.reference === before ? { reference: next } : each))
      return { type: 'Schedule', id, expected, resource: { ...schedule, id, actor } as unknown as Resource }
    }),
    issues: naming
      .filter(each => !own.includes(each))
      .map(({ id }) =>
        warning(
          'business-rule',
          `Schedule/${id} still names ${before}: change its actor to ${next}`,
          'PractitionerRole.practitioner',
          'S4'
        )
      )
  }
}
