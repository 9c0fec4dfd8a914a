/** What an Appointment is once it has its Slots: at their time, for what they offer, with those who take part (S8). */
import { FhirError, error, type Issue } from '../../fhir/errors.js'
import type { JsonObject, Resource } from '../../fhir/types.js'
import type { Window } from '../../search/computed.js'
import { withHold } from './hold.js'

/** Throws FhirError 422 when the Appointment says otherwise than its Slots. */
export function complete(appointment: Resource, windows: readonly Window[], heldUntil?: string): Resource {
  const issues = [
    ...timeIssues(appointment, windows),
    ...serviceIssues(windows),
    ...typeIssues(appointment, windows),
    ...participantIssues(appointment, windows)
  ]
  if (issues.length > 0) throw new FhirError(issues)
  const { serviceCategory, serviceType, specialty, appointmentType } = windows[0]!.resource
  const types = windows[0]!.appointmentTypes?.length === 1 ? appointmentType : undefined
  const told = Object.entries({ serviceCategory, serviceType, specialty, appointmentType: types })
  const completed = {
    ...appointment,
    ...Object.fromEntries(told.filter(([name, value]) => value !== undefined && appointment[name] === undefined)),
    participant: [...participants(appointment), ...missing(appointment, windows)]
  }
  return withHold(completed, heldUntil)
}

const wrong = (text: string, element: string): Issue => error('business-rule', text, `Appointment.${element}`, 'S8')

/** Side by side in each Schedule, and at the same time in all. */
function timeIssues({ start, end, minutesDuration }: Resource, windows: readonly Window[]): Issue[] {
  const spans = [...grouped(windows, ({ scheduleId, serviceId }) => `${scheduleId} ${serviceId}`).values()].map(spanOf)
  const [first] = spans
  if (spans.some(span => !span))
    return [wrong('The Slots of one Schedule must follow each other without a gap', 'slot')]
  if (!first || spans.some(span => span!.start !== first.start || span!.end !== first.end))
    return [wrong('Slots of several Schedules must cover the same time', 'slot')]
  const [from, to] = [start, end].map(at => Date.parse(String(at)))
  const iso = (at: number): string => new Date(at).toISOString()
  return [
    ...(from === first.start ? [] : [wrong(`start must be that of the Slots: ${iso(first.start)}`, 'start')]),
    ...(to === first.end ? [] : [wrong(`end must be that of the Slots: ${iso(first.end)}`, 'end')]),
    ...(minutesDuration === undefined || minutesDuration === (first.end - first.start) / 60_000
      ? []
      : [wrong(`minutesDuration must be ${(first.end - first.start) / 60_000}, as the Slots take`, 'minutesDuration')])
  ]
}

function spanOf(windows: readonly Window[]): { start: number; end: number } | undefined {
  const sorted = [...windows].sort((a, b) => a.start - b.start)
  const gap = sorted.some((window, index) => index > 0 && window.start !== sorted[index - 1]!.end)
  return gap ? undefined : { start: sorted[0]!.start, end: sorted.at(-1)!.end }
}

/** A Slot of a service is as long as the service. */
function serviceIssues(windows: readonly Window[]): Issue[] {
  const served = grouped(
    windows.filter(({ serviceId }) => serviceId),
    each => `${each.scheduleId} ${each.serviceId}`
  )
  return [...served.values()].some(group => group.length > 1)
    ? [wrong('A Slot of a service is as long as the service: name one', 'slot')]
    : []
}

interface Concept {
  coding?: { system?: string; code?: string }[]
}

function typeIssues({ appointmentType }: Resource, windows: readonly Window[]): Issue[] {
  const { coding = [] } = (appointmentType ?? {}) as Concept
  const asked = coding.map(({ system = '', code = '' }) => `${system}|${code}`)
  if (!appointmentType) return []
  const refusing = windows.find(
    ({ appointmentTypes }) => appointmentTypes && !appointmentTypes.some(type => asked.includes(type))
  )
  return refusing
    ? [wrong(`Slot/${refusing.id} is offered for ${refusing.appointmentTypes!.join(', ')} only`, 'appointmentType')]
    : []
}

const participants = ({ participant }: Resource): JsonObject[] => (participant ?? []) as JsonObject[]
const actorOf = ({ actor }: JsonObject): string => (actor as { reference?: string } | undefined)?.reference ?? ''

/** References of those whom the Slots bring, by type. */
const bringing = (windows: readonly Window[]): Record<string, string[]> => {
  const all = (type: string, pick: (window: Window) => string | undefined): string[] => [
    ...new Set(windows.flatMap(window => (pick(window) ? [`${type}/${pick(window)}`] : [])))
  ]
  return {
    Practitioner: all('Practitioner', each => each.practitionerId),
    PractitionerRole: all('PractitionerRole', each => each.roleId),
    Location: all('Location', each => each.locationId),
    HealthcareService: all('HealthcareService', each => each.serviceId)
  }
}

/** Whoever is named beside them would be thought to come, but nobody has kept their time. */
function participantIssues(appointment: Resource, windows: readonly Window[]): Issue[] {
  const brought = bringing(windows)
  return participants(appointment).flatMap((participant, index) => {
    const actor = actorOf(participant)
    const known = brought[actor.split('/')[0] ?? '']
    if (!known || known.includes(actor)) return []
    const text = `${actor} is not who the Slots are of (${known.join(', ') || 'none'}): name a free Slot of theirs as well`
    return [wrong(text, `participant[${index}].actor`)]
  })
}

/** Practitioner (else the role), Location and service, as far as they are not named. */
function missing(appointment: Resource, windows: readonly Window[]): JsonObject[] {
  const named = new Set(participants(appointment).map(actorOf))
  const { Practitioner = [], PractitionerRole = [], Location = [], HealthcareService = [] } = bringing(windows)
  const people = Practitioner.length > 0 ? Practitioner : PractitionerRole
  return [...people, ...Location, ...HealthcareService]
    .filter(reference => !named.has(reference))
    .map(reference => ({ actor: { reference }, status: 'accepted' }))
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}
