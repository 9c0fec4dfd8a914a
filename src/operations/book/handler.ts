/** `Appointment/$book`: books what was found or held. https://profiles.ihe.net/ITI/Scheduling (ITI-117) */
import type { Patient } from 'fhir/r4.js'
import { fhirError } from '../../fhir/errors.js'
import { parseReference } from '../../fhir/reference.js'
import { CANONICAL, type Resource } from '../../fhir/types.js'
import type { Ask } from '../../interactions/ask.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import {
  answered,
  NAMES,
  nameOne,
  newcomers,
  participants,
  patched,
  placed,
  standing,
  type Who
} from '../appointment/change.js'
import { appointmentId, given, sentAppointment, textsOf, type Given } from '../appointment/parameters.js'

export const bookOperation: Operation = {
  name: 'book',
  definition: `${CANONICAL}/OperationDefinition/Appointment-book`,
  types: ['Appointment'],
  on: ['type', 'instance'],
  run: book
}

const OWN = ['patient-reference', 'patient-id', 'patient-resource', 'cancelled-appt-id', 'comment']

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

/** Those who come; of a Patient that was sent only who it is: no records of patients are kept here. */
function patientsOf(all: readonly Given[]): { actor: Who; status: 'accepted' }[] {
  const references = textsOf(all, 'patient-reference', 'patient-id').map(text => ({
    reference: text.includes('/') ? text : `Patient/${text}`
  }))
  const records = all.filter(({ name }) => name === 'patient-resource').map(({ resource }) => personOf(resource))
  return [...references, ...records].map(actor => ({ actor, status: 'accepted' }))
}

function personOf(resource: Resource | undefined): Who {
  const { resourceType, id, name } = (resource ?? {}) as Partial<Patient>
  if (resourceType !== 'Patient')
    throw fhirError('invalid', 'patient-resource holds a Patient', { expression: 'patient-resource' })
  const { text, given = [], family } = (Array.isArray(name) && name[0]) || {}
  const words = [...(Array.isArray(given) ? given : []), family].filter(word => typeof word === 'string')
  const display = typeof text === 'string' ? text : words.join(' ')
  if (id === undefined && display === '')
    throw fhirError('required', 'patient-resource needs an id or a name: neither is there', {
      expression: 'patient-resource'
    })
  return { ...(id !== undefined && { reference: `Patient/${id}` }), ...(display !== '' && { display }) }
}

function withPatients(appointment: Resource, patients: ReturnType<typeof patientsOf>): Resource {
  if (patients.length === 0) return appointment
  return { ...appointment, participant: [...participants(appointment), ...newcomers(appointment, patients)] }
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
