/** `Appointment/$book`: books what was found or held. https://profiles.ihe.net/ITI/Scheduling (ITI-117) */
import { fhirError } from '../../fhir/errors.js'
import { parseReference } from '../../fhir/reference.js'
import { CANONICAL, type JsonObject, type Resource } from '../../fhir/types.js'
import type { Ask } from '../../interactions/ask.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { answered, NAMES, nameOne, patched, placed, standing } from '../appointment/change.js'
import { appointmentId, given, sentAppointment, textsOf, type Given } from '../appointment/parameters.js'

export const bookOperation: Operation = {
  name: 'book',
  definition: `${CANONICAL}/OperationDefinition/Appointment-book`,
  types: ['Appointment'],
  on: ['type', 'instance'],
  run: book
}

const OWN = ['patient-reference', 'patient-id', 'cancelled-appt-id', 'comment']

async function book(context: Context, call: OperationCall): Promise<FhirResponse> {
  const all = given(call, 'book', [...NAMES, ...OWN])
  return answered(context, call, [await booked(context, call, all), ...givenUp(context, all)])
}

/** One that stands is changed in its status, and where the call says so in comment and patients. */
async function booked(context: Context, call: OperationCall, all: readonly Given[]): Promise<Ask> {
  const id = appointmentId(context, call, all)
  const sent = sentAppointment(context, all)
  if (id !== undefined) {
    const patients = patientsOf(all)
    const current = patients.length > 0 ? await standing(context, id) : undefined
    return patched(id, { status: 'booked', comment: commentOf(all) }, current && newcomers(current, patients))
  }
  if (!sent) throw nameOne('book')
  // IHE books, changes and cancels by the same operation.
  const status = sent.status === 'cancelled' ? 'cancelled' : 'booked'
  const comment = commentOf(all)
  return placed(context, { ...withPatients(sent, patientsOf(all)), status, ...(comment && { comment }) })
}

const commentOf = (all: readonly Given[]): string | undefined => textsOf(all, 'comment')[0]
const patientsOf = (all: readonly Given[]): string[] => textsOf(all, 'patient-reference', 'patient-id')

const participants = ({ participant }: Resource): JsonObject[] => (participant ?? []) as JsonObject[]

function withPatients(appointment: Resource, patients: readonly string[]): Resource {
  if (patients.length === 0) return appointment
  return { ...appointment, participant: [...participants(appointment), ...newcomers(appointment, patients)] }
}

/** Patients who do not take part yet. */
function newcomers(appointment: Resource, patients: readonly string[]): JsonObject[] {
  const references = patients.map(text => (text.includes('/') ? text : `Patient/${text}`))
  const named = new Set(
    participants(appointment).map(({ actor }) => (actor as { reference?: string } | undefined)?.reference)
  )
  return references
    .filter(reference => !named.has(reference))
    .map(reference => ({ actor: { reference }, status: 'accepted' }))
}

/** Rescheduling as Argonaut has it: another one is cancelled in the same breath. */
function givenUp(context: Context, all: readonly Given[]): Ask[] {
  return textsOf(all, 'cancelled-appt-id').map(text => {
    const { type, id } = parseReference(text, context.base) ?? { type: 'Appointment', id: text }
    if (type !== 'Appointment')
      throw fhirError('value', `${text} is no Appointment`, { expression: 'cancelled-appt-id' })
    return patched(id, { status: 'cancelled' })
  })
}
