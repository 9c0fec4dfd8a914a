import { expect, test } from '@jest/globals'
import { gateOf, type Gates } from '../../../src/domain/availability/index.js'

const open: Gates = {
  tenantActive: true,
  scheduleActive: true,
  location: 'active',
  practitioner: 'active',
  roleActive: true,
  assigned: true
}
const member = { status: 'approved', disabled: false, isProvider: true } as const

test.each<Partial<Gates>>([
  {},
  { membership: member },
  { service: { active: true, offered: true } },
  { prescriberIncomplete: [] }
])('open: %j', some => {
  expect(gateOf({ ...open, ...some })).toEqual({ ok: true })
})

test.each<[Partial<Gates>, string]>([
  [{ tenantActive: false }, 'The tenant is inactive'],
  [{ service: { active: false, offered: true } }, 'The service is inactive'],
  [{ service: { active: true, offered: false } }, 'The provider is not assigned to the service'],
  [{ scheduleActive: false }, 'The schedule is inactive'],
  [{ location: 'suspended' }, 'The location is suspended'],
  [{ practitioner: 'on_leave' }, 'The practitioner is on leave'],
  [{ practitioner: 'inactive' }, 'The practitioner is inactive'],
  [{ roleActive: false }, 'The practitioner role is inactive'],
  [{ assigned: false }, 'The practitioner role is not assigned to the location'],
  [{ membership: { ...member, status: 'pending' } }, 'The membership is pending'],
  [{ membership: { ...member, disabled: true } }, 'The membership is disabled'],
  [{ membership: { ...member, isProvider: false } }, 'The member is not a provider'],
  [{ prescriberIncomplete: ['HPI-I', 'birth date'] }, "The prescriber's record lacks HPI-I, birth date"]
])('closed: %j', (some, reason) => {
  expect(gateOf({ ...open, ...some })).toEqual({ ok: false, reason })
})
