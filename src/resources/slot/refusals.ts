/** Why a Slot cannot be taken. */
import { slotTaken, type Fit } from '../../domain/booking/index.js'
import { fhirError, type FhirError } from '../../fhir/errors.js'

/** 409 when somebody else has the time, 422 when it is not offered at all. */
export const refusalOf = ({ reason }: Extract<Fit, { ok: false }>, id: string): FhirError =>
  reason === 'offered'
    ? notOffered(id)
    : fhirError('conflict', slotTaken(id), {
        expression: 'Appointment.slot',
        rule: 'slot-taken'
      })

export const notOffered = (id: string): FhirError =>
  fhirError(
    'business-rule',
    `Slot/${id} is not offered: it is in the past, outside of the hours, closed, or who offers it is not active; search for free Slots again`,
    { expression: 'Appointment.slot', rule: 'S5' }
  )
