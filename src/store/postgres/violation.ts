/** What a constraint of the database says, as an error for the client: one table from its name to the words. */
import { fhirError, type IssueType } from '../../fhir/errors.js'
import { SYSTEM } from '../../fhir/types.js'
import { Duplicate } from '../ports.js'

interface PostgresError {
  code?: string
  constraint?: string
}

const UNIQUE: Record<string, string> = {
  users_email_key: 'Email already in use',
  users_phone_key: 'Phone number already in use',
  users_username_key: 'Login already in use',
  tenants_slug_unique: 'A tenant has this slug already: choose another one',
  practitioner_npi_key: 'A practitioner of this tenant has this NPI already: change that one instead',
  practitioner_hpii_key: 'A practitioner of this tenant has this HPI-I already: change that one instead',
  practitioner_prescriber_key:
    'A practitioner of this tenant has this prescriber number already: change that one instead',
  practitioner_prn_key: 'A practitioner of this tenant has this provider number at this facility already',
  practitioner_roles_membership_key: 'This membership has an account role already: change that one instead',
  practitioners_membership_key: 'This membership has a practitioner already: change that one instead'
}

const TAKEN = 'The time was taken by another appointment in this moment: choose another free Slot'
/** Two took the same time at once, and the database let one of them. */
const RACES: Record<string, string> = { slots_apart: TAKEN, slots_pkey: TAKEN, slot_seats_pkey: TAKEN }

const CODES: Record<string, [IssueType, string]> = {
  '23505': ['duplicate', 'This would be a duplicate of something that exists'],
  '23503': ['conflict', 'Something that this refers to is gone: read it again'],
  '23P01': ['conflict', 'This overlaps with something that exists'],
  '40P01': ['conflict', 'Another request changed the same at the same time: try again'],
  '40001': ['conflict', 'Another request changed the same at the same time: try again'],
  '57014': ['timeout', 'This took too long: ask for less'],
  '22P05': ['value', 'A text has a character that cannot be stored (U+0000): leave it out'],
  '22021': ['value', 'A text has a character that cannot be stored (U+0000): leave it out'],
  '22008': ['value', 'A date or time is out of the range that can be stored'],
  '22003': ['value', 'A number is out of the range that can be stored'],
  '54000': ['too-long', 'A value is too long to be stored'],
  '53300': ['transient', 'The server has too much to do: try again in a moment']
}

/** Identifiers that are unique. Row-level security hides from the server which value it was. */
const IDENTIFIERS: Record<string, Duplicate['of']> = {
  practitioner_npi_key: { system: SYSTEM.npi },
  practitioner_hpii_key: { system: 'http://ns.electronichealth.net.au/id/hi/hpii/1.0' },
  practitioner_prescriber_key: { system: 'http://ns.electronichealth.net.au/id/medicare-prescriber-number' },
  practitioner_prn_key: { type: 'PRN' }
}

/** A FhirError for what the client can act on; anything else as it is. */
export function violation(error: unknown): unknown {
  const { code = '', constraint = '' } = error as PostgresError
  const known = CODES[code]
  if (!known || !(error instanceof Error)) return error
  if (RACES[constraint]) return fhirError('conflict', RACES[constraint], { rule: 'slot-taken' })
  const told = fhirError(known[0], UNIQUE[constraint] ?? known[1])
  const of = IDENTIFIERS[constraint]
  return of ? new Duplicate(told.issues, of) : told
}

/** The same of a search, for which more can be done when it takes too long. */
export function searchViolation(error: unknown): unknown {
  if ((error as PostgresError).code !== '57014') return violation(error)
  return fhirError(
    'too-costly',
    'This search took too long: add a condition that fewer resources meet, give the beginning of a text in place of :contains, or leave out _total and _sort',
    { status: 503 }
  )
}
