/** Operations of Appointment refuse by 400 what has not the form of one. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { refusal } from '../support/outcome.js'
import { clinic, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => (c = await clinic()), 60_000)
afterAll(() => c?.close())

test.each(['$hold', '$book?patient-reference=Patient/p1', 'any/$reschedule'])(
  '%s refuses what has not the form of an Appointment',
  async path => {
    const [slot] = await c.free('schedule=Schedule/ann-east')
    const proposal = {
      resourceType: 'Appointment',
      status: 'proposed',
      slot: [{ reference: `Slot/${slot!.id}` }],
      participant: [{ actor: { display: 'M. Rossi' }, status: 'accepted' }]
    }
    const malformed = [
      { slot: 5 },
      { slot: [null] },
      { slot: [{ reference: 5 }] },
      { identifier: 5 },
      { identifier: {} },
      { identifier: [null] },
      { identifier: [{ value: 5 }] },
      { participant: 5 },
      { participant: [null] }
    ]
    for (const elements of malformed) {
      const answer = await c.server.post(`Appointment/${path}`, { ...proposal, ...elements })
      expect([elements, refusal(answer).status]).toEqual([elements, 400])
    }
  }
)
