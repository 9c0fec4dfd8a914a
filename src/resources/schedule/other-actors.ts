/** S9: while appointments are booked with a Schedule, it stays the calendar of whom they were booked with. */
import type { Schedule } from 'fhir/r4.js'
import type { AheadFact, FactRequest, ProviderFact } from '../../store/ports.js'
import type { RuleWrite, WriteRule } from '../../store/write-rule.js'
import { bookedWith } from '../appointments-ahead.js'
import { practitionerOf } from '../assignment.js'

/** Ids of the first actors that say whose time it is: the role's practitioner, else the practitioner. */
function subjectsOf(schedule: RuleWrite['resource']): Record<'role' | 'person', string | undefined> {
  const references = ((schedule as Schedule | undefined)?.actor ?? []).map(({ reference = '' }) => reference.split('/'))
  const first = (type: string) => references.find(([name]) => name === type)?.[1]
  return { role: first('PractitionerRole'), person: first('Practitioner') }
}

/** Before and after. */
const both = ({ current, resource }: RuleWrite) => [current, resource].map(subjectsOf)

export const otherActors: WriteRule = {
  key: 'other-actors',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  facts: (write, { now }) => {
    const [before, after] = both(write)
    if (before!.role === after!.role && before!.person === after!.person) return []
    return [
      { kind: 'ahead', of: 'schedule', id: write.id, since: now.toISOString() },
      ...both(write).map(({ role = '' }): FactRequest => ({ kind: 'provider', role }))
    ]
  },
  decide: (write, [ahead, ...providers], env) => {
    if (!ahead) return {}
    const [before, after] = both(write).map(({ role, person }, index) => {
      const written = env.writes.find(({ type, id }) => type === 'PractitionerRole' && id === role)
      const { practitioner } = (providers[index] ?? {}) as Partial<ProviderFact>
      return (index === 1 && practitionerOf(written?.resource)) || (practitioner ?? person)
    })
    if (before === after) return {}
    const booked = bookedWith(write, ahead as AheadFact, 'make another Schedule, or cancel or move them first', env)
    return { issues: booked.map(issue => ({ ...issue, expression: 'Schedule.actor' })) }
  }
}
