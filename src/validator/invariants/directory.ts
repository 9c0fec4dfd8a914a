/** Constraints of the resource types of a provider directory and of scheduling. */
import type { JsonObject } from '../json.js'
import { count, has, implies } from './reading.js'
import type { NativeInvariant } from './rule.js'

const NO_HOME = "where(use = 'home').empty()"
const WITHOUT_TIMES = new Set<unknown>(['proposed', 'cancelled', 'waitlist'])

export const DIRECTORY: NativeInvariant[] = [
  {
    key: 'org-1',
    expression: '(identifier.count() + name.count()) > 0',
    holds: (node: JsonObject) => count(node.identifier) + (has(node, 'name') ? 1 : 0) > 0
  },
  { key: 'org-2', expression: NO_HOME, holds: (node: JsonObject) => node.use !== 'home' },
  { key: 'org-3', expression: NO_HOME, holds: (node: JsonObject) => node.use !== 'home' },
  {
    key: 'app-1',
    expression: 'type.exists() or actor.exists()',
    holds: (node: JsonObject) => has(node, 'type') || has(node, 'actor')
  },
  {
    key: 'app-2',
    expression: 'start.exists() = end.exists()',
    holds: (node: JsonObject) => has(node, 'start') === has(node, 'end')
  },
  {
    key: 'app-3',
    expression: "(start.exists() and end.exists()) or (status in ('proposed' | 'cancelled' | 'waitlist'))",
    holds: (node: JsonObject) =>
      (has(node, 'start') && has(node, 'end')) || WITHOUT_TIMES.has(node.status) || node.status === undefined
  },
  {
    key: 'app-4',
    expression:
      "Appointment.cancelationReason.exists() implies (Appointment.status='noshow' or Appointment.status='cancelled')",
    holds: ({ cancelationReason, status }: JsonObject) =>
      implies(cancelationReason !== undefined, status === 'noshow' || status === 'cancelled' || status === undefined)
  },
  {
    key: 'sev-1',
    expression: 'name.empty() or query.empty()',
    holds: (node: JsonObject) => !has(node, 'name') || !has(node, 'query')
  }
]
