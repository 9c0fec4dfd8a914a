/** Whether anything may be offered at all, by the state of all who take part. */
import { ACCEPTED, refuse, type Verdict } from '../verdict.js'

export interface Gates {
  tenantActive: boolean
  scheduleActive: boolean
  location: 'active' | 'suspended' | 'inactive'
  practitioner: 'active' | 'inactive' | 'on_leave'
  roleActive: boolean
  /** Whether the role is assigned to the Location (when, is for the bounds). */
  assigned: boolean
  /** Absent: openings without a service. `offered`: the role is among its providers, or it has none. */
  service?: { active: boolean; offered: boolean }
  /** Absent: a practitioner who has no account. */
  membership?: { status: 'approved' | 'pending' | 'suspended'; disabled: boolean; isProvider: boolean }
  /** What a prescriber's record still lacks. */
  prescriberIncomplete?: readonly string[]
}

const CHECKS: readonly ((gates: Gates) => string | false | undefined)[] = [
  g => !g.tenantActive && 'The tenant is inactive',
  g => g.service && !g.service.active && 'The service is inactive',
  g => g.service && !g.service.offered && 'The provider is not assigned to the service',
  g => !g.scheduleActive && 'The schedule is inactive',
  g => g.location !== 'active' && `The location is ${g.location}`,
  g => g.practitioner !== 'active' && `The practitioner is ${g.practitioner.replace('_', ' ')}`,
  g => !g.roleActive && 'The practitioner role is inactive',
  g => !g.assigned && 'The practitioner role is not assigned to the location',
  g => g.membership && g.membership.status !== 'approved' && `The membership is ${g.membership.status}`,
  g => g.membership?.disabled && 'The membership is disabled',
  g => g.membership && !g.membership.isProvider && 'The member is not a provider',
  g => !!g.prescriberIncomplete?.length && `The prescriber's record lacks ${g.prescriberIncomplete.join(', ')}`
]

/** Accepted, or the first reason why nothing is offered. */
export function gateOf(gates: Gates): Verdict {
  for (const check of CHECKS) {
    const reason = check(gates)
    if (reason) return refuse(reason)
  }
  return ACCEPTED
}
