/** What a caller is told who may not do something. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
import { fhirError, type FhirError } from '../fhir/errors.js'
import type { Action } from './context.js'

/** Types that STAFF writes: the others are the clinic's own set-up. */
const DAILY: ReadonlySet<string> = new Set(['Appointment', 'Slot'])
const WORDS: Readonly<Record<Action, string>> = { c: 'create', r: 'read', u: 'update', d: 'delete', s: 'search' }

/** 403 that names the way: a role for users, a scope for clients. */
export function notPermitted(type: string, action: Action): FhirError {
  const manages = 'cud'.includes(action) && !DAILY.has(type)
  const text = `${manages ? 'Cannot manage this clinic: t' : 'T'}he token does not allow ${WORDS[action]} of ${type}`
  const way = manages
    ? `the role CLINIC_ADMIN, or the scope system/${type}.${action}`
    : `the scope system/${type}.${action}`
  return fhirError('forbidden', `${text}; it needs ${way}`)
}
