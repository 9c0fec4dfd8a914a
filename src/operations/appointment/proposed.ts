/** Openings as proposed Appointments: what $hold and $book take as it is. */
import type { Appointment, AppointmentParticipant, PractitionerRole, Reference, Schedule, Slot } from 'fhir/r4.js'
import { CANONICAL } from '../../fhir/types.js'
import type { Context } from '../../interactions/context.js'
import { run } from '../../interactions/plan.js'
import { planOf } from '../../interactions/search-type.js'
import { joinQuery } from '../../search/query-string.js'

const SERVICE = `${CANONICAL}/StructureDefinition/service-reference`

/** Slots that are taken together: one of each Schedule, or side by side. */
export type Together = readonly Slot[]

export async function proposed(
  context: Context,
  found: readonly Together[],
  patients: readonly string[]
): Promise<Appointment[]> {
  const ids = [...new Set(found.flat().flatMap(({ schedule }) => schedule.reference ?? []))]
  const actors = await actorsOf(context, ids)
  const subjects = patients.map(text => (text.includes('/') ? text : `Patient/${text}`))
  return found.map(slots => {
    const { serviceCategory, serviceType, specialty, appointmentType } = slots[0]!
    const sorted = [...slots].sort((a, b) => Date.parse(a.start) - Date.parse(b.start))
    const [start, end] = [sorted[0]!.start, sorted.at(-1)!.end]
    const who = slots.flatMap(slot => [...(actors.get(slot.schedule.reference!) ?? []), ...serviceOf(slot)])
    const type = appointmentType?.coding?.length === 1 ? appointmentType : undefined
    return {
      resourceType: 'Appointment',
      status: 'proposed',
      ...(serviceCategory && { serviceCategory }),
      ...(serviceType && { serviceType }),
      ...(specialty && { specialty }),
      ...(type && { appointmentType: type }),
      start,
      end,
      minutesDuration: (Date.parse(end) - Date.parse(start)) / 60_000,
      slot: slots.map(({ id }) => ({ reference: `Slot/${id}` })),
      // Whoever looks for a time for the patient speaks for them.
      participant: [...new Set([...subjects, ...who])].map((reference): AppointmentParticipant => ({
        actor: { reference },
        status: subjects.includes(reference) ? 'accepted' : 'needs-action'
      }))
    }
  })
}

const serviceOf = ({ extension = [] }: Slot): string[] =>
  extension.flatMap(({ url, valueReference }) => (url === SERVICE ? (valueReference?.reference ?? []) : []))

/** Practitioner (else the role) and Location of each Schedule. */
async function actorsOf(context: Context, schedules: readonly string[]): Promise<Map<string, string[]>> {
  const list = new Map<string, string[]>()
  if (schedules.length === 0) return list
  const query = joinQuery([
    ['_id', schedules.map(reference => reference.split('/')[1]).join(',')],
    ['_include', 'Schedule:actor'],
    ['_count', '1000']
  ])
  const { matches, included } = await run(context, planOf(context, 'Schedule', query, true))
  const roles = new Map<string, PractitionerRole>()
  for (const { type, id, text } of included)
    if (type === 'PractitionerRole') roles.set(`${type}/${id}`, JSON.parse(text) as PractitionerRole)
  for (const { id, text } of matches) list.set(`Schedule/${id}`, whoOf((JSON.parse(text) as Schedule).actor, roles))
  return list
}

function whoOf(actor: readonly Reference[], roles: ReadonlyMap<string, PractitionerRole>): string[] {
  const first = (type: string): string | undefined =>
    actor.find(({ reference }) => reference?.startsWith(`${type}/`))?.reference
  const role = first('PractitionerRole')
  const person = (role && roles.get(role)?.practitioner?.reference) ?? first('Practitioner') ?? role
  return [person, first('Location')].filter(each => each !== undefined)
}
